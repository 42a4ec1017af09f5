import './person.css'
import { ActionIcon, Button, FileButton, Progress } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Download, Paperclip, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { FILE_KINDS, LARGEST_FILE } from '#loop/identify/files/kinds/contract.ts'
import { again, api, ask, client } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { isAbout } from './isAbout.ts'

const ACCEPT = FILE_KINDS.map((kind) => `.${kind}`).join(',')
const sizeOf = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`

/** Files kept beside somebody. Dropping some on the card adds them. */
export function FilesCard({ leadId }: { leadId: string }) {
  const t = useWords('person')
  const f = useFormats()
  const { may } = useSession()
  const toast = useToasts()
  const [busy, setBusy] = useState<string | null>(null)
  const [failed, setFailed] = useState<unknown>(null)
  const [over, setOver] = useState(false)
  const files = useQuery(api.files.list.queryOptions({ input: { leadId } }))
  const changed = () => again(api.files.key())
  useLive('files', (payload) => isAbout(payload, leadId) && void changed())
  const upload = async (given: readonly File[]) => {
    setFailed(null)
    for (const file of given) {
      if (file.size > LARGEST_FILE) {
        toast.failed(new Error(t('fileLarge', { name: file.name })))
        continue
      }
      setBusy(file.name)
      const url = `${location.origin}/api/leads/${leadId}/files/upload?name=${encodeURIComponent(file.name)}`
      try {
        await ask(new Request(url, { method: 'POST', body: file, headers: { 'content-type': 'application/octet-stream' } }))
        toast.done(t('fileAdded', { name: file.name }))
      } catch (error) {
        setFailed(error)
      }
    }
    setBusy(null)
    await changed()
  }
  const remove = (id: string, name: string) =>
    client.files.remove({ leadId, id }).then(async () => {
      await changed()
      toast.undo(t('fileRemoved', { name }), () => client.files.restore({ leadId, id }).then(changed))
    }, toast.failed)
  const drop = may('leads.write') && {
    onDragOver: (e: React.DragEvent) => {
      e.preventDefault()
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop: (e: React.DragEvent) => {
      e.preventDefault()
      setOver(false)
      void upload([...e.dataTransfer.files])
    },
  }
  return (
    <Card
      title={t('files')}
      aside={
        may('leads.write') && (
          <FileButton multiple accept={ACCEPT} onChange={(given) => void upload(given)}>
            {(props) => (
              <Button {...props} size="compact-sm" variant="default" leftSection={<Paperclip size={14} />} loading={busy !== null}>
                {t('fileAdd')}
              </Button>
            )}
          </FileButton>
        )
      }
    >
      <div className={over ? 'drop over' : 'drop'} {...drop}>
        <ErrorNote error={failed ?? files.error} />
        {busy !== null && (
          <div className="stack" role="status">
            <span className="muted clip">{t('fileUploading', { name: busy })}</span>
            <Progress value={100} animated size="sm" aria-label={t('fileUploading', { name: busy })} />
          </div>
        )}
        {files.isPending && <Skeletons rows={1} height={32} />}
        {files.data?.items.length === 0 && !busy && (
          <p className="muted">
            {t('filesEmpty')}
            <br />
            {t('fileKinds')}
          </p>
        )}
        <ul className="files">
          {files.data?.items.map((file) => (
            <li key={file.id}>
              <span className="file-kind" aria-hidden>
                {file.extension}
              </span>
              <span className="file-text">
                <a href={`/api/leads/${leadId}/files/${file.id}/content`} download={file.name} className="clip">
                  {file.name}
                </a>
                <span className="muted">
                  {sizeOf(file.size)} ・ {file.createdBy} ・ <Ago at={file.createdAt} />
                </span>
              </span>
              <Download size={14} className="muted" aria-hidden />
              {may('leads.write') && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="sm"
                  aria-label={f.pair(t('remove'), file.name)}
                  onClick={() => void remove(file.id, file.name)}
                >
                  <Trash2 size={14} />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
      </div>
    </Card>
  )
}
