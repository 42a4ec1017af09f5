import './person.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { api } from '../api.ts'
import { useLive } from '../live.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { tasksChanged } from './changed.ts'
import { isAbout } from './isAbout.ts'
import { TaskLine } from './TaskLine.tsx'

const TaskDrawer = lazy(() => import('./TaskDrawer.tsx').then((m) => ({ default: m.TaskDrawer })))

/** What is to be done about somebody. */
export function TasksCard({ leadId }: { leadId: string }) {
  const t = useWords('person')
  const { may } = useSession()
  const [adding, setAdding] = useState(false)
  const tasks = useQuery(api.tasks.list.queryOptions({ input: { leadId, limit: 50 } }))
  useLive('tasks', (payload) => isAbout(payload, leadId) && void tasksChanged())
  return (
    <Card
      title={t('tasks')}
      aside={
        may('leads.write') && (
          <Button size="compact-sm" variant="default" leftSection={<Plus size={14} />} onClick={() => setAdding(true)}>
            {t('taskAdd')}
          </Button>
        )
      }
    >
      <ErrorNote error={tasks.error} retry={tasks.refetch} />
      {tasks.isPending && <Skeletons rows={2} height={32} />}
      {tasks.data?.items.length === 0 && <p className="muted">{t('tasksEmpty')}</p>}
      {tasks.data && tasks.data.items.length > 0 && (
        <ul className="tasks">
          {tasks.data.items.map((task) => (
            <TaskLine key={task.id} task={task} />
          ))}
        </ul>
      )}
      <Suspense>{adding && <TaskDrawer leadId={leadId} onClose={() => setAdding(false)} />}</Suspense>
    </Card>
  )
}
