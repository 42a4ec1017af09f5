import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Handshake } from 'lucide-react'
import { api, paged } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { useFormats } from '../parts/formats.ts'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { useColleagues } from './owners.ts'
import type { Deal, DealSearch } from './rows.ts'

/** Every deal, the last changed first. */
export function DealList({ search, onOpen, onMake }: { search: DealSearch; onOpen: (id: string) => void; onMake: () => void }) {
  const t = useWords('sales')
  const f = useFormats()
  const { may } = useSession()
  const { nameOf } = useColleagues()
  const { owner, state, q } = search
  const list = useInfiniteQuery(
    paged(api.deals.list, { limit: 50, ...(owner ? { owner } : {}), ...(state ? { state } : {}), ...(q ? { q } : {}) }),
  )
  const filtered = Boolean(owner || state || q)
  return (
    <DataGrid
      label={t('deals')}
      query={list}
      rowKey={(deal) => deal.id}
      rowName={(deal) => deal.name}
      onOpen={(deal) => onOpen(deal.id)}
      empty={
        <EmptyState
          icon={Handshake}
          title={filtered ? t('dealsNone') : t('dealsEmpty')}
          action={may('deals.write') && !filtered ? <Button onClick={onMake}>{t('newDeal')}</Button> : null}
        >
          {filtered ? null : t('dealsEmptyText')}
        </EmptyState>
      }
      columns={[
        {
          key: 'name',
          head: t('name'),
          width: 'minmax(200px,1.4fr)',
          phone: 'title',
          cell: (deal) => <b className="cell-name">{deal.name}</b>,
        },
        {
          key: 'people',
          head: t('contacts'),
          width: 'minmax(140px,1fr)',
          phone: 'sub',
          cell: (deal) => f.list(deal.people.map((person) => person.name)),
        },
        { key: 'stage', head: t('stageLabel'), width: '150px', phone: 'side', cell: (deal) => <DealStageChip deal={deal} /> },
        {
          key: 'amount',
          head: t('amount'),
          width: '130px',
          align: 'end',
          cell: (deal) => (deal.amount === null ? <span className="muted">—</span> : <span className="num">{f.yen(deal.amount)}</span>),
        },
        {
          key: 'close',
          head: t('expectedClose'),
          width: '150px',
          cell: (deal) => (deal.expectedClose ? f.day(`${deal.expectedClose}T00:00:00`) : <span className="muted">—</span>),
        },
        {
          key: 'owner',
          head: t('owner'),
          width: '130px',
          cell: (deal) => nameOf(deal.ownerId) ?? <span className="muted">{t('noOwner')}</span>,
        },
        { key: 'changed', head: t('stageHistory'), width: '120px', cell: (deal) => <Ago at={deal.changedAt} /> },
      ]}
    />
  )
}

/** Where a deal stands: its stage while open, else won or lost. */
export function DealStageChip({ deal }: { deal: Pick<Deal, 'state' | 'stage' | 'lostReason'> }) {
  const t = useWords('sales')
  const { language } = useLanguage()
  const stages = useQuery({ ...api.deals.stages.queryOptions({ input: {} }), staleTime: 300_000 })
  if (deal.state === 'won') return <Chip tone="green">{t('dealState.won')}</Chip>
  if (deal.state === 'lost') return <Chip tone="red">{t('dealState.lost')}</Chip>
  return <Chip tone="teal">{stages.data?.items.find((stage) => stage.key === deal.stage)?.[language] ?? deal.stage}</Chip>
}
