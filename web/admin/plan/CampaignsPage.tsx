import './plan.css'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Megaphone, Plus } from 'lucide-react'
import { again, api, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Chip } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ChipChoice, FilterBar, SearchField } from '../parts/FilterChips.tsx'
import { useFormats } from '../parts/formats.ts'
import { later } from '../parts/later.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { type CampaignRow, campaignsSearch, KIND_TONE, KINDS, type Kind, periodOf } from './campaign.ts'

// What opens on demand is loaded on demand.
const CampaignForm = later(() => import('./CampaignForm.tsx').then((m) => m.CampaignForm))

/** The campaigns: what the company does to win people. */
export function CampaignsPage() {
  const t = useWords('plan')
  const f = useFormats()
  const { may } = useSession()
  const navigate = useNavigate()
  const [search, setSearch] = useSearchOf(campaignsSearch)
  const list = useInfiniteQuery(
    paged(api.campaigns.list, { limit: 50, ...(search.kind ? { kind: search.kind } : {}), ...(search.q ? { q: search.q } : {}) }),
  )
  useLive('campaigns', () => void again(api.campaigns.key()))
  const make = may('plan.write') && (
    <Button leftSection={<Plus size={15} />} onClick={() => setSearch({ add: 'yes' })}>
      {t('add')}
    </Button>
  )
  return (
    <>
      <PageTop title={t('campaigns')}>{make}</PageTop>
      <FilterBar>
        <SearchField value={search.q} onChange={(q) => setSearch({ q })} label={t('search')} />
        <ChipChoice<Kind | 'all'>
          label={t('kind')}
          value={search.kind ?? 'all'}
          options={[['all', t('allKinds')], ...KINDS.map((kind) => [kind, t(`kinds.${kind}`)] as const)]}
          onChange={(kind) => setSearch({ kind: kind === 'all' ? undefined : kind })}
        />
      </FilterBar>
      <DataGrid<CampaignRow>
        label={t('campaigns')}
        query={list}
        rowKey={(row) => row.id}
        rowName={(row) => row.name}
        href={(row) => `/campaigns/${row.id}`}
        empty={
          <EmptyState icon={Megaphone} title={t('empty')} action={make}>
            {t('emptyText')}
          </EmptyState>
        }
        columns={[
          { key: 'name', head: t('name'), width: 'minmax(220px,1.6fr)', phone: 'title', cell: (row) => <b className="clip">{row.name}</b> },
          {
            key: 'kind',
            head: t('kind'),
            width: '120px',
            phone: 'side',
            cell: (row) => <Chip tone={KIND_TONE[row.kind]}>{t(`kinds.${row.kind}`)}</Chip>,
          },
          {
            key: 'period',
            head: t('period'),
            width: '200px',
            phone: 'sub',
            cell: (row) => <span className="num">{periodOf(row.startsOn, row.endsOn) || '—'}</span>,
          },
          {
            key: 'source',
            head: t('source'),
            width: 'minmax(120px,1fr)',
            cell: (row) => <span className="clip">{row.source ?? '—'}</span>,
          },
          {
            key: 'members',
            head: t('members'),
            width: '110px',
            align: 'end',
            cell: (row) => <span className="num">{f.number(row.members)}</span>,
          },
        ]}
      />
      {search.add === 'yes' && (
        <CampaignForm
          opened
          onClose={() => setSearch({ add: undefined })}
          onMade={(id) => void navigate({ to: `/campaigns/${id}` as string })}
        />
      )}
    </>
  )
}
