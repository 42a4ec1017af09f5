import './person.css'
import { Button, Switch } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { useState } from 'react'
import { HISTORY_GROUPS, type HistoryGroup } from '#loop/identify/timeline/groups/contract.ts'
import { again, api, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { Timeline } from '../parts/Timeline.tsx'
import { useSettled } from '../segment/useSettled.ts'
import { useWords } from '../words/words.tsx'
import { linesOf, newestFirst } from './history.ts'
import { isAbout } from './isAbout.ts'
import { useHistoryWords } from './useHistoryWords.tsx'

type Group = HistoryGroup | 'all'
const GROUPS: readonly Group[] = ['all', ...HISTORY_GROUPS]

/** Everything somebody did and what was done for them, online and offline on one line, newest first. */
export function TimelineCard({ id }: { id: string }) {
  const t = useWords('person')
  const i = useWords('identify')
  const words = useHistoryWords()
  const truth = useWords('truth')
  const [group, setGroup] = useState<Group>('all')
  const [people, setPeople] = useState(false)
  const list = useInfiniteQuery(
    paged(api.history.list, { id, limit: 50, ...(people ? { people: 'true' } : {}), ...(group === 'all' ? {} : { group }) }),
  )
  const settle = useSettled(() => void again(api.history.key()))
  useLive('people', (payload) => isAbout(payload, id) && settle())
  useLive('activities', (payload) => isAbout(payload, id) && settle())
  const entries = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Card title={i('timeline')}>
      {/* biome-ignore lint/a11y/useSemanticElements: a row of filters, no form */}
      <div className="timeline-groups" role="group" aria-label={t('groups')}>
        {GROUPS.map((one) => (
          <button key={one} type="button" className="tl-group" aria-pressed={one === group} onClick={() => setGroup(one)}>
            {t(`group.${one}`)}
          </button>
        ))}
        <Switch
          className="tl-people"
          size="xs"
          label={truth('hide')}
          checked={people}
          onChange={(event) => setPeople(event.currentTarget.checked)}
        />
      </div>
      {list.isPending && <Skeletons rows={6} height={52} />}
      <ErrorNote error={list.error} retry={list.refetch} />
      {list.data && entries.length === 0 && !list.hasNextPage && <EmptyState small icon={History} title={t('timelineNone')} />}
      <Timeline entries={linesOf([...entries].sort(newestFirst)).map(words)} />
      {list.hasNextPage && (
        <Button variant="default" size="xs" fullWidth loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </Card>
  )
}
