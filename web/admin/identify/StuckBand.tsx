import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { again, api, client } from '../api.ts'
import { useLive } from '../live.ts'
import { useFormats } from '../parts/formats.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

/** On the page of somebody for whom nothing runs: why, and another try. */
export function StuckBand({ id }: { id: string }) {
  const t = useWords('stuck')
  const f = useFormats()
  const toast = useToasts()
  const { may } = useSession()
  const found = useQuery(api.stuck.ofPerson.queryOptions({ input: { person: id } }))
  useLive('stuck', () => void again(api.stuck.key()))
  const stuck = found.data?.stuck
  if (!stuck) return null
  const retry = () =>
    client.stuck.retry({ ids: [id] }).then(({ tried }) => {
      toast.done(t('retried', { n: tried }))
      return again(api.stuck.key())
    }, toast.failed)
  return (
    <div className="stuck-note" role="status">
      <div>
        <b>{t('band', { when: f.instant(stuck.since) })}</b>
        <div>
          {t(`kinds.${stuck.kind}`)}
          <code className="stuck-what">{stuck.what}</code>
        </div>
        <div>
          {t('kept')} {may('scenarios.write') && t(`help.${stuck.kind}`)}
        </div>
      </div>
      {may('scenarios.write') && (
        <Button size="xs" variant="default" className="push" onClick={() => void retry()}>
          {t('retry')}
        </Button>
      )}
    </div>
  )
}
