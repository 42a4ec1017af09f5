import './companies.css'
import { Button, NativeSelect } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Building2, CopyCheck, Filter, Plus, SlidersHorizontal } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { vocabulary } from '#loop/identify/vocabulary.ts'
import { again, api, client, paged } from '../api.ts'
import { nameOfField, sectionsOf, useFields, useFieldWords } from '../identify/fieldShow.ts'
import { ExportButton } from '../lists/ExportButton.tsx'
import { RuleChip } from '../lists/RuleChip.tsx'
import { useLive } from '../live.ts'
import { Ago } from '../parts/Ago.tsx'
import { Avatar } from '../parts/Avatar.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { FilterBar, SearchField } from '../parts/FilterChips.tsx'
import { useFormats } from '../parts/formats.ts'
import type { Column } from '../parts/grid.ts'
import { later } from '../parts/later.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { ScoreBar } from '../parts/ScoreBar.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSettled } from '../segment/useSettled.ts'
import { useSession } from '../session.ts'
import { useLanguage, useWords } from '../words/words.tsx'
import { type CompanyLine, type CompanySearch, companySearch, companyValue, SORTS } from './company.ts'

// What opens on demand is loaded on demand.
const CompanyForm = later(() => import('./CompanyForm.tsx').then((m) => m.CompanyForm))
const RuleDrawer = later(() => import('./RuleDrawer.tsx').then((m) => m.RuleDrawer))

/** Every company, by score, reaction, size or name. */
export function CompaniesPage() {
  const t = useWords('companies')
  const { may } = useSession()
  const navigate = useNavigate()
  const toast = useToasts()
  const [search, setSearch] = useSearchOf(companySearch)
  const { q, sort, industry, prefecture, employeeBand, segment, rule } = search
  const [byRule, setByRule] = useState(false)
  const filter = {
    ...(q ? { q } : {}),
    ...(industry ? { industry } : {}),
    ...(prefecture ? { prefecture } : {}),
    ...(employeeBand ? { employeeBand } : {}),
    ...(segment ? { segment } : {}),
    ...(rule ? { rule } : {}),
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
      <Filters search={search} setSearch={setSearch} waiting={waiting} onRule={() => setByRule(true)} />
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
      {byRule && <RuleDrawer rule={rule} onApply={(to) => setSearch({ rule: to })} onClose={() => setByRule(false)} />}
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
  const dash = <span className="muted dash">—</span>
  const chosen = useChosenColumns(dash)
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
    ...chosen,
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
    { key: 'seen', head: t('lastSeen'), width: '130px', cell: (row: CompanyLine) => (row.lastSeenAt ? <Ago at={row.lastSeenAt} /> : dash) },
  ]
}

/** The columns that were chosen for the list among the fields of companies. */
function useChosenColumns(dash: ReactNode): Column<CompanyLine>[] {
  const { language } = useLanguage()
  const words = useFieldWords()
  const { items, layout } = useFields('company')
  const fields = layout ? sectionsOf(layout, items, 'companies').flatMap((section) => section.fields) : []
  return fields.map((field, index) => {
    const isNumber = field.type === 'number' || field.type === 'money'
    return {
      key: nameOfField(field),
      head: <span title={field[language]}>{field[language]}</span>,
      width: isNumber ? '120px' : field.type === 'date' || field.type === 'datetime' ? '140px' : 'minmax(110px,.8fr)',
      ...(isNumber ? { align: 'end' as const } : {}),
      ...(index === 0 ? { phone: 'sub' as const } : {}),
      cell: (row) => {
        const text = words(field, companyValue(row, field))
        return text === null ? dash : <span className={isNumber ? 'num' : 'clip'}>{text}</span>
      },
    }
  })
}

function Filters({
  search,
  setSearch,
  waiting,
  onRule,
}: {
  search: CompanySearch
  setSearch: (to: Partial<CompanySearch>) => void
  waiting: number
  onRule: () => void
}) {
  const t = useWords('companies')
  const l = useWords('lists')
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
      {search.rule ? (
        <RuleChip rule={search.rule} onOpen={onRule} onClear={() => setSearch({ rule: undefined })} />
      ) : (
        <button type="button" className="chip dashed" onClick={onRule}>
          <SlidersHorizontal size={13} aria-hidden /> {l('rule')}
        </button>
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
