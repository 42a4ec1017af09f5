import './cards.css'
import { Button, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ContactRound, ScanText, Settings2 } from 'lucide-react'
import { useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { Capture } from './Capture.tsx'

type Batch = Awaited<ReturnType<typeof client.cards.batches>>['items'][number]

/** Business cards: take them in, see how far reading is, go on to the review. */
export function CardsPage() {
  const t = useWords('cards')
  const p = useWords('parts')
  const { may } = useSession()
  const [keeping, setKeeping] = useState(false)
  const list = useInfiniteQuery(paged(api.cards.batches, { limit: 30 }))
  useLive('cards', () => void again(api.cards.key()))
  const batches = list.data?.pages.flatMap((page) => page.items) ?? []
  const waiting = batches.reduce((sum, one) => sum + one.counts.review, 0)
  return (
    <>
      <PageTop title={t('cards')}>
        {may('settings.write') && (
          <Button variant="default" leftSection={<Settings2 size={15} />} onClick={() => setKeeping(true)}>
            {t('settings')}
          </Button>
        )}
      </PageTop>
      <Page>
        {may('cards.write') && <Capture />}
        {waiting > 0 && <Waiting n={waiting} />}
        <ErrorNote error={list.error} retry={list.refetch} />
        {list.isPending && <Skeletons rows={3} height={72} />}
        {list.isSuccess && batches.length === 0 && (
          <EmptyState icon={ContactRound} title={t('empty')}>
            {t('emptyText')}
          </EmptyState>
        )}
        {batches.length > 0 && (
          <Card title={t('batches')}>
            <ul className="card-batches">
              {batches.map((batch) => (
                <BatchLine key={batch.id} batch={batch} />
              ))}
            </ul>
            {list.hasNextPage && (
              <Button variant="default" size="xs" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {p('more')}
              </Button>
            )}
          </Card>
        )}
      </Page>
      {keeping && <Keeping onClose={() => setKeeping(false)} />}
    </>
  )
}

function Waiting({ n }: { n: number }) {
  const t = useWords('cards')
  const navigate = useNavigate()
  return (
    <div className="card-waiting">
      <ScanText size={20} aria-hidden />
      <b>{t('waitingTitle')}</b>
      <span className="num">{t('waitingCount', { n })}</span>
      <Button className="push" onClick={() => void navigate({ to: '/cards/review' as string })}>
        {t('review')}
      </Button>
    </div>
  )
}

function BatchLine({ batch }: { batch: Batch }) {
  const t = useWords('cards')
  const f = useFormats()
  const toast = useToasts()
  const navigate = useNavigate()
  const { may } = useSession()
  const { counts } = batch
  const done = counts.total - counts.unread
  const resume = () => client.cards.resume({ id: batch.id }).then(() => again(api.cards.key()))
  const cancel = () =>
    client.cards
      .cancel({ id: batch.id })
      .then(({ put }) => again(api.cards.key()).then(() => toast.undo(t('stop', { n: put }), resume)), toast.failed)
  const title = batch.campaignName ?? (batch.source || t('batchName', { day: f.day(batch.exchangedOn) }))
  return (
    <li>
      <div className="card-batch-head">
        <div className="card-batch-name">
          <b className="clip">{title}</b>
          <span className="muted">
            {f.day(batch.exchangedOn)}
            {batch.exchangedByName && ` ・ ${batch.exchangedByName}`} ・ <Ago at={batch.createdAt} />
          </span>
        </div>
        <div className="row wrap card-batch-counts">
          {batch.state === 'cancelled' && <Chip tone="amber">{t('stopped')}</Chip>}
          {batch.state === 'cancelled' && may('cards.write') && (
            <Button size="compact-sm" variant="default" onClick={() => void resume().catch(toast.failed)}>
              {t('goOn')}
            </Button>
          )}
          {counts.review > 0 && <Chip tone="violet">{`${t('waitingTitle')} ${f.number(counts.review)}`}</Chip>}
          {counts.confirmed > 0 && <Chip tone="green">{`${t('confirmed')} ${f.number(counts.confirmed)}`}</Chip>}
          {counts.discarded > 0 && <Chip>{`${t('discarded')} ${f.number(counts.discarded)}`}</Chip>}
          {counts.review > 0 && (
            <Button
              size="xs"
              variant="default"
              onClick={() => void navigate({ to: '/cards/review' as string, search: { batch: batch.id } as never })}
            >
              {t('review')}
            </Button>
          )}
        </div>
      </div>
      {counts.unread > 0 && batch.state === 'open' && (
        <ProgressBar
          label={t('reading')}
          done={done}
          total={counts.total}
          perSecond={counts.perSecond && counts.perSecond >= 1 ? counts.perSecond : undefined}
          remaining={counts.perSecond ? counts.unread / counts.perSecond : undefined}
          onCancel={may('cards.write') ? () => void cancel() : undefined}
        />
      )}
    </li>
  )
}

const KEEP = [null, 30, 90, 365, 1_095] as const

/** How long pictures stay. */
function Keeping({ onClose }: { onClose: () => void }) {
  const t = useWords('cards')
  const toast = useToasts()
  const now = useQuery(api.cards.settings.queryOptions({ input: {} }))
  const save = (keepDays: number | null) =>
    client.cards.saveSettings({ keepDays }).then(() => again(api.cards.settings.key()).then(() => toast.done(t('saved'))), toast.failed)
  return (
    <SideDrawer opened onClose={onClose} title={t('settings')}>
      <div className="stack">
        <ErrorNote error={now.error} retry={now.refetch} />
        <NativeSelect
          label={t('keep')}
          disabled={!now.data}
          value={String(now.data?.keepDays ?? '')}
          onChange={(e) => void save(e.currentTarget.value === '' ? null : Number(e.currentTarget.value))}
          data={KEEP.map((days) => ({ value: String(days ?? ''), label: days === null ? t('keepForever') : t('keepDays', { n: days }) }))}
        />
        <p className="muted">{t('keepNote')}</p>
      </div>
    </SideDrawer>
  )
}
