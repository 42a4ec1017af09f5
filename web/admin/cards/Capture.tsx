import { Button, NativeSelect, Switch, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Camera as CameraIcon, ImageUp, TriangleAlert } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import { again, api, client } from '../api.ts'
import { useColleagues } from '../identify/useColleagues.ts'
import { useErrorText } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { dayOf } from '../parts/zone.ts'
import { problemOf } from '../problem.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { type Photo, placed } from './photos.ts'
import { useUpload } from './useUpload.ts'

const Camera = lazy(() => import('./Camera.tsx').then((module) => ({ default: module.Camera })))

const daysSince = (day: string): number => (Date.parse(dayOf(new Date())) - Date.parse(day)) / 86_400_000

interface About {
  exchangedOn: string
  exchangedBy: string | null
  source: string
  campaignId: string | null
  starts: boolean
  overwrites: boolean
}

/** Takes photos by camera, choice or drop into a new batch. */
export function Capture() {
  const t = useWords('cards')
  const toast = useToasts()
  const navigate = useNavigate()
  const { user } = useSession()
  const today = dayOf(new Date())
  const [about, setAbout] = useState<About>({
    exchangedOn: today,
    exchangedBy: user?.id ?? null,
    source: '',
    campaignId: null,
    starts: true,
    overwrites: true,
  })
  const [pairs, setPairs] = useState(false)
  const [over, setOver] = useState(false)
  const [shooting, setShooting] = useState(false)
  const batch = useRef<Promise<string> | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const upload = useUpload()
  const begin = (): Promise<string> => {
    batch.current ??= client.cards.begin(about).then((made) => made.id)
    batch.current.catch(() => {
      batch.current = null
    })
    return batch.current
  }
  const take = async (photos: readonly Photo[]) => {
    if (!photos.length) return
    try {
      await upload.add(await begin(), photos)
    } catch (error) {
      toast.failed(error)
    }
  }
  const chosen = async (files: FileList | null) => {
    batch.current = null
    const some = [...(files ?? [])].slice(0, 100)
    await take(placed(some, pairs))
    if (input.current) input.current.value = ''
  }
  const finish = async (shots: number) => {
    setShooting(false)
    if (!shots) return
    const id = await begin()
    batch.current = null
    await again(api.cards.key())
    await navigate({ to: '/cards/review' as string, search: { batch: id } as never })
  }
  return (
    <Card>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way beside the button */}
      <div
        className={over ? 'card-drop over' : 'card-drop'}
        onDragOver={(e) => {
          e.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(e) => {
          e.preventDefault()
          setOver(false)
          void chosen(e.dataTransfer.files)
        }}
      >
        <div className="card-drop-text">
          <b>{t('capture')}</b>
          <span className="muted">{t('captureText')}</span>
        </div>
        <div className="row wrap card-drop-acts">
          <Button
            leftSection={<CameraIcon size={16} />}
            onClick={() => {
              batch.current = null
              setShooting(true)
            }}
          >
            {t('camera')}
          </Button>
          <Button variant="default" leftSection={<ImageUp size={16} />} onClick={() => input.current?.click()}>
            {t('files')}
          </Button>
        </div>
        <span className="muted hide-s">{t('dropHere')}</span>
        <input
          ref={input}
          type="file"
          hidden
          multiple
          accept="image/jpeg,image/png,image/webp,image/tiff,image/avif"
          onChange={(e) => void chosen(e.currentTarget.files)}
        />
      </div>
      <AboutFields about={about} onChange={(change) => setAbout({ ...about, ...change })} pairs={pairs} onPairs={setPairs} />
      {upload.total > 0 && (upload.busy || upload.failed.length > 0) && <Sending upload={upload} onRetry={(photo) => void take([photo])} />}
      {shooting && (
        <Suspense>
          <Camera onPhoto={(photo) => void take([photo])} onClose={(shots) => void finish(shots)} />
        </Suspense>
      )}
    </Card>
  )
}

function AboutFields({
  about,
  onChange,
  pairs,
  onPairs,
}: {
  about: About
  onChange: (change: Partial<About>) => void
  pairs: boolean
  onPairs: (to: boolean) => void
}) {
  const t = useWords('cards')
  const { may } = useSession()
  const colleagues = useColleagues()
  const campaigns = useQuery({ ...api.campaigns.list.queryOptions({ input: { limit: 200 } }), enabled: may('plan.read') })
  const dated = (exchangedOn: string) => {
    const days = daysSince(exchangedOn)
    onChange({ exchangedOn, starts: days <= 7, overwrites: days <= 90 })
  }
  return (
    <div className="card-about">
      <TextInput
        type="date"
        label={t('exchangedOn')}
        value={about.exchangedOn}
        max={dayOf(new Date())}
        onChange={(e) => e.currentTarget.value && dated(e.currentTarget.value)}
      />
      <NativeSelect
        label={t('exchangedBy')}
        value={about.exchangedBy ?? ''}
        onChange={(e) => onChange({ exchangedBy: e.currentTarget.value || null })}
        data={[{ value: '', label: t('nobody') }, ...colleagues.active.map((one) => ({ value: one.id, label: one.name }))]}
      />
      <NativeSelect
        label={t('campaign')}
        value={about.campaignId ?? ''}
        onChange={(e) => {
          const found = campaigns.data?.items.find((one) => one.id === e.currentTarget.value)
          onChange({ campaignId: found?.id ?? null, ...(found ? { source: found.source ?? found.name } : {}) })
        }}
        data={[{ value: '', label: t('noCampaign') }, ...(campaigns.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))]}
      />
      <TextInput
        label={t('source')}
        placeholder={t('sourceHint')}
        value={about.source}
        maxLength={200}
        onChange={(e) => onChange({ source: e.currentTarget.value })}
      />
      <Switch
        label={t('starts')}
        description={t('startsHint')}
        checked={about.starts}
        onChange={(e) => onChange({ starts: e.currentTarget.checked })}
      />
      <Switch
        label={t('overwrites')}
        description={t('overwritesHint')}
        checked={about.overwrites}
        onChange={(e) => onChange({ overwrites: e.currentTarget.checked })}
      />
      <Switch label={t('pairs')} checked={pairs} onChange={(e) => onPairs(e.currentTarget.checked)} />
      <p className="muted">{t('basisNote')}</p>
    </div>
  )
}

/** How far the sending is, and each picture that was refused with what to do. */
function Sending({ upload, onRetry }: { upload: ReturnType<typeof useUpload>; onRetry: (photo: Photo) => void }) {
  const t = useWords('cards')
  const errorText = useErrorText()
  return (
    <div className="stack card-sending">
      {upload.busy && <ProgressBar label={t('uploading')} done={upload.sent} total={upload.total} />}
      {upload.failed.length > 0 && (
        <div className="error-note" role="alert">
          <TriangleAlert size={16} aria-hidden />
          <div className="stack card-failed">
            <b>{t('failedPhotos', { n: upload.failed.length })}</b>
            {upload.failed.map((one) => (
              <div className="row wrap" key={`${one.photo.position}-${one.photo.side}`}>
                <span>
                  {one.photo.name}：{problemOf(one.error)?.detail || errorText(one.error)}
                </span>
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => {
                    upload.dismiss(one)
                    onRetry(one.photo)
                  }}
                >
                  {t('retry')}
                </Button>
                <Button size="compact-xs" variant="default" onClick={() => upload.dismiss(one)}>
                  {t('skip')}
                </Button>
              </div>
            ))}
          </div>
        </div>
      )}
    </div>
  )
}
