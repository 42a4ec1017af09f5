import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { again, api, client } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

/** The last runs, each of which can be taken back. */
export function AssignmentRuns({ action }: { action?: ReactNode }) {
  const t = useWords('assignment')
  const { may } = useSession()
  const toast = useToasts()
  const runs = useQuery(api.assignment.runs.queryOptions({ input: {} }))
  const undo = (id: string) =>
    client.assignment
      .undo({ id })
      .then(({ changed }) =>
        again(api.assignment.key(), api.neglect.key(), api.leads.key()).then(() => toast.done(t('undone', { n: changed }))),
      )
      .catch(toast.failed)
  return (
    <Card title={t('runs')} aside={action}>
      <ErrorNote error={runs.error} retry={runs.refetch} />
      {runs.data?.items.length === 0 && <p className="muted">—</p>}
      <ul className="assign-runs">
        {runs.data?.items.map((run) => (
          <li key={run.id}>
            <b>{t(`runKind.${run.kind}`)}</b>
            <span className="num">{t('runLine', { n: run.n })}</span>
            <span className="muted clip">
              {run.by} ・ <Ago at={run.at} />
            </span>
            {run.undoneAt ? (
              <span className="muted">{t('undoneBy', { name: run.undoneBy ?? '' })}</span>
            ) : (
              may('assignment.write') && (
                <Button size="compact-xs" variant="default" leftSection={<Undo2 size={12} />} onClick={() => void undo(run.id)}>
                  {t('undo')}
                </Button>
              )
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
