import './track.css'
import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Globe, Radio, Tag } from 'lucide-react'
import { useEffect, useReducer, useRef, useState } from 'react'
import { again, api, type client } from '../api.ts'
import { useLive } from '../live.ts'
import { Chip } from '../parts/Chip.tsx'
import { DataGrid } from '../parts/DataGrid.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { FilterBar } from '../parts/FilterChips.tsx'
import { useFormats } from '../parts/formats.ts'
import type { Column } from '../parts/grid.ts'
import { PageTop } from '../parts/PageTop.tsx'
import { useSearchOf } from '../parts/search.ts'
import { maybeText, viewOf } from '../parts/view.ts'
import { useWords } from '../words/words.tsx'
import { Source, VisitorName } from './Visitor.tsx'
import { VisitorDrawer } from './VisitorDrawer.tsx'

type LiveVisitor = Awaited<ReturnType<typeof client.track.live>>['items'][number]
const view = viewOf({ site: maybeText, who: maybeText })

/** Who is on the sites now, with their timelines in a drawer. */
export function VisitorsPage() {
  const t = useWords('track')
  const [{ site, who }, setSearch] = useSearchOf(view)
  const live = useQuery({ ...api.track.live.queryOptions({ input: site ? { siteId: site } : {} }), refetchInterval: 30_000 })
  const sites = useQuery(api.track.sites.queryOptions({ input: {} }))
  useSoon('track.live', () => void again(api.track.live.key()))
  const items = live.data?.items ?? []
  const picked = items.find((each) => each.personId === who)
  const noSites = sites.data?.items.length === 0
  return (
    <>
      <PageTop title={t('liveTitle')} note={live.data && t('liveNow', { n: items.length })}>
        <Button component={Link} to="/tag" variant="default" leftSection={<Tag size={15} />}>
          {t('sitesTitle')}
        </Button>
      </PageTop>
      <FilterBar>
        <span className="track-live muted">
          <Radio size={14} aria-hidden />
          {t('live')}
        </span>
        {(sites.data?.items.length ?? 0) > 1 && (
          <Select
            size="xs"
            aria-label={t('site')}
            placeholder={t('allSites')}
            clearable
            data={sites.data?.items.map((each) => ({ value: each.id, label: each.name })) ?? []}
            value={site ?? null}
            onChange={(to) => setSearch({ site: to ?? undefined })}
          />
        )}
        {live.data?.more && <span className="muted">{t('liveMore', { n: items.length })}</span>}
      </FilterBar>
      <DataGrid
        label={t('liveLabel')}
        query={gridOf(live, items)}
        rowKey={(row) => row.visitId}
        columns={useColumns()}
        onOpen={(row) => setSearch({ who: row.personId })}
        empty={
          noSites ? (
            <EmptyState
              icon={Tag}
              title={t('noSites')}
              action={
                <Button component={Link} to="/tag">
                  {t('toSites')}
                </Button>
              }
            >
              {t('noSitesText')}
            </EmptyState>
          ) : (
            <EmptyState icon={Globe} title={t('liveEmpty')}>
              {t('liveEmptyText')}
            </EmptyState>
          )
        }
      />
      <VisitorDrawer personId={who ?? null} live={picked} onClose={() => setSearch({ who: undefined })} />
    </>
  )
}

/** A single answer in the shape the grid reads. */
const gridOf = (query: { isPending: boolean; error: unknown; refetch: () => unknown }, items: readonly LiveVisitor[]) => ({
  data: query.isPending ? undefined : { pages: [{ items }] },
  error: query.error,
  isPending: query.isPending,
  hasNextPage: false,
  isFetchingNextPage: false,
  fetchNextPage: () => undefined,
  refetch: query.refetch,
})

function useColumns(): Column<LiveVisitor>[] {
  const t = useWords('track')
  return [
    { key: 'who', head: t('visitor'), width: 'minmax(220px,1.1fr)', cell: (row) => <VisitorName visitor={row} />, phone: 'title' },
    { key: 'page', head: t('pageNow'), width: 'minmax(220px,1.5fr)', cell: (row) => <PageCell visitor={row} />, phone: 'sub' },
    { key: 'stay', head: t('stay'), width: '112px', cell: (row) => <Stay since={row.startedAt} />, phone: 'side' },
    { key: 'pages', head: t('pages'), width: '84px', cell: (row) => <span className="num">{t('pagesCount', { n: row.pages })}</span> },
    {
      key: 'visits',
      head: t('visitsHead'),
      width: '84px',
      cell: (row) => <span className="num">{t('visitsCount', { n: row.visits })}</span>,
    },
    { key: 'source', head: t('cameBy'), width: 'minmax(150px,0.8fr)', cell: (row) => <Source visit={row} /> },
    { key: 'last', head: t('lastAction'), width: '112px', cell: (row) => <Since at={row.lastAt} /> },
  ]
}

function PageCell({ visitor }: { visitor: LiveVisitor }) {
  const path = pathOf(visitor.url)
  return (
    <span className="track-page" title={visitor.url ?? ''}>
      <b className="clip">{visitor.title || path}</b>
      {visitor.title && <span className="muted clip hide-s">{path}</span>}
    </span>
  )
}

const pathOf = (url: string | null) => {
  const parsed = URL.parse(url ?? '')
  return parsed ? parsed.pathname : (url ?? '—')
}

/** Re-renders once a second: the whole list counts with one timer each, as there are few rows on screen. */
function useSecond() {
  const [, tick] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const timer = setInterval(tick, 1_000)
    return () => clearInterval(timer)
  }, [])
}

function Stay({ since }: { since: string }) {
  useSecond()
  const f = useFormats()
  return <span className="num nowrap">{f.span(Math.max(0, (Date.now() - Date.parse(since)) / 1_000))}</span>
}

function Since({ at }: { at: string }) {
  useSecond()
  const f = useFormats()
  const t = useWords('track')
  const seconds = (Date.now() - Date.parse(at)) / 1_000
  return seconds < 20 ? <Chip tone="green">{t('here')}</Chip> : <span className="muted num nowrap">{f.ago(at)}</span>
}

/** Hears a topic that the server tells at most once a second, and looks again a moment later for what came in between. */
function useSoon(topic: string, run: () => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [told, tell] = useState(0)
  useLive(topic, () => tell((n) => n + 1))
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when told, not when the caller renders
  useEffect(() => {
    if (!told) return
    run()
    clearTimeout(timer.current)
    timer.current = setTimeout(run, 1_200)
    return () => clearTimeout(timer.current)
  }, [told])
}
