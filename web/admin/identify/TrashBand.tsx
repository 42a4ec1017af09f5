import { Button } from '@mantine/core'
import { again, api, client } from '../api.ts'
import { useFormats } from '../parts/formats.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

/** Somebody in the trash is no lead until they are put back. */
export function TrashBand({ id, until }: { id: string; until: string }) {
  const t = useWords('identify')
  const f = useFormats()
  const toast = useToasts()
  const { may } = useSession()
  const putBack = () =>
    client.trash.restore({ ids: [id] }).then(() => {
      toast.done(t('wasPutBack'))
      return again(api.leads.key(), api.trash.key())
    }, toast.failed)
  return (
    <div className="trash-note" role="status">
      <span>{t('inTrash', { when: f.day(until) })}</span>
      {may('leads.bulk') && (
        <Button size="xs" variant="default" className="push" onClick={() => void putBack()}>
          {t('putBack')}
        </Button>
      )}
    </div>
  )
}
