import './import.css'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { FileUp } from 'lucide-react'
import { useRef, useState } from 'react'
import { again, api, ask, type client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

type Line = Awaited<ReturnType<typeof client.imports.list>>['items'][number]
export const STATE_TONE = {
  uploaded: 'grey',
  checking: 'blue',
  checked: 'violet',
  running: 'blue',
  paused: 'amber',
  done: 'green',
  failed: 'red',
  cancelled: 'amber',
  undoing: 'blue',
  undone: 'grey',
} as const

/** The imports, and the place to drop the next file. */
export function ImportsPage() {
  const t = useWords('imports')
  const { may } = useSession()
  const list = useInfiniteQuery(paged(api.imports.list, { limit: 50 }))
  useLive('imports', () => void again(api.imports.key()))
  return (
    <>
      <PageTop title={t('imports')} />
      {may('imports.write') && <Drop />}
      <DataGrid<Line>
        label={t('imports')}
        query={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.name}
        href={(row) => `/imports/${row.id}`}
        empty={
          <EmptyState icon={FileUp} title={t('empty')}>
            {t('emptyText')}
          </EmptyState>
        }
        columns={[
          { key: 'name', head: t('file'), width: 'minmax(220px,1.4fr)', phone: 'title', cell: (row) => <b className="clip">{row.name}</b> },
          {
            key: 'status',
            head: t('state'),
            width: '120px',
            phone: 'side',
            cell: (row) => <Chip tone={STATE_TONE[row.status]}>{t(`status.${row.status}`)}</Chip>,
          },
          {
            key: 'rows',
            head: t('rows'),
            width: '90px',
            align: 'end',
            cell: (row) => <span className="num">{row.rowsDone || '—'}</span>,
          },
          { key: 'inserted', head: t('inserted'), width: '80px', align: 'end', cell: (row) => <span className="num">{row.inserted}</span> },
          { key: 'updated', head: t('updated'), width: '80px', align: 'end', cell: (row) => <span className="num">{row.updated}</span> },
          {
            key: 'rejected',
            head: t('rejected'),
            width: '150px',
            align: 'end',
            cell: (row) => <span className={row.rejected ? 'num bad' : 'num muted'}>{row.rejected}</span>,
          },
          { key: 'by', head: t('by'), width: '120px', phone: 'sub', cell: (row) => <span className="clip">{row.madeBy}</span> },
          { key: 'at', head: t('at'), width: '130px', cell: (row) => <Ago at={row.createdAt} /> },
        ]}
      />
    </>
  )
}

/** Takes a file by drop or choice and goes on to its preview. */
function Drop() {
  const t = useWords('imports')
  const navigate = useNavigate()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const take = async (file: File | undefined) => {
    if (!file || busy) return
    setBusy(true)
    setFailed(null)
    try {
      const request = new Request(`${location.origin}/api/imports/upload?name=${encodeURIComponent(file.name)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: file,
      })
      const { id } = (await (await ask(request)).json()) as { id: string }
      void again(api.imports.key())
      await navigate({ to: `/imports/${id}` as string })
    } catch (error) {
      setFailed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="drop-wrap">
      <button
        type="button"
        className={over ? 'drop over' : 'drop'}
        disabled={busy}
        onClick={() => input.current?.click()}
        onDragOver={(e) => {
          e.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(e) => {
          e.preventDefault()
          setOver(false)
          void take(e.dataTransfer.files[0])
        }}
      >
        <FileUp size={22} aria-hidden />
        <b>{busy ? t('uploading') : t('drop')}</b>
        <span className="muted">{t('dropHint')}</span>
      </button>
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,.xlsx,text/csv"
        hidden
        onChange={(e) => void take(e.currentTarget.files?.[0])}
      />
      <ErrorNote error={failed} />
    </div>
  )
}
