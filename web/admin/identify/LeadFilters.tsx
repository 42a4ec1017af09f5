import { Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ListFilter, SlidersHorizontal } from 'lucide-react'
import { vocabulary } from '#loop/identify/vocabulary.ts'
import { api } from '../api.ts'
import { RuleChip } from '../lists/RuleChip.tsx'
import { FilterChip } from '../parts/FilterChips.tsx'
import { useLanguage, useWords } from '../words/words.tsx'
import { type FilterName, filterNames, type LeadSearch } from './leadSearch.ts'
import { useColleagues } from './useColleagues.ts'

const STAGES = ['new', 'nurture', 'mql', 'sql', 'deal', 'customer'] as const
type Option = readonly [value: string, words: string]

/** The filters in force as chips, and a menu that adds one. */
export function LeadFilters({
  search,
  setSearch,
  onRule,
}: {
  search: LeadSearch
  setSearch: (change: Partial<LeadSearch>) => void
  onRule: () => void
}) {
  const l = useWords('lists')
  const t = useWords('identify')
  const options = useOptions()
  const set = (name: FilterName, value: string | undefined) => setSearch({ [name]: value } as Partial<LeadSearch>)
  return (
    <>
      {filterNames.map((name) => {
        const value = search[name]
        if (!value) return null
        const words = options[name].find(([one]) => one === value)?.[1] ?? value
        return <FilterChip key={name} name={t(`filter.${name}`)} value={words} onRemove={() => set(name, undefined)} />
      })}
      {search.rule && <RuleChip rule={search.rule} onOpen={onRule} onClear={() => setSearch({ rule: undefined })} />}
      <Menu position="bottom-start" width={200}>
        <Menu.Target>
          <button type="button" className="chip dashed">
            <ListFilter size={13} aria-hidden /> {t('addFilter')}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<SlidersHorizontal size={14} />} onClick={onRule}>
            {l('rule')}
          </Menu.Item>
          <Menu.Divider />
          {filterNames
            .filter((name) => options[name].length > 0)
            .map((name) => (
              <Menu.Sub key={name}>
                <Menu.Sub.Target>
                  <Menu.Sub.Item>{t(`filter.${name}`)}</Menu.Sub.Item>
                </Menu.Sub.Target>
                <Menu.Sub.Dropdown className="filter-options">
                  {options[name].map(([value, words]) => (
                    <Menu.Item key={value} onClick={() => set(name, value)}>
                      {words}
                    </Menu.Item>
                  ))}
                </Menu.Sub.Dropdown>
              </Menu.Sub>
            ))}
        </Menu.Dropdown>
      </Menu>
    </>
  )
}

function useOptions(): Record<FilterName, readonly Option[]> {
  const t = useWords('identify')
  const parts = useWords('parts')
  const { language } = useLanguage()
  const { active } = useColleagues()
  const sources = useQuery({ ...api.leads.sources.queryOptions({ input: {} }), staleTime: 60_000 })
  const segments = useQuery({ ...api.segments.list.queryOptions({ input: {} }), staleTime: 60_000 })
  const worded = (list: readonly { value: string; ja: string; en: string }[]): Option[] => list.map((one) => [one.value, one[language]])
  return {
    owner: [...active.map((one): Option => [one.id, one.name]), ['none', t('noOwner')]],
    stage: STAGES.map((stage) => [stage, parts(`stage.${stage}`)]),
    heat: (['hot', 'warm', 'cold'] as const).map((heat) => [heat, t(`heat.${heat}`)]),
    segment: (segments.data?.items ?? []).map((one): Option => [one.id, one.name]),
    source: (sources.data?.items ?? []).map((one): Option => [one, one]),
    sendable: (['yes', 'no'] as const).map((one) => [one, t(`sendable.${one}`)]),
    prefecture: worded(vocabulary.prefectures),
    industry: worded(vocabulary.industries),
    priority: worded(vocabulary.priorities),
    status: worded(vocabulary.statuses),
    tag: [],
  }
}
