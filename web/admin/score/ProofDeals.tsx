import { useInfiniteQuery } from '@tanstack/react-query'
import { Handshake } from 'lucide-react'
import type { DecidedDeal } from '#loop/measure/proof/contract.ts'
import { api, paged } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import type { Column } from '../parts/grid.ts'
import { useWords } from '../words/words.tsx'

/** A number of the proof that was opened. */
export interface Opened {
  readonly title: string
  readonly n: number
  readonly asked: { readonly from?: number; readonly to?: number; readonly rule?: string; readonly held?: 'yes' | 'no' | 'unknown' }
}

/** The deals behind a number of the proof. */
export function ProofDeals({
  score,
  of,
  opened,
  onClose,
}: {
  readonly score: string
  readonly of: 'live' | 'draft'
  readonly opened: Opened | null
  readonly onClose: () => void
}) {
  return (
    <SideDrawer wide opened={opened !== null} onClose={onClose} title={opened?.title ?? ''}>
      {opened && <List score={score} of={of} opened={opened} />}
    </SideDrawer>
  )
}

function List({ score, of, opened }: { readonly score: string; readonly of: 'live' | 'draft'; readonly opened: Opened }) {
  const t = useWords('proof')
  const f = useFormats()
  const list = useInfiniteQuery(paged(api.proof.deals, { name: score, of, ...opened.asked, limit: 100 }))
  const columns: Column<DecidedDeal>[] = [
    { key: 'name', head: t('deal'), width: 'minmax(180px, 1.4fr)', phone: 'title', cell: (row) => <b className="clip">{row.name}</b> },
    {
      key: 'company',
      head: t('company'),
      width: 'minmax(120px, 1fr)',
      phone: 'sub',
      cell: (row) => <span className="clip">{row.company ?? '—'}</span>,
    },
    {
      key: 'won',
      head: t('outcome'),
      width: '92px',
      phone: 'side',
      cell: (row) => <Chip tone={row.won ? 'green' : 'grey'}>{t(row.won ? 'won' : 'lost')}</Chip>,
    },
    { key: 'at', head: t('decided'), width: '148px', cell: (row) => <span className="num nowrap">{f.day(row.at)}</span> },
    { key: 'score', head: t('scoreThen'), width: '96px', align: 'end', cell: (row) => <span className="num">{f.number(row.score)}</span> },
  ]
  return (
    <DataGrid
      label={opened.title}
      query={list}
      total={{ n: opened.n }}
      rowKey={(row) => row.id}
      rowName={(row) => row.name}
      href={(row) => `/deals?deal=${row.id}`}
      empty={<EmptyState icon={Handshake} title={t('noDeals')} small />}
      columns={columns}
    />
  )
}
