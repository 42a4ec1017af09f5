import './import.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { CircleCheck, Download } from 'lucide-react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { spoken } from '../problem.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { STATE_TONE } from './ImportsPage.tsx'
import { Plan } from './Plan.tsx'

type Detail = Awaited<ReturnType<typeof client.imports.get>>

/** One import: first the plan, then how far it is, then what was not taken. */
export function ImportPage() {
  const t = useWords('imports')
  const { id } = useParams({ strict: false }) as { id: string }
  const run = useQuery(api.imports.get.queryOptions({ input: { id } }))
  useLive('imports', () => void again(api.imports.get.key(), api.imports.rows.key()))
  const found = run.data
  return (
    <>
      <PageTop
        title={found?.name ?? t('imports')}
        crumb={t('imports')}
        crumbTo="/imports"
        note={found && <Chip tone={STATE_TONE[found.status]}>{t(`status.${found.status}`)}</Chip>}
      />
      <Page>
        {run.isPending && <Skeletons rows={8} height={44} />}
        <ErrorNote error={run.error} retry={run.refetch} />
        {found?.status === 'uploaded' && <Plan first={found} />}
        {found && found.status !== 'uploaded' && <Result run={found} />}
      </Page>
    </>
  )
}

function Result({ run }: { run: Detail }) {
  const t = useWords('imports')
  const f = useFormats()
  const toast = useToasts()
  const { may } = useSession()
  const cancel = () =>
    client.imports.cancel({ id: run.id }).then(() => again(api.imports.key()).then(() => toast.done(t('cancelled'))), toast.failed)
  const running = run.status === 'running'
  const total = run.status === 'done' ? run.rowsDone : Math.max(run.rowsEstimate, run.rowsDone)
  return (
    <div className="stack">
      <Card>
        <ProgressBar
          label={t('progress')}
          done={run.rowsDone}
          total={total}
          tone={run.status === 'failed' ? 'red' : 'accent'}
          onCancel={running && may('imports.write') ? () => void cancel() : undefined}
        />
        {run.failure && (
          <div className="error-note" role="alert">
            <div>
              <div>{t('failedAt')}</div>
              <div className="muted">{run.failure}</div>
            </div>
          </div>
        )}
        <div className="import-numbers">
          {(['inserted', 'updated', 'skipped', 'rejected'] as const).map((key) => (
            <div key={key}>
              <span className="muted">{t(key)}</span>
              <b className={key === 'rejected' && run.rejected ? 'num bad' : 'num'}>{f.number(run[key])}</b>
            </div>
          ))}
          <Button component={Link} to={'/leads?sort=created' as string} variant="default" className="push">
            {t('toLeads')}
          </Button>
        </div>
      </Card>
      <Turned run={run} />
    </div>
  )
}

/** The rows that were not taken, with line and reason. */
function Turned({ run }: { run: Detail }) {
  const t = useWords('imports')
  const p = useWords('parts')
  const rows = useInfiniteQuery(paged(api.imports.rows, { id: run.id, limit: 100 }))
  const items = rows.data?.pages.flatMap((page) => page.items) ?? []
  if (rows.data && !items.length) return run.status === 'done' ? <EmptyState small icon={CircleCheck} title={t('noProblems')} /> : null
  return (
    <Card
      title={t('rejected')}
      aside={
        run.rejected > 0 && (
          <Button
            component="a"
            href={`/api/imports/${run.id}/rejected.csv`}
            size="xs"
            variant="default"
            leftSection={<Download size={14} />}
          >
            {t('download')}
          </Button>
        )
      }
    >
      <div className="import-table">
        <table>
          <thead>
            <tr>
              <th>{t('line')}</th>
              <th>{t('reason')}</th>
              <th>{t('cells')}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((row) => (
              <tr key={row.line}>
                <td className="num">{row.line}</td>
                <td>{spoken(row.reason)}</td>
                <td className="muted">{row.cells.filter(Boolean).join(' ・ ').slice(0, 200)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.hasNextPage && (
        <Button variant="default" size="xs" loading={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}>
          {p('more')}
        </Button>
      )}
    </Card>
  )
}
