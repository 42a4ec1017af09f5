import './companies.css'
import { Button, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Building2, CopyCheck, Filter, Plus } from 'lucide-react'
import { vocabulary } from '#loop/identify/vocabulary.ts'
import { again, api, client, paged } from '../api.ts'
import { ExportButton } from '../lists/ExportButton.tsx'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Avatar } from '../parts/Avatar.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { FilterBar, SearchField } from '../parts/FilterChips.tsx'
import { useFormats } from '../parts/formats.ts'
import { later } from '../parts/later.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { ScoreBar } from '../parts/ScoreBar.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSettled } from '../segment/useSettled.ts'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { type CompanyLine, type CompanySearch, companySearch, SORTS } from './company.ts'

// What opens on demand is loaded on demand.
const CompanyForm = later(() => import('./CompanyForm.tsx').then((m) => m.CompanyForm))

/** Every company, by score, reaction, size or name. */
export function CompaniesPage() {
  const t = useWords('companies')
  const { may } = useSession()
  const navigate = useNavigate()
  const toast = useToasts()
  const [search, setSearch] = useSearchOf(companySearch)
  const { q, sort, industry, prefecture, employeeBand, segment } = search
  const filter = {
    ...(q ? { q } : {}),
    ...(industry ? { industry } : {}),
    ...(prefecture ? { prefecture } : {}),
    ...(employeeBand ? { employeeBand } : {}),
    ...(segment ? { segment } : {}),
  }
  const list = useInfiniteQuery(paged(api.companies.list, { limit: 50, sort, ...filter }))
  const count = useQuery(api.companies.count.queryOptions({ input: filter }))
  const open = useQuery(api.companies.candidates.queryOptions({ input: { limit: 1 } }))
  const settle = useSettled(() => void again(api.companies.key()))
  useLive('companies', settle)
  const filtered = Object.keys(filter).length > 0
  const waiting = open.data?.open ?? 0
  return (
    <>
      <PageTop title={t('title')}>
        <ExportButton source="companies" title={t('title')} filter={filter} />
        {may('companies.write') && (
          <Button leftSection={<Plus size={15} />} onClick={() => setSearch({ add: 'yes' })}>
            {t('add')}
          </Button>
        )}
      </PageTop>
      <Filters search={search} setSearch={setSearch} waiting={waiting} />
      <DataGrid
        label={t('title')}
        query={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.name}
        href={(row) => `/companies/${row.id}`}
        total={count.data ? { n: count.data.n, about: count.data.more } : undefined}
        empty={
          <EmptyState
            icon={Building2}
            title={filtered ? t('none') : t('empty')}
            action={!filtered && may('companies.write') ? <Button onClick={() => setSearch({ add: 'yes' })}>{t('add')}</Button> : null}
          >
            {filtered ? null : t('emptyText')}
          </EmptyState>
        }
        columns={useColumns(Math.max(100, ...(list.data?.pages[0]?.items ?? []).map((row) => row.score)))}
      />
      {search.add === 'yes' && (
        <CompanyForm
          onClose={() => setSearch({ add: undefined })}
          onSaved={({ id }, name) => {
            toast.done(t('added', { name }))
            void navigate({ to: `/companies/${id}` as string })
          }}
          save={(values) => client.companies.create(values)}
        />
      )}
    </>
  )
}

/** The tile shows the name's own first letter, not 株. */
const bareName = (name: string): string => name.replace(/^(株式|有限|合同|合資|合名)会社\s*|^[㈱㈲]\s*/u, '') || name

