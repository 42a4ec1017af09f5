import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { UserRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { again, api, type client, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { Chip } from '../parts/Chip.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Pairs } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { Timeline } from '../parts/Timeline.tsx'
import { useWords } from '../words/words.tsx'
import { Source, useChannel, VisitorName } from './Visitor.tsx'

type LiveVisitor = Awaited<ReturnType<typeof client.track.live>>['items'][number]
type TrackedEvent = Awaited<ReturnType<typeof client.track.visitorEvents>>['items'][number]
type Visit = Awaited<ReturnType<typeof client.track.visits>>['items'][number]

/** One visitor beside the live list: how often they came, how long they read, what they did. */
export function VisitorDrawer({
  personId,
  live,
  onClose,
}: {
  personId: string | null
  live: LiveVisitor | undefined
  onClose: () => void
}) {
  const t = useWords('track')
  return (
    <SideDrawer opened={personId !== null} onClose={onClose} wide title={live ? <VisitorName visitor={live} /> : t('visitor')}>
      {personId && <VisitorStory personId={personId} live={live} />}
    </SideDrawer>
  )
}

function VisitorStory({ personId, live }: { personId: string; live: LiveVisitor | undefined }) {
  const t = useWords('track')
  const visits = useInfiniteQuery(paged(api.track.visits, { id: personId, limit: 10 }))
  const events = useInfiniteQuery(paged(api.track.visitorEvents, { id: personId, limit: 50 }))
  useLive('track.live', () => void again(api.track.visits.key(), api.track.visitorEvents.key()))
  const shown = visits.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="stack">
      {live?.isLead && (
        <Button component={Link} to="/leads/$id" params={{ id: personId } as never} variant="default" leftSection={<UserRound size={15} />}>
          {t('openLead')}
        </Button>
      )}
      <Facts visits={shown} all={!visits.hasNextPage} times={live?.visits} />
      <h3 className="track-h">{t('visitsTitle')}</h3>
      <ErrorNote error={visits.error} retry={visits.refetch} />
      {visits.isPending ? <Skeletons rows={2} height={44} /> : <Visits visits={shown} />}
      {visits.hasNextPage && <More busy={visits.isFetchingNextPage} onClick={() => void visits.fetchNextPage()} words={t('visitsMore')} />}
      <h3 className="track-h">{t('timelineTitle')}</h3>
      <ErrorNote error={events.error} retry={events.refetch} />
      {events.isPending ? <Skeletons rows={5} height={44} /> : <Events events={events.data?.pages.flatMap((page) => page.items) ?? []} />}
      {events.hasNextPage && (
        <More busy={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()} words={t('timelineMore')} />
      )}
    </div>
  )
}

const More = ({ words, busy, onClick }: { words: string; busy: boolean; onClick: () => void }) => (
  <Button variant="default" size="xs" loading={busy} onClick={onClick}>
    {words}
  </Button>
)

function Facts({ visits, all, times }: { visits: readonly Visit[]; all: boolean; times: number | undefined }) {
  const t = useWords('track')
  const f = useFormats()
  if (!visits.length) return null
  const engaged = visits.reduce((sum, visit) => sum + visit.engaged, 0)
  const rows: (readonly [ReactNode, ReactNode])[] = [
    [
      t('visitsSoFar'),
      <span className="num" key="n">
        {f.number(times ?? visits.length)}
      </span>,
    ],
    [
      t(all ? 'totalEngaged' : 'totalEngagedShown'),
      <span className="num" key="e">
        {f.span(engaged)}
      </span>,
    ],
    [t('lastVisit'), f.instant(visits[0]?.startedAt ?? '')],
  ]
  if (all) rows.push([t('firstVisit'), f.instant(visits.at(-1)?.startedAt ?? '')])
  return <Pairs items={rows} />
}

function Visits({ visits }: { visits: readonly Visit[] }) {
  const t = useWords('track')
  const f = useFormats()
  return (
    <ul className="track-visits">
      {visits.map((visit) => (
        <li key={visit.id}>
          <b className="num nowrap">{f.instant(visit.startedAt)}</b>
          <span className="muted num nowrap">{t('pagesCount', { n: visit.pages })}</span>
          <span className="muted num nowrap">{t('engaged', { span: f.span(visit.engaged) })}</span>
          <Source visit={visit} />
          {visit.historic && <Chip dot={false}>{t('historic')}</Chip>}
        </li>
      ))}
    </ul>
  )
}

function Events({ events }: { events: readonly TrackedEvent[] }) {
  const t = useWords('track')
  const groups = useQuery(api.track.pageGroups.queryOptions({ input: {} }))
  const title = useEventTitle()
  if (!events.length) return <EmptyState icon={UserRound} small title={t('noEvents')} />
  const groupName = (id: string | null) => groups.data?.items.find((group) => group.id === id)?.name
  return (
    <Timeline
      entries={inOrder(events).map((event) => {
        const group = groupName(event.pageGroup)
        const path = pathOf(event.url)
        const meta = [path, group && t('inGroup', { name: group }), event.historic && t('historic')].filter(Boolean).join(' ・ ')
        return { id: event.id, name: event.name, at: event.at, title: title(event), ...(meta ? { meta } : {}) }
      })}
    />
  )
}

/** Newest first; of the things of one instant the beginning of the visit comes last, as it came first. */
const inOrder = (events: readonly TrackedEvent[]) =>
  events.toSorted((a, b) => b.at.localeCompare(a.at) || Number(a.name === 'session.started') - Number(b.name === 'session.started'))

const pathOf = (url: string | null) => {
  const parsed = URL.parse(url ?? '')
  return parsed ? parsed.pathname : url
}

type Say = (event: TrackedEvent) => string

function useEventTitle(): Say {
  const t = useWords('track')
  const f = useFormats()
  const channel = useChannel()
  const titles: Readonly<Record<string, Say>> = {
    'page.viewed': (e) => (e.title ? t('event.viewed', { title: e.title }) : t('event.viewedPlain')),
    'page.left': (e) => {
      const span = f.span(Number(e.detail['engaged'] ?? 0))
      return e.detail['scroll'] === undefined
        ? t('event.left', { span })
        : t('event.leftScroll', { span, percent: String(e.detail['scroll']) })
    },
    'link.clicked': (e) => (e.detail['text'] ? t('event.clicked', { text: String(e.detail['text']) }) : t('event.clickedPlain')),
    'file.downloaded': (e) => t('event.downloaded', { file: String(e.detail['file'] ?? '') }),
    'session.started': (e) => t('event.started', { channel: channel(String(e.detail['channel'] ?? 'direct')) }),
    'screen.viewed': (e) => t('event.screen', { title: e.title ?? '' }),
    'form.submitted': () => t('event.form'),
    'lead.named': () => t('event.named'),
  }
  return (event) => titles[event.name]?.(event) ?? t('event.custom', { name: event.name.replace(/^custom\./, '') })
}
