import './lists.css'
import { ActionIcon, Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Download, FileSpreadsheet, Trash2 } from 'lucide-react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { Losses } from './ExportDrawer.tsx'

type Run = Awaited<ReturnType<typeof client.exports.list>>['items'][number]

/** Files made of lists: being prepared, ready for a week, and what was taken by whom. */
export function ExportsPage() {
  const l = useWords('lists')
  const t = useWords('identify')
  const p = useWords('parts')
  const list = useInfiniteQuery(paged(api.exports.list, { limit: 30 }))
  useLive('exports', () => void again(api.exports.key()))
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <PageTop title={l('exports')} crumb={t('leads')} crumbTo="/leads" />
      <Page>
        {list.isPending && <Skeletons rows={4} height={72} />}
        <ErrorNote error={list.error} retry={list.refetch} />
        {list.data && items.length === 0 && (
          <EmptyState
            icon={FileSpreadsheet}
            title={l('exportsEmpty')}
            action={
              <Button component={Link} to="/leads" variant="default">
                {l('toLeads')}
              </Button>
            }
          >
            {l('exportsText')}
          </EmptyState>
        )}
        <div className="stack">
          {items.map((run) => (
            <RunCard key={run.id} run={run} />
          ))}
          {list.hasNextPage && (
            <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {p('more')}
            </Button>
          )}
        </div>
      </Page>
    </>
  )
}

function RunCard({ run }: { run: Run }) {
  const l = useWords('lists')
  const f = useFormats()
  const toast = useToasts()
  const stop = async () => {
    try {
      await client.exports.cancel({ id: run.id })
      await again(api.exports.key())
      toast.done(l('fileRemoved'))
    } catch (error) {
      toast.failed(error)
    }
  }
  const going = run.state === 'waiting' || run.state === 'running'
  return (
    <Card>
      <div className="stack act-card">
        <div className="row wrap">
          <b>{run.title}</b>
          <span className="muted">{l(`formats.${run.format}`)}</span>
          <span className={`act-state ${run.state}`}>{l(`states.${run.state}`)}</span>
          <span className="push row">
            {run.url && (
              <Button size="xs" component="a" href={run.url} download leftSection={<Download size={14} />}>
                {l('download')}
              </Button>
            )}
            {run.url && (
              <ActionIcon variant="subtle" color="gray" aria-label={l('removeFile')} onClick={() => void stop()}>
                <Trash2 size={15} />
              </ActionIcon>
            )}
          </span>
        </div>
        <div className="row wrap muted act-facts">
          <span>
            {run.by}・<Ago at={run.at} />
          </span>
          <span className="num">{l('exportRows', { n: run.rows })}</span>
          {run.downloads > 0 && <span className="num">{l('downloads', { n: run.downloads })}</span>}
          {run.url && <span>{l('keepUntil', { when: f.day(run.expiresAt) })}</span>}
          {run.failure && <span>{run.failure}</span>}
        </div>
        {run.lost > 0 && run.losses.length > 0 && <Losses lost={run.lost} losses={run.losses} />}
        {going && (
          <ProgressBar
            label={l('preparing')}
            done={Math.min(run.rows, run.total ?? 0)}
            total={Math.max(run.total ?? 0, run.rows, 1)}
            onCancel={() => void stop()}
          />
        )}
      </div>
    </Card>
  )
}