function useColumns(most: number) {
  const t = useWords('companies')
  const f = useFormats()
  const { language } = useLanguage()
  const wordOf = (list: readonly { value: string; ja: string; en: string }[], value: string | null) =>
    list.find((one) => one.value === value)?.[language] ?? value
  const dash = <span className="muted dash">—</span>
  return [
    {
      key: 'name',
      head: t('name'),
      width: 'minmax(220px,1.6fr)',
      phone: 'title' as const,
      cell: (row: CompanyLine) => (
        <span className="who">
          <Avatar name={bareName(row.name)} />
          <span className="clip">
            <b>{row.name}</b>
            {row.domains[0] && <span className="muted who-sub">{row.domains[0]}</span>}
          </span>
        </span>
      ),
    },
    {
      key: 'industry',
      head: t('industry'),
      width: 'minmax(120px,.8fr)',
      phone: 'sub' as const,
      cell: (row: CompanyLine) => wordOf(vocabulary.industries, row.industry) ?? dash,
    },
    {
      key: 'prefecture',
      head: t('prefecture'),
      width: '110px',
      cell: (row: CompanyLine) => wordOf(vocabulary.prefectures, row.prefecture) ?? dash,
    },
    {
      key: 'band',
      head: t('employeeBand'),
      width: '120px',
      cell: (row: CompanyLine) => wordOf(vocabulary.employeeBands, row.employeeBand) ?? dash,
    },
    {
      key: 'people',
      head: t('people'),
      width: '80px',
      align: 'end' as const,
      cell: (row: CompanyLine) => <span className="num">{f.number(row.people)}</span>,
    },
    {
      key: 'score',
      head: t('scoreSum'),
      width: '130px',
      phone: 'side' as const,
      cell: (row: CompanyLine) => <ScoreBar score={row.score} of={most} />,
    },
    {
      key: 'engagement',
      head: t('engagement'),
      width: '110px',
      align: 'end' as const,
      cell: (row: CompanyLine) => <span className="num">{f.number(Math.round(row.engagement))}</span>,
    },
    { key: 'owner', head: t('owner'), width: '120px', cell: (row: CompanyLine) => row.ownerName ?? dash },
    { key: 'seen', head: t('lastSeen'), width: '130px', cell: (row: CompanyLine) => (row.lastSeenAt ? <Ago at={row.lastSeenAt} /> : dash) },
  ]
}

function Filters({
  search,
  setSearch,
  waiting,
}: {
  search: CompanySearch
  setSearch: (to: Partial<CompanySearch>) => void
  waiting: number
}) {
  const t = useWords('companies')
  const f = useFormats()
  const { language } = useLanguage()
  const segments = useQuery(api.companySegments.list.queryOptions({ input: {} }))
  const choices = (any: string, list: readonly { value: string; ja: string; en: string }[]) => [
    { value: '', label: any },
    ...list.map((one) => ({ value: one.value, label: one[language] })),
  ]
  return (
    <FilterBar>
      <SearchField value={search.q} onChange={(q) => setSearch({ q })} label={t('search')} />
      <NativeSelect
        size="xs"
        aria-label={t('sortLabel')}
        value={search.sort}
        onChange={(e) => setSearch({ sort: SORTS.find((one) => one === e.currentTarget.value) ?? 'score' })}
        data={SORTS.map((value) => ({ value, label: t(`sort.${value}`) }))}
      />
      <NativeSelect
        size="xs"
        aria-label={t('industry')}
        value={search.industry ?? ''}
        onChange={(e) => setSearch({ industry: e.currentTarget.value || undefined })}
        data={choices(t('anyIndustry'), vocabulary.industries)}
      />
      <NativeSelect
        size="xs"
        aria-label={t('prefecture')}
        value={search.prefecture ?? ''}
        onChange={(e) => setSearch({ prefecture: e.currentTarget.value || undefined })}
        data={choices(t('anyPrefecture'), vocabulary.prefectures)}
      />
      <NativeSelect
        size="xs"
        aria-label={t('employeeBand')}
        value={search.employeeBand ?? ''}
        onChange={(e) => setSearch({ employeeBand: e.currentTarget.value || undefined })}
        data={choices(t('anyBand'), vocabulary.employeeBands)}
      />
      {(segments.data?.items.length ?? 0) > 0 && (
        <NativeSelect
          size="xs"
          aria-label={t('segment')}
          value={search.segment ?? ''}
          onChange={(e) => setSearch({ segment: e.currentTarget.value || undefined })}
          data={[
            { value: '', label: t('anySegment') },
            ...(segments.data?.items ?? []).map((one) => ({ value: one.id, label: f.aside(one.name, f.number(Number(one.members))) })),
          ]}
        />
      )}
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        leftSection={<Filter size={14} />}
        renderRoot={(props) => <Link to={'/companies/segments' as string} {...props} />}
      >
        {t('segmentsManage')}
      </Button>
      <Button
        size="compact-sm"
        variant={waiting > 0 ? 'light' : 'subtle'}
        {...(waiting > 0 ? {} : { color: 'gray' })}
        leftSection={<CopyCheck size={14} />}
        renderRoot={(props) => <Link to={'/companies/review' as string} {...props} />}
      >
        {waiting > 0 ? t('reviewN', { n: waiting }) : t('review')}
      </Button>
    </FilterBar>
  )
}
