import { Button, FileButton, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Upload } from 'lucide-react'
import { useState } from 'react'
import type { MailImage } from '#loop/deliver/template/images/contract.ts'
import { again, api, ask } from '../../api.ts'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'

async function upload(file: File): Promise<MailImage> {
  const path = `/api/mail-images/upload?name=${encodeURIComponent(file.name)}`
  const answer = await ask(
    new Request(new URL(path, location.origin), { method: 'POST', body: file, headers: { 'content-type': 'application/octet-stream' } }),
  )
  return (await answer.json()) as MailImage
}

/** A picture: uploaded, chosen from those used before, or by its address. */
export function ImageField({ src, onChange }: { src: string; onChange: (to: string) => void }) {
  const t = useWords('templates')
  const deliver = useWords('deliver')
  const { may } = useSession()
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const images = useQuery(api.mailImages.list.queryOptions({ input: { limit: 12 } }))
  const send = (file: File | null) => {
    if (!file) return
    setBusy(true)
    setFailed(null)
    upload(file)
      .then((made) => {
        onChange(made.url)
        void again(api.mailImages.key())
      }, setFailed)
      .finally(() => setBusy(false))
  }
  return (
    <div className="stack-s">
      {may('templates.write') && (
        <FileButton onChange={send} accept="image/png,image/jpeg,image/gif,image/webp">
          {(props) => (
            <Button {...props} fullWidth variant="default" loading={busy} leftSection={<Upload size={14} />}>
              {t('editor.upload')}
            </Button>
          )}
        </FileButton>
      )}
      <p className="muted tiny">{t('editor.uploadHint')}</p>
      <ErrorNote error={failed} />
      {(images.data?.items.length ?? 0) > 0 && (
        <section className="image-choice" aria-label={t('editor.gallery')}>
          {images.data?.items.map((one) => (
            <button
              type="button"
              key={one.id}
              className={one.url === src ? 'on' : undefined}
              aria-label={t('editor.pick', { name: one.name })}
              title={one.name}
              onClick={() => onChange(one.url)}
            >
              <img src={one.small} alt="" loading="lazy" />
            </button>
          ))}
        </section>
      )}
      <TextInput
        label={deliver('src')}
        w="100%"
        type="url"
        placeholder="https://"
        value={src}
        error={src !== '' && !/^https?:\/\/\S+$/i.test(src)}
        onChange={(e) => onChange(e.currentTarget.value.trim())}
      />
    </div>
  )
}
