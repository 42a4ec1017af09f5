import { Button, Switch } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { History } from 'lucide-react'
import { useState } from 'react'
import { api, type client, paged } from '../api.ts'
import { bySwarm, isSwarm } from '../identify/swarms.ts'
import { useEventWords } from '../identify/useEventWords.tsx'
import { useTruthWords } from '../identify/useTruthWords.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { Timeline } from '../parts/Timeline.tsx'
import { useWords } from '../words/words.tsx'

type Told = Awaited<ReturnType<typeof client.companies.timeline>>['items'][number]

/** What the people of a company did, on one line, newest first. */
export function StoryCard({ id }: { id: string }) {
  const t = useWords('companies')
  const words = useEventWords()
  const truth = useWords('truth')
  const { ofSwarm } = useTruthWords()
  const [people, setPeople] = useState(false)
  const list = useInfiniteQuery(paged(api.companies.timeline, { id, limit: 40, ...(people ? { people: 'true' } : {}) }))
  const entries = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Card
      title={t('story')}
      aside={<Switch size="xs" label={truth('hide')} checked={people} onChange={(event) => setPeople(event.currentTarget.checked)} />}
    >
      {list.isPending && <Skeletons rows={5} height={52} />}
      <ErrorNote error={list.error} retry={list.refetch} />
      {list.data && entries.length === 0 && <EmptyState small icon={History} title={t('storyEmpty')} />}
      <Timeline
        entries={bySwarm<Told, never>(entries, (_one): _one is Told => true).map((shown) => {
          const event = isSwarm<Told>(shown) ? (shown.hits[0] as Told) : shown
          const line = isSwarm<Told>(shown) ? ofSwarm(shown) : words(shown)
          return {
            ...line,
            // One event of a deal stands in the journal of each of its people.
            id: `${event.id}/${event.person.id}`,
            meta: (
              <>
                <Link to={`/leads/${event.person.id}` as string}>{event.person.name}</Link>
                {line.meta ? <> ・ {line.meta}</> : null}
              </>
            ),
          }
        })}
      />
      {list.hasNextPage && (
        <Button variant="default" size="xs" fullWidth loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </Card>
  )
}
