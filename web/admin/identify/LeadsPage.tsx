import './leads.css'
import { ActionIcon, Button, Menu, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowDownNarrowWide, ArrowUpNarrowWide, Download, Ellipsis, History, Plus, Trash2, Upload, Users } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { again, api, paged } from '../api.ts'
import { ViewBar } from '../lists/ViewBar.tsx'
import { useLive } from '../live.ts'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { FilterBar, SearchField } from '../parts/FilterChips.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { LeadFilters } from './LeadFilters.tsx'
import { type LeadLine, nameOf } from './lead.ts'
import { filtersIn, INITIALS, type LeadSearch, leadSearch, ROW_HEIGHT, sorts, viewParams } from './leadSearch.ts'
import { type FactShown, useFacts, useLeadColumns } from './listColumns.tsx'
import { isFactColumn, USUAL_COLUMNS } from './listKeys.ts'

// What opens on demand is loaded on demand: the list itself stays small.
const AddLead = lazy(() => import('./AddLead.tsx').then((m) => ({ default: m.AddLead })))
const EditOne = lazy(() => import('./EditOne.tsx').then((m) => ({ default: m.EditOne })))
const ReviewDrawer = lazy(() => import('./ReviewDrawer.tsx').then((m) => ({ default: m.ReviewDrawer })))
const BulkBar = lazy(() => import('../lists/BulkBar.tsx').then((m) => ({ default: m.BulkBar })))
const RuleDrawer = lazy(() => import('../lists/RuleDrawer.tsx').then((m) => ({ default: m.RuleDrawer })))
const ColumnsDrawer = lazy(() => import('../lists/ColumnsDrawer.tsx').then((m) => ({ default: m.ColumnsDrawer })))
const ExportDrawer = lazy(() => import('../lists/ExportDrawer.tsx').then((m) => ({ default: m.ExportDrawer })))

type Opened = 'rule' | 'columns' | 'export' | null
type Set = (change: Partial<LeadSearch>) => void

