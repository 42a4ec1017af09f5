import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useRouter } from '@tanstack/react-router'
import { client } from '../api.ts'
import { useLive } from '../live.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

interface Due {
  readonly lead: string
  readonly id: string
  readonly assignee: string | null
}

/** Tells whoever a task is for that it falls due now, on whatever page they are. */
export function TaskToasts() {
  const t = useWords('person')
  const router = useRouter()
  const { user } = useSession()
  useLive('tasks', (payload) => {
    const due = ((payload ?? {}) as { due?: readonly Due[] }).due ?? []
    for (const one of due.filter((task) => task.assignee !== null && task.assignee === user?.id).slice(-3)) void show(one)
  })
  const show = async ({ lead, id }: Due) => {
    const task = await client.tasks.get({ leadId: lead, id }).catch(() => null)
    if (!task || task.doneAt) return
    const open = () => {
      notifications.hide(id)
      void router.navigate({ to: `/leads/${lead}` as string })
    }
    notifications.show({
      id,
      autoClose: 20_000,
      color: 'orange',
      message: (
        <span className="row">
          <span>
            {t('taskDue', { title: task.title })}
            <span className="muted"> {[task.leadName, task.companyName].filter(Boolean).join(' ・ ')}</span>
          </span>
          <Button size="compact-sm" variant="light" className="push" onClick={open}>
            {t('show')}
          </Button>
        </span>
      ),
    })
  }
  return null
}
