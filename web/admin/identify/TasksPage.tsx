import './person.css'
import { Button, SegmentedControl } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ListTodo } from 'lucide-react'
import { useState } from 'react'
import { api, paged } from '../api.ts'
import { useLive } from '../live.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSearchOf } from '../parts/search.ts'
import { oneOf, viewOf } from '../parts/view.ts'
import { useWords } from '../words/words.tsx'
import { tasksChanged } from './changed.ts'
import { type Section, sectionOf, type Task } from './history.ts'
import { TaskLine } from './TaskLine.tsx'

const view = viewOf({ of: oneOf(['me', 'all', 'none'], 'me') })
const SECTIONS: readonly Section[] = ['overdue', 'today', 'upcoming', 'undated']

/** What is to be done, by when it is due: one's own, everybody's, or what nobody has taken. */
export function TasksPage() {
  const t = useWords('person')
  const [search, setSearch] = useSearchOf(view)
  const whose = search.of === 'all' ? {} : { assignee: search.of }
  const open = useInfiniteQuery(paged(api.tasks.list, { ...whose, state: 'open' as const, limit: 100 }))
  useLive('tasks', () => void tasksChanged())
  const navigate = useNavigate()
  const tasks = open.data?.pages.flatMap((page) => page.items) ?? []
  const now = new Date()
  const by = Map.groupBy(tasks, (task) => sectionOf(task, now))
  return (
    <>
      <PageTop title={search.of === 'me' ? t('myTasks') : t('tasks')}>
        <SegmentedControl
          size="xs"
          aria-label={t('whose')}
          value={search.of}
          onChange={(of) => setSearch({ of: of as 'me' })}
          data={[
            { value: 'me', label: t('whoseMine') },
            { value: 'all', label: t('whoseAll') },
            { value: 'none', label: t('whoseNobody') },
          ]}
        />
      </PageTop>
      <Page narrow>
        <ErrorNote error={open.error} retry={open.refetch} />
        {open.isPending && <Skeletons rows={6} height={44} />}
        {open.data && tasks.length === 0 && (
          <EmptyState
            icon={ListTodo}
            title={t('noTasks')}
            action={<Button onClick={() => void navigate({ to: '/leads' as string })}>{t('toLeads')}</Button>}
          >
            {t('noTasksText')}
          </EmptyState>
        )}
        {SECTIONS.map((section) => (
          <Part key={section} title={t(`section.${section}`)} tasks={by.get(section) ?? []} />
        ))}
        {open.hasNextPage && (
          <Button variant="default" size="xs" loading={open.isFetchingNextPage} onClick={() => void open.fetchNextPage()}>
            {t('more')}
          </Button>
        )}
        <Done whose={whose} />
      </Page>
    </>
  )
}

function Part({ title, tasks }: { title: string; tasks: readonly Task[] }) {
  if (!tasks.length) return null
  return (
    <Card title={title} aside={<span className="num">{tasks.length}</span>}>
      <ul className="tasks">
        {tasks.map((task) => (
          <TaskLine key={task.id} task={task} withLead />
        ))}
      </ul>
    </Card>
  )
}

function Done({ whose }: { whose: { assignee?: string } }) {
  const t = useWords('person')
  const [shown, setShown] = useState(false)
  const done = useInfiniteQuery({ ...paged(api.tasks.list, { ...whose, state: 'done' as const, limit: 20 }), enabled: shown })
  if (!shown)
    return (
      <div className="row">
        <Button variant="subtle" size="xs" onClick={() => setShown(true)}>
          {t('doneCount')}
        </Button>
      </div>
    )
  const tasks = done.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Card title={t('section.done')}>
      <ErrorNote error={done.error} retry={done.refetch} />
      {done.data && tasks.length === 0 && <p className="muted">{t('briefNone')}</p>}
      <ul className="tasks">
        {tasks.map((task) => (
          <TaskLine key={task.id} task={task} withLead />
        ))}
      </ul>
      {done.hasNextPage && (
        <Button variant="default" size="xs" onClick={() => void done.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </Card>
  )
}