/** The leads: any filter, any order, columns of one's own, and changes to many. */
export function LeadsPage() {
  const t = useWords('identify')
  const { may } = useSession()
  const [search, setSearch] = useSearchOf(leadSearch)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [isAll, setAll] = useState(false)
  const [opened, setOpened] = useState<Opened>(null)
  const [editing, setEditing] = useState<string | null>(null)
  const filters = filtersIn(search)
  const keys = search.cols ? search.cols.split(',') : [...USUAL_COLUMNS]
  const more = keys.filter(isFactColumn)
  const facts = useFacts(more.length > 0 || opened === 'columns' || !sorts.some((one) => one === search.sort))
  const order = { sort: search.sort, ...(search.dir ? { dir: search.dir } : {}) }
  const list = useInfiniteQuery(
    paged(api.leads.list, { ...filters, ...order, ...(more.length ? { facts: more.join(',') } : {}), limit: 100 }),
  )
  const count = useQuery(api.leads.count.queryOptions({ input: filters }))
  useLive('leads', () => void again(api.leads.key()))
  const columns = useLeadColumns(keys, facts)
  const choose = (to: ReadonlySet<string>) => {
    setSelected(to)
    setAll(false)
  }
  const change: Set = (to) => {
    choose(new Set())
    setSearch(to)
  }
  const total = count.data ? { n: count.data.n, about: count.data.estimate } : undefined
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
        <ListMenu onExport={() => setOpened('export')} />
        {add}
      </PageTop>
      <FilterBar>
        <SearchField value={search.q} onChange={(q) => change({ q })} label={t('search')} />
        <LeadFilters search={search} setSearch={change} onRule={() => setOpened('rule')} />
        <span className="push row nowrap">
          <SortSelect search={search} setSearch={change} facts={facts.filter((one) => keys.includes(one.name))} />
          <ViewBar
            list="leads"
            current={search.view}
            state={{ search: viewParams(search), columns: keys, density: search.density ?? 'standard' }}
            density={search.density ?? 'standard'}
            onDensity={(density) => setSearch({ density: density === 'standard' ? undefined : density })}
            onColumns={() => setOpened('columns')}
            onOpen={(view) => change(openedView(view))}
          />
        </span>
        <Pairs onOpen={() => setSearch({ review: 'yes' })} />
      </FilterBar>
      {search.sort === 'name' && <Initials value={search.initial} onChange={(initial) => change({ initial })} />}
      <Suspense>
        {(selected.size > 0 || isAll) && (
          <BulkBar
            ids={[...selected]}
            filter={filters}
            isAll={isAll}
            total={total}
            onAll={() => setAll(true)}
            onDone={() => choose(new Set())}
          />
        )}
      </Suspense>
      <DataGrid<LeadLine>
        label={t('leads')}
        query={list}
        columns={columns}
        rowHeight={ROW_HEIGHT[search.density ?? 'standard']}
        rowKey={(row) => row.id}
        rowName={(row) => nameOf(row, t('noName'))}
        href={(row) => `/leads/${row.id}`}
        {...(may('leads.write') ? { selected, onSelect: choose, keys: { e: (row: LeadLine) => setEditing(row.id) } } : {})}
        {...(may('leads.bulk') ? { onSelectAll: () => setAll(true) } : {})}
        total={total}
        empty={
          Object.keys(filters).length > 0 ? (
            <EmptyState
              icon={Users}
              title={t('none')}
              action={
                <Button variant="default" onClick={() => change(cleared)}>
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
      <Suspense>
        {search.add === 'yes' && may('leads.write') && <AddLead opened onClose={() => setSearch({ add: undefined })} />}
        {search.review === 'yes' && <ReviewDrawer opened onClose={() => setSearch({ review: undefined })} />}
        {editing && <EditOne id={editing} onClose={() => setEditing(null)} />}
        {opened === 'rule' && <RuleDrawer search={search} onApply={(rule) => change({ rule })} onClose={() => setOpened(null)} />}
        {opened === 'columns' && (
          <ColumnsDrawer
            keys={keys}
            usual={USUAL_COLUMNS}
            facts={facts}
            onChange={(cols) => setSearch({ cols: cols.join(',') === USUAL_COLUMNS.join(',') ? undefined : cols.join(',') })}
            onClose={() => setOpened(null)}
          />
        )}
        {opened === 'export' && (
          <ExportDrawer
            source="leads"
            title={t('leads')}
            filter={{ ...filters, ...order }}
            columns={['name', 'mail', ...keys]}
            total={total?.n}
            onClose={() => setOpened(null)}
          />
        )}
      </Suspense>
    </>
  )
}

/** The address of a saved view: everything it does not say is as usual. */
function openedView(
  view: { id: string; state: { search: Record<string, string>; columns?: string[]; density?: string } } | null,
): Partial<LeadSearch> {
  const nothing = { ...cleared, sort: undefined, dir: undefined, cols: undefined, density: undefined, view: undefined }
  if (!view) return nothing as unknown as Partial<LeadSearch>
  const { search, columns, density } = view.state
  const cols = columns && columns.join(',') !== USUAL_COLUMNS.join(',') ? columns.join(',') : undefined
  return {
    ...nothing,
    ...leadSearch.parse(search),
    cols,
    density: density === 'standard' ? undefined : density,
    view: view.id,
  } as Partial<LeadSearch>
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
  priority: undefined,
  status: undefined,
  tag: undefined,
  initial: undefined,
  rule: undefined,
}

/** How many pairs wait for a look. */
function Pairs({ onOpen }: { onOpen: () => void }) {
  const t = useWords('identify')
  const pairs = useQuery({ ...api.leads.candidates.queryOptions({ input: {} }), staleTime: 60_000 })
  const n = pairs.data?.items.length ?? 0
  if (n === 0) return null
  return (
    <Button size="xs" variant="default" onClick={onOpen}>
      {t('reviewOpen', { n })}
    </Button>
  )
}

function ListMenu({ onExport }: { onExport: () => void }) {
  const l = useWords('lists')
  const { may } = useSession()
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={l('more_menu')}>
          <Ellipsis size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {may('leads.export') && (
          <Menu.Item leftSection={<Download size={15} />} onClick={onExport}>
            {l('export')}
          </Menu.Item>
        )}
        {may('leads.export') && (
          <Menu.Item leftSection={<Download size={15} />} component={Link} to="/exports">
            {l('exports')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<History size={15} />} component={Link} to="/bulk">
          {l('history')}
        </Menu.Item>
        {may('leads.bulk') && (
          <Menu.Item leftSection={<Trash2 size={15} />} component={Link} to="/trash">
            {l('bin')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

const WORDED: ReadonlySet<string> = new Set(['company', 'priority', 'owner'])

function SortSelect({ search, setSearch, facts }: { search: LeadSearch; setSearch: Set; facts: readonly FactShown[] }) {
  const t = useWords('identify')
  const l = useWords('lists')
  const { language } = useLanguage()
  const isUp = search.dir === undefined ? ['name', 'company', 'owner'].includes(search.sort) : search.dir === 'asc'
  const data = [
    ...sorts.map((value) => ({ value, label: WORDED.has(value) ? l(`sort.${value as 'company'}`) : t(`sort.${value as 'seen'}`) })),
    ...facts.filter((fact) => fact.type !== 'multi').map((fact) => ({ value: fact.name, label: l('sort.fact', { name: fact[language] }) })),
  ]
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label={t('sortBy')}
        value={search.sort}
        onChange={(e) =>
          setSearch({
            sort: e.currentTarget.value === 'seen' ? (undefined as never) : e.currentTarget.value,
            dir: undefined,
            initial: undefined,
          })
        }
        data={data}
      />
      <ActionIcon
        variant="default"
        size={30}
        aria-label={l(isUp ? 'ascending' : 'descending')}
        title={l(isUp ? 'ascending' : 'descending')}
        onClick={() => setSearch({ dir: isUp ? 'desc' : 'asc' })}
      >
        {isUp ? <ArrowUpNarrowWide size={15} /> : <ArrowDownNarrowWide size={15} />}
      </ActionIcon>
    </>
  )
}

/** あ か さ …: the row of the kana table in which names begin. */
function Initials({ value, onChange }: { value: LeadSearch['initial']; onChange: (to: LeadSearch['initial']) => void }) {
  const l = useWords('lists')
  return (
    <nav className="initials" aria-label={l('initial')}>
      {INITIALS.map((one) => (
        <button
          type="button"
          key={one}
          aria-pressed={one === value}
          className={one === value ? 'on' : ''}
          onClick={() => onChange(one === value ? undefined : one)}
        >
          {one === '#' ? l('initialOther') : one === 'A' ? 'A–Z' : one}
        </button>
      ))}
    </nav>
  )
}
