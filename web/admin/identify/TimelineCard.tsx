import { Button, NativeSelect } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { useState } from 'react'
import { api, client } from '../api.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { Timeline } from '../parts/Timeline.tsx'
import { useWords } from '../words/words.tsx'
import { useEventWords } from './useEventWords.tsx'

const KINDS = {
  all: '',
  web: 'page.viewed,page.left,session.started,link.clicked,file.downloaded',
  mail: 'mail.sent,mail.opened,mail.clicked,mail.bounced,mail.complained,mail.unsubscribed',
  form: 'form.submitted,file.downloaded',
  sales: 'signal.raised,handoff.made,handoff.accepted,handoff.returned,deal.created,deal.stage_changed,deal.won,deal.lost,owner.assigned',
  data: 'lead.created,lead.named,lead.adopted,lead.released,field.changed,consent.given,consent.withdrawn,segment.entered,segment.left,scenario.entered,scenario.ended,scenario.goal,score.changed,heat.changed',
} as const
type Kind = keyof typeof KINDS
const NOISE = new Set(['page.left', 'session.started', 'score.changed'])

/** What one act brought about has one instant: the act stands below what followed from it. */
const RANK = ['page.', 'form.', 'lead.', 'field.', 'consent.']
const rankOf = (name: string): number => {
  const found = RANK.findIndex((start) => name.startsWith(start))
  return found < 0 ? RANK.length : found
}
const newestFirst = (a: { at: string; name: string }, b: { at: string; name: string }): number =>
  b.at.localeCompare(a.at) || rankOf(b.name) - rankOf(a.name)

/** Everything somebody did and what was done for them, on one line, newest first. */
export function TimelineCard({ id }: { id: string }) {
  const t = useWords('identify')
  const words = useEventWords()
  const [kind, setKind] = useState<Kind>('all')
  const names = KINDS[kind]
  const list = useInfiniteQuery({
    queryKey: [...api.leads.timeline.key(), 'of', id, kind],
    queryFn: ({ pageParam }) =>
      client.leads.timeline({ id, limit: 50, ...(names ? { names } : {}), ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  })
  const events = list.data?.pages.flatMap((page) => page.items) ?? []
  const shown = kind === 'all' ? events.filter((event) => !NOISE.has(event.name)) : events
  return (
    <Card
      title={t('timeline')}
      aside={
        <NativeSelect
          size="xs"
          aria-label={t('timeline')}
          value={kind}
          onChange={(e) => setKind(e.currentTarget.value as Kind)}
          data={(Object.keys(KINDS) as Kind[]).map((value) => ({ value, label: t(`kinds.${value}`) }))}
        />
      }
    >
      {list.isPending && <Skeletons rows={6} height={52} />}
      <ErrorNote error={list.error} retry={list.refetch} />
      {list.data && shown.length === 0 && !list.hasNextPage && <EmptyState small icon={History} title={t('timelineEmpty')} />}
      <Timeline entries={[...shown].sort(newestFirst).map(words)} />
      {list.hasNextPage && (
        <Button variant="default" size="xs" fullWidth loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('timelineMore')}
        </Button>
      )}
    </Card>
  )
}
