import './leads.css'
import { Button, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus, Upload, Users } from 'lucide-react'
import { useState } from 'react'
import { again, api, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Avatar } from '../parts/Avatar.tsx'
import { StageChip } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { FilterBar, SearchField } from '../parts/FilterChips.tsx'
import type { Column } from '../parts/grid.ts'
import { PageTop } from '../parts/PageTop.tsx'
import { ScoreBar } from '../parts/ScoreBar.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { AddLead } from './AddLead.tsx'
import { AssignBar } from './AssignBar.tsx'
import { LeadFilters } from './LeadFilters.tsx'
import { type LeadLine, nameOf, numberFact, RECENT, SCORE, stageOf } from './lead.ts'
import { filtersIn, leadSearch, sorts } from './leadSearch.ts'
import { ReviewDrawer } from './ReviewDrawer.tsx'
import { useEventWords } from './useEventWords.tsx'

/** The leads: search, filters in the address, owners by the handful. */
export function LeadsPage() {
  const t = useWords('identify')
  const { may } = useSession()
  const [search, setSearch] = useSearchOf(leadSearch)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const filters = filtersIn(search)
  const list = useInfiniteQuery(paged(api.leads.list, { ...filters, sort: search.sort, limit: 100 }))
  const count = useQuery(api.leads.count.queryOptions({ input: filters }))
  const pairs = useQuery(api.leads.candidates.queryOptions({ input: {} }))
  useLive('leads', () => void again(api.leads.key()))
  const filtered = Object.keys(filters).length > 0
  const columns = useColumns()
  const add = may('leads.write') && (
    <Button leftSection={<Plus size={15} />} onClick={() => setSearch({ add: 'yes' })}>
      {t('add')}
    </Button>
  )
  return (
    <>
      <PageTop title={t('leads')}>
        {may('imports.read') && (
          <Button component={Link} to="/imports" variant="default" leftSection={<Upload size={15} />} className="hide-s">
            {t('importFile')}
          </Button>
        )}
        {add}
      </PageTop>
      <FilterBar>
        <SearchField value={search.q} onChange={(q) => setSearch({ q })} label={t('search')} />
        <LeadFilters search={search} setSearch={setSearch} />
        <NativeSelect
          size="xs"
          className="push"
          aria-label={t('sortBy')}
          value={search.sort}
          onChange={(e) => setSearch({ sort: sorts.find((one) => one === e.currentTarget.value) ?? 'seen' })}
          data={sorts.map((value) => ({ value, label: t(`sort.${value}`) }))}
        />
        {(pairs.data?.items.length ?? 0) > 0 && (
          <Button size="xs" variant="default" onClick={() => setSearch({ review: 'yes' })}>
            {t('reviewOpen', { n: pairs.data?.items.length ?? 0 })}
          </Button>
        )}
      </FilterBar>
      {selected.size > 0 && <AssignBar ids={[...selected]} onDone={() => setSelected(new Set())} />}
      <DataGrid<LeadLine>
        label={t('leads')}
        query={list}
        columns={columns}
        rowKey={(row) => row.id}
        rowName={(row) => nameOf(row, t('noName'))}
        href={(row) => `/leads/${row.id}`}
        {...(may('leads.write') ? { selected, onSelect: setSelected } : {})}
        total={count.data ? { n: count.data.n, about: count.data.estimate } : undefined}
        empty={
          filtered ? (
            <EmptyState
              icon={Users}
              title={t('none')}
              action={
                <Button variant="default" onClick={() => setSearch(cleared)}>
                  {t('clear')}
                </Button>
              }
            >
              {t('noneText')}
            </EmptyState>
          ) : (
            <EmptyState icon={Users} title={t('empty')} action={add}>
              {t('emptyText')}
            </EmptyState>
          )
        }
      />
      <AddLead opened={search.add === 'yes' && may('leads.write')} onClose={() => setSearch({ add: undefined })} />
      <ReviewDrawer opened={search.review === 'yes'} onClose={() => setSearch({ review: undefined })} />
    </>
  )
}

const cleared = {
  q: '',
  owner: undefined,
  stage: undefined,
  heat: undefined,
  source: undefined,
  sendable: undefined,
  segment: undefined,
  prefecture: undefined,
  industry: undefined,
}

function useColumns(): Column<LeadLine>[] {
  const t = useWords('identify')
  const words = useEventWords()
  return [
    {
      key: 'name',
      head: t('name'),
      width: 'minmax(240px,1.2fr)',
      phone: 'title',
      cell: (row) => (
        <span className="lead-name">
          <Avatar name={nameOf(row, t('noName'))} />
          <b className="clip">{nameOf(row, t('noName'))}</b>
          <span className="muted clip">{row.mail}</span>
        </span>
      ),
    },
    {
      key: 'company',
      head: t('company'),
      width: 'minmax(200px,1fr)',
      phone: 'sub',
      cell: (row) => (
        <span className="clip">
          {row.companyName ?? ''} <span className="muted">{[row.department, row.title].filter(Boolean).join(' ')}</span>
        </span>
      ),
    },
    { key: 'stage', head: t('stage'), width: '104px', cell: (row) => <StageChip stage={stageOf(row) ?? 'new'} />, phone: 'side' },
    {
      key: 'score',
      head: t('score'),
      width: '156px',
      cell: (row) => <ScoreBar score={numberFact(row, SCORE)} change={numberFact(row, RECENT) || undefined} />,
      phone: 'side',
    },
    {
      key: 'owner',
      head: t('owner'),
      width: '96px',
      cell: (row) => (row.ownerName ? <span className="clip">{row.ownerName}</span> : <span className="muted">—</span>),
    },
    {
      key: 'last',
      head: t('last'),
      width: 'minmax(200px,1fr)',
      cell: (row) => {
        const action = row.lastAction
        if (!action) return <span className="muted">—</span>
        return (
          <span className="lead-last">
            <span className="clip">{words({ id: row.id, historic: false, ...action }).title}</span>
            <span className="muted">
              <Ago at={action.at} />
            </span>
          </span>
        )
      },
    },
  ]
}
