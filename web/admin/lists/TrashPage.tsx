import './lists.css'
import { Button, Modal } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Trash2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { useFormats } from '../parts/formats.ts'
import { PageTop } from '../parts/PageTop.tsx'
import { ProgressBar } from '../parts/ProgressBar.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

/** So many are put back by one request. */
const AT_ONCE = 500

type Row = Awaited<ReturnType<typeof client.trash.list>>['items'][number]

/** Deleted leads: back again, or away for good. */
export function TrashPage() {
  const l = useWords('lists')
  const t = useWords('identify')
  const toast = useToasts()
  const { may } = useSession()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [asks, setAsks] = useState(false)
  const list = useInfiniteQuery(paged(api.trash.list, { limit: 100 }))
  const state = useQuery(api.trash.state.queryOptions({ input: {} }))
  useLive('trash', () => void again(api.trash.key()))
  const n = state.data?.n ?? 0
  const emptying = state.data?.emptying ?? null
  const going = emptying !== null && emptying.endedAt === null
  const putBack = async (ids: string[]) => {
    try {
      let n = 0
      for (let from = 0; from < ids.length; from += AT_ONCE)
        n += (await client.trash.restore({ ids: ids.slice(from, from + AT_ONCE) })).restored
      setSelected(new Set())
      toast.done(l('putBackDone', { n }))
    } catch (error) {
      toast.failed(error)
    }
    await again(api.trash.key(), api.leads.key())
  }
  return (
    <>
      <PageTop title={l('bin')} crumb={t('leads')} crumbTo="/leads">
        {selected.size > 0 && (
          <Button variant="default" leftSection={<Undo2 size={15} />} onClick={() => void putBack([...selected])}>
            {l('putBackSome', { n: selected.size })}
          </Button>
        )}
        {may('leads.erase') && n > 0 && !going && (
          <Button variant="default" leftSection={<Trash2 size={15} />} onClick={() => setAsks(true)}>
            {l('emptyNow')}
          </Button>
        )}
      </PageTop>
      {emptying && (
        <div className="trash-band">
          <ProgressBar
            label={going ? l('emptying') : l('emptied', { n: emptying.done })}
            done={going ? emptying.done : emptying.total}
            total={emptying.total}
          />
        </div>
      )}
      <DataGrid<Row>
        label={l('bin')}
        query={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.name ?? row.mail ?? ''}
        href={(row) => `/leads/${row.id}`}
        selected={selected}
        onSelect={setSelected}
        total={{ n }}
        empty={
          <EmptyState icon={Trash2} title={l('trashEmpty')}>
            {l('trashText')}
          </EmptyState>
        }
        columns={useColumns(putBack)}
      />
      <EmptyModal n={n} opened={asks} onClose={() => setAsks(false)} />
    </>
  )
}

function useColumns(putBack: (ids: string[]) => Promise<unknown>) {
  const l = useWords('lists')
  const t = useWords('identify')
  const f = useFormats()
  return [
    {
      key: 'name',
      head: l('person'),
      width: 'minmax(160px,1.2fr)',
      phone: 'title',
      cell: (row: Row) => <b className="clip">{row.name ?? row.mail ?? t('noName')}</b>,
    },
    {
      key: 'company',
      head: l('company'),
      width: 'minmax(140px,1fr)',
      phone: 'sub',
      cell: (row: Row) => <span className="clip">{row.companyName ?? ''}</span>,
    },
    { key: 'mail', head: t('mail'), width: 'minmax(160px,1fr)', cell: (row: Row) => <span className="clip">{row.mail ?? ''}</span> },
    { key: 'at', head: l('trashedAt'), width: '120px', cell: (row: Row) => <Ago at={row.at} /> },
    { key: 'by', head: l('trashedBy'), width: '120px', cell: (row: Row) => <span className="clip">{row.by}</span> },
    { key: 'until', head: l('trashUntil'), width: '120px', cell: (row: Row) => <span className="num">{f.day(row.until)}</span> },
    {
      key: 'back',
      head: '',
      width: '120px',
      align: 'end',
      phone: 'side',
      cell: (row: Row) => (
        <Button
          size="compact-sm"
          variant="default"
          onClick={(event) => {
            event.preventDefault()
            event.stopPropagation()
            void putBack([row.id])
          }}
        >
          {l('putBack')}
        </Button>
      ),
    },
  ] as const
}

/** Emptying cannot be undone: it asks beforehand. */
function EmptyModal({ n, opened, onClose }: { n: number; opened: boolean; onClose: () => void }) {
  const l = useWords('lists')
  const p = useWords('parts')
  const toast = useToasts()
  const go = () => {
    onClose()
    void client.trash.empty({}).then(() => again(api.trash.key()), toast.failed)
  }
  return (
    <Modal opened={opened} onClose={onClose} title={<b>{l('emptyTitle', { n })}</b>} closeButtonProps={{ 'aria-label': p('cancel') }}>
      <div className="stack">
        <p>{l('emptyWhy')}</p>
        <div className="row">
          <Button variant="default" className="push" onClick={onClose}>
            {p('cancel')}
          </Button>
          <Button color="red" onClick={go}>
            {l('emptyNow')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
