import { ActionIcon, Button, Checkbox, Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { AlarmClock, Ellipsis, Pencil, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { client } from '../api.ts'
import { useFormats } from '../parts/formats.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { tasksChanged } from './changed.ts'
import { DELAYS, type Delay, delayed, sectionOf, type Task } from './history.ts'

const TaskDrawer = lazy(() => import('./TaskDrawer.tsx').then((m) => ({ default: m.TaskDrawer })))

/** One task: tick it, put it off, change or remove it. `withLead` where it is not clear whom it is about. */
export function TaskLine({ task, withLead }: { task: Task; withLead?: boolean }) {
  const t = useWords('person')
  const f = useFormats()
  const { may } = useSession()
  const toast = useToasts()
  const [editing, setEditing] = useState(false)
  const key = { leadId: task.leadId, id: task.id }
  const set = (change: { done?: boolean; dueAt?: string | null; result?: string }) =>
    client.tasks.change({ ...key, ...change }).then(tasksChanged)
  const tick = () =>
    set({ done: task.doneAt === null }).then(
      () => task.doneAt === null && toast.undo(t('taskDone', { title: task.title }), () => set({ done: false })),
      toast.failed,
    )
  const choose = (result: string) =>
    set({ result }).then(() => toast.undo(t('taskDone', { title: task.title }), () => set({ done: false })), toast.failed)
  const snooze = (delay: Delay) => {
    const to = delayed(delay, new Date())
    set({ dueAt: to.toISOString() }).then(
      () => toast.undo(t('taskSnoozed', { when: f.instant(to) }), () => set({ dueAt: task.dueAt })),
      toast.failed,
    )
  }
  const remove = () =>
    client.tasks.remove(key).then(async () => {
      await tasksChanged()
      toast.undo(t('taskRemoved'), () => client.tasks.restore(key).then(tasksChanged))
    }, toast.failed)
  const late = task.doneAt === null && sectionOf(task, new Date()) === 'overdue'
  return (
    <li className={task.doneAt ? 'task done' : 'task'}>
      <Checkbox
        checked={task.doneAt !== null}
        // One that asks how it went is done by saying so, below.
        disabled={!may('leads.write') || (task.doneAt === null && task.results.length > 0)}
        onChange={() => void tick()}
        aria-label={f.pair(task.doneAt ? t('reopen') : t('markDone'), task.title)}
      />
      <div className="task-text">
        <span className="task-title">{task.title}</span>
        <span className="muted">
          {withLead && (
            <>
              <Link to={`/leads/${task.leadId}` as string}>{task.leadName || '—'}</Link>
              {task.companyName && ` ・ ${task.companyName}`} ・{' '}
            </>
          )}
          <span className={late ? 'late nowrap' : 'nowrap'}>
            {task.doneAt ? f.instant(task.doneAt) : task.dueAt ? f.instant(task.dueAt) : t('dueNone')}
          </span>
          {' ・ '}
          <span className="nowrap">{task.assigneeName ?? t('nobody')}</span>
        </span>
        {task.body && <span className="muted task-body">{task.body}</span>}
        <Results task={task} may={may('leads.write')} choose={choose} />
      </div>
      {may('leads.write') && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={f.pair(t('actions'), task.title)}>
              <Ellipsis size={15} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {task.doneAt === null && (
              <>
                <Menu.Label>{t('snooze')}</Menu.Label>
                {DELAYS.map((delay) => (
                  <Menu.Item key={delay} leftSection={<AlarmClock size={14} />} onClick={() => snooze(delay)}>
                    {t(`in.${delay}`)}
                  </Menu.Item>
                ))}
                <Menu.Divider />
              </>
            )}
            <Menu.Item leftSection={<Pencil size={14} />} onClick={() => setEditing(true)}>
              {t('edit')}
            </Menu.Item>
            <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={() => void remove()}>
              {t('remove')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Suspense>{editing && <TaskDrawer leadId={task.leadId} task={task} onClose={() => setEditing(false)} />}</Suspense>
    </li>
  )
}

/** How it went: one press says it and is done; afterwards what was said. */
function Results({ task, may, choose }: { task: Task; may: boolean; choose: (result: string) => void }) {
  const t = useWords('reach')
  const chosen = task.results.find(({ key }) => key === task.result)
  if (chosen) return <span className="muted">{t('chosen', { name: chosen.name })}</span>
  if (!task.results.length || task.doneAt !== null || !may) return null
  return (
    <fieldset className="task-results">
      <legend className="muted">{t('results')}</legend>
      {task.results.map(({ key, name }) => (
        <Button key={key} size="compact-xs" variant="default" onClick={() => choose(key)}>
          {name || key}
        </Button>
      ))}
    </fieldset>
  )
}
