import { ActionIcon, Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Download, FileSpreadsheet, Trash2 } from 'lucide-react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { useFormats } from '../parts/formats.ts'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { Losses } from './ExportDrawer.tsx'
import { RunCard, RunsPage } from './Runs.tsx'

type Run = Awaited<ReturnType<typeof client.exports.list>>['items'][number]

/** Files made of lists: being prepared, ready for a week, and what was taken by whom. */
export function ExportsPage() {
  const l = useWords('lists')
  const list = useInfiniteQuery(paged(api.exports.list, { limit: 30 }))
  useLive('exports', () => void again(api.exports.key()))
  return (
    <RunsPage
      title={l('exports')}
      icon={FileSpreadsheet}
      empty={l('exportsEmpty')}
      text={l('exportsText')}
      list={list}
      card={(run) => <ExportCard key={run.id} run={run} />}
    />
  )
}

function ExportCard({ run }: { run: Run }) {
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
    <RunCard
      run={run}
      title={run.title}
      detail={<span className="muted">{l(`formats.${run.format}`)}</span>}
      acts={
        run.url && (
          <>
            <Button size="xs" component="a" href={run.url} download leftSection={<Download size={14} />}>
              {l('download')}
            </Button>
            <ActionIcon variant="subtle" color="gray" aria-label={l('removeFile')} onClick={() => void stop()}>
              <Trash2 size={15} />
            </ActionIcon>
          </>
        )
      }
      facts={
        <>
          <span className="num">{l('exportRows', { n: run.rows })}</span>
          {run.downloads > 0 && <span className="num">{l('downloads', { n: run.downloads })}</span>}
          {run.url && <span>{l('keepUntil', { when: f.day(run.expiresAt) })}</span>}
          {run.state === 'withdrawn' && <span>{l('withdrawnWhy')}</span>}
        </>
      }
    >
      {run.lost > 0 && run.losses.length > 0 && <Losses lost={run.lost} losses={run.losses} />}
      {going && (
        <ProgressBar
          label={l('preparing')}
          done={Math.min(run.rows, run.total ?? 0)}
          total={Math.max(run.total ?? 0, run.rows, 1)}
          onCancel={() => void stop()}
        />
      )}
    </RunCard>
  )
}
