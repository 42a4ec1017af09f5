import './sales.css'
import './deals.css'
import { Button, NativeSelect, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Plus, SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { again, api } from '../api.ts'
import { ExportButton } from '../lists/ExportButton.tsx'
import { useLive } from '../live.ts'
import { ChipChoice, FilterBar, SearchField } from '../parts/FilterChips.tsx'
import { useFormats } from '../parts/formats.ts'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { addDays, dayOf, instantOf } from '../parts/zone.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { DealBoard } from './DealBoard.tsx'
import { DealDrawer } from './DealDrawer.tsx'
import { DealList } from './DealList.tsx'
import { NewDeal } from './NewDeal.tsx'
import { type DealSearch, dealSearch, stateRead } from './rows.ts'
import { StagesDrawer } from './StagesDrawer.tsx'

/** Deals as a board by stage or as a list, each opening in a drawer. */
export function DealsPage() {
  const t = useWords('sales')
  const { may } = useSession()
  const [search, setSearch] = useSearchOf(dealSearch)
  const [stages, setStages] = useState(false)
  useLive('deals', () => void again(api.deals.key()))
  const make = () => setSearch({ add: 'yes' })
  const open = (id: string) => setSearch({ deal: id })
  return (
    <>
      <PageTop title={t('deals')}>
        <ExportButton source="deals" title={t('deals')} filter={search.owner && search.owner !== 'me' ? { owner: search.owner } : {}} />
        {may('settings.write') && (
          <Button variant="default" className="hide-s" leftSection={<SlidersHorizontal size={15} />} onClick={() => setStages(true)}>
            {t('editStages')}
          </Button>
        )}
        {may('deals.write') && (
          <Button leftSection={<Plus size={15} />} onClick={make}>
            {t('newDeal')}
          </Button>
        )}
      </PageTop>
      <Filters search={search} setSearch={setSearch} />
      <Numbers />
      {search.view === 'board' ? (
        <DealBoard owner={search.owner} onOpen={open} onMake={make} />
      ) : (
        <DealList search={search} onOpen={open} onMake={make} />
      )}
      {stages && <StagesDrawer onClose={() => setStages(false)} />}
      <DealDrawer id={search.deal} onClose={() => setSearch({ deal: undefined })} />
      <NewDeal
        opened={search.add === 'yes'}
        leadId={search.lead}
        onClose={() => setSearch({ add: undefined, lead: undefined })}
        onMade={(id) => setSearch({ add: undefined, lead: undefined, deal: id })}
      />
    </>
  )
}

function Filters({ search, setSearch }: { search: DealSearch; setSearch: (to: Partial<DealSearch>) => void }) {
  const t = useWords('sales')
  return (
    <FilterBar>
      <SegmentedControl
        size="xs"
        aria-label={t('view')}
        value={search.view}
        onChange={(to) => setSearch({ view: to === 'list' ? 'list' : 'board' })}
        data={[
          { value: 'board', label: t('board') },
          { value: 'list', label: t('list') },
        ]}
      />
      <ChipChoice
        label={t('ownerLabel')}
        value={search.owner ?? 'all'}
        options={[
          ['all', t('everyone')],
          ['me', t('mine')],
          ['none', t('nobody')],
        ]}
        onChange={(to) => setSearch({ owner: to === 'all' ? undefined : to })}
      />
      {search.view === 'list' && (
        <>
          <NativeSelect
            size="xs"
            aria-label={t('stateLabel')}
            value={search.state ?? ''}
            onChange={(e) => setSearch({ state: stateRead(e.currentTarget.value) })}
            data={[
              { value: '', label: t('anyState') },
              ...(['open', 'won', 'lost'] as const).map((state) => ({ value: state, label: t(`dealState.${state}`) })),
            ]}
          />
          <SearchField value={search.q} onChange={(q) => setSearch({ q })} label={t('search')} />
        </>
      )}
    </FilterBar>
  )
}

/** What is open, what of it can be expected, and what was won this month. */
function Numbers() {
  const t = useWords('sales')
  const f = useFormats()
  const month = monthOf(new Date())
  const numbers = useQuery(api.deals.numbers.queryOptions({ input: month }))
  const { data } = numbers
  if (!data || (data.open === 0 && data.won === 0)) return null
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls sideways on a phone
    <div className="deal-numbers num" tabIndex={0}>
      <span>
        {t('openCount')} <b>{f.number(data.open)}</b>
      </span>
      <span>
        {t('openAmount')} <b>{f.money(data.openAmount)}</b>
      </span>
      <span>
        {t('expected')} <b>{f.money(data.expectedAmount)}</b>
      </span>
      <span>
        {t('wonMonth')} <b>{f.money(data.wonAmount)}</b> <span className="muted">({f.number(data.won)})</span>
      </span>
    </div>
  )
}

/** The company's month. */
function monthOf(now: Date): { from: string; to: string } {
  const first = `${dayOf(now).slice(0, 8)}01`
  const next = `${addDays(first, 31).slice(0, 8)}01`
  return { from: instantOf(first) ?? '', to: instantOf(next) ?? '' }
}
