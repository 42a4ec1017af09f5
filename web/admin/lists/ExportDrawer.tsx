import './lists.css'
import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { useLive } from '../live.ts'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useLanguage, useWords } from '../words/words.tsx'

const FORMATS = ['csv', 'xlsx', 'csv_cp932', 'csv_plain'] as const
type Format = (typeof FORMATS)[number]
/** Up to so many rows a browser gets at once; more are prepared as a file. */
const MOST_DIRECT = 5_000

export interface ExportProps {
  source: string
  title: string
  filter: object
  /** Keys of the columns on the screen. */
  columns?: readonly string[]
  total?: number | undefined
}

/** A list as a file: at once when it is small, prepared with progress when it is large. */
export function ExportDrawer({ source, title, filter, columns, total, onClose }: ExportProps & { onClose: () => void }) {
  const l = useWords('lists')
  const toast = useToasts()
  const { language } = useLanguage()
  const [format, setFormat] = useState<Format>('csv')
  const [which, setWhich] = useState<'now' | 'usual' | 'all'>(columns ? 'now' : 'usual')
  const [id, setId] = useState<string | null>(null)
  const known = useQuery({ ...api.exports.columns.queryOptions({ input: { source } }), staleTime: 300_000 })
  const start = async () => {
    const keys = which === 'now' ? columns : which === 'all' ? known.data?.items.map((one) => one.key) : undefined
    const ask = { source, filter: filter as Record<string, never>, format, language, ...(keys ? { columns: [...keys] } : {}) }
    if (format !== 'csv_cp932' && total !== undefined && total <= MOST_DIRECT) {
      location.assign(`/api/exports/direct?ask=${encodeURIComponent(JSON.stringify(ask))}`)
      onClose()
      return
    }
    try {
      setId((await client.exports.start(ask)).id)
    } catch (error) {
      toast.failed(error)
    }
  }
  return (
    <SideDrawer opened onClose={onClose} title={l('exportTitle', { name: title })}>
      <div className="stack">
        <Select
          label={l('format')}
          value={format}
          allowDeselect={false}
          onChange={(to) => setFormat(FORMATS.find((one) => one === to) ?? 'csv')}
          data={FORMATS.map((value) => ({ value, label: l(`formats.${value}`) }))}
          {...(format === 'csv_cp932' ? { description: l('cp932Hint') } : {})}
        />
        <Select
          label={l('columnsOf')}
          value={which}
          allowDeselect={false}
          onChange={(to) => setWhich(to === 'now' ? 'now' : to === 'all' ? 'all' : 'usual')}
          data={[
            ...(columns ? [{ value: 'now', label: l('columnsNow') }] : []),
            { value: 'usual', label: l('columnsUsual') },
            { value: 'all', label: l('columnsAll') },
          ]}
        />
        <p className="muted">{l('exportSafe')}</p>
        {id ? (
          <Prepared id={id} />
        ) : (
          <Button leftSection={<Download size={15} />} loading={known.isPending} onClick={() => void start()}>
            {l('export')}
          </Button>
        )}
        <Link to={'/exports' as string} className="muted">
          {l('exports')}
        </Link>
      </div>
    </SideDrawer>
  )
}

/** A file being prepared, and its link once it is there. */
function Prepared({ id }: { id: string }) {
  const l = useWords('lists')
  const run = useQuery({
    ...api.exports.get.queryOptions({ input: { id } }),
    refetchInterval: ({ state }) => (state.data && ['done', 'failed', 'cancelled', 'expired'].includes(state.data.state) ? false : 1_500),
  })
  useLive('exports', () => void again(api.exports.key()))
  if (!run.data) return null
  const { state, rows, total, url, lost, losses, failure } = run.data
  if (failure) return <p>{failure}</p>
  return (
    <div className="stack" aria-live="polite">
      <ProgressBar
        label={l(url ? 'ready' : 'preparing')}
        done={state === 'done' ? rows : Math.min(rows, Math.max(0, (total ?? 0) - 1))}
        total={Math.max(total ?? 0, rows, 1)}
      />
      {lost > 0 && <Losses lost={lost} losses={losses} />}
      {url && (
        <Button component="a" href={url} download leftSection={<Download size={15} />}>
          {l('download')}
        </Button>
      )}
    </div>
  )
}

export function Losses({ lost, losses }: { lost: number; losses: readonly { row: number; column: string; letters: string }[] }) {
  const l = useWords('lists')
  return (
    <details className="losses">
      <summary>{l('lost', { n: lost })}</summary>
      <ul>
        {losses.slice(0, 100).map((one) => (
          <li key={`${one.row}/${one.column}`}>{l('lostRow', one)}</li>
        ))}
      </ul>
    </details>
  )
}
