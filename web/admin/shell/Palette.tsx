import '@mantine/spotlight/styles.layer.css'
import { useDebouncedValue } from '@mantine/hooks'
import { createSpotlight, Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { client } from '../api.ts'
import { Avatar } from '../parts/Avatar.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { useNav } from './useNav.ts'

const [store, spotlight] = createSpotlight()

/** ⌘K: go to a page, create something, find a lead. */
export function Palette({ close }: { close: () => void }) {
  const t = useWords('shell')
  const router = useRouter()
  const { items, creates } = useNav()
  const { may } = useSession()
  const [query, setQuery] = useState('')
  const [settled] = useDebouncedValue(query.trim(), 150)
  const found = useQuery({
    queryKey: ['palette', settled],
    enabled: settled.length > 0 && may('leads.read') && '/leads/$id' in router.routesByPath,
    queryFn: ({ signal }) => client.leads.list({ q: settled, limit: 6 }, { signal }),
    placeholderData: keepPreviousData,
  })
  useEffect(() => spotlight.open(), [])
  const matches = (label: string) => label.toLowerCase().includes(query.trim().toLowerCase())
  const action = (id: string, label: string, Icon: (typeof items)[number]['icon'], run: () => void): SpotlightActionData => ({
    id,
    label,
    leftSection: <Icon size={18} />,
    onClick: run,
  })
  const go = items.map((i) => action(i.to, t(`nav.${i.word}`), i.icon, () => void router.navigate({ to: i.to })))
  const make = creates.map((c) =>
    action(`new ${c.to}`, t(`make.${c.word}`), c.icon, () => void router.navigate({ to: c.to, search: c.search ?? {} })),
  )
  const leads = (settled && query ? (found.data?.items ?? []) : []).map(
    (lead): SpotlightActionData => ({
      id: lead.id,
      label: [lead.familyName, lead.givenName].filter(Boolean).join(' ') || lead.mail || lead.companyName || '—',
      description: [lead.companyName, lead.mail].filter(Boolean).join(' ・ '),
      leftSection: <Avatar name={lead.familyName || lead.companyName || lead.mail || '?'} />,
      onClick: () => void router.navigate({ to: '/leads/$id', params: { id: lead.id } }),
    }),
  )
  const groups = [
    { group: t('leadsFound'), actions: leads },
    { group: t('go'), actions: go.filter((a) => matches(a.label ?? '')) },
    { group: t('create'), actions: make.filter((a) => matches(a.label ?? '')) },
  ].filter((g) => g.actions.length > 0)
  return (
    <Spotlight
      store={store}
      shortcut={null}
      scrollable
      maxHeight={420}
      aria-label={t('search')}
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={close}
      filter={(_, all) => all}
      nothingFound={found.isFetching ? t('searching') : t('nothingFound')}
      actions={groups}
      searchProps={{ leftSection: <Search size={18} />, placeholder: t('searchPlaceholder'), 'aria-label': t('search') }}
    />
  )
}
