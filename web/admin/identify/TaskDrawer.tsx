import { Chip as Choice, Select, Textarea, TextInput } from '@mantine/core'
import { client } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useZoneHint } from '../parts/useZoneHint.ts'
import { instantOf, localOf } from '../parts/zone.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { tasksChanged } from './changed.ts'
import { DELAYS, delayed, type Task } from './history.ts'
import { useColleagues } from './useColleagues.ts'

/** A new task about a lead, or one being changed. */
export function TaskDrawer({ leadId, task, onClose }: { leadId: string; task?: Task; onClose: () => void }) {
  const t = useWords('person')
  const { user } = useSession()
  const { active } = useColleagues()
  const toast = useToasts()
  const zoneHint = useZoneHint()
  const form = useProblemForm({
    initialValues: {
      title: task?.title ?? '',
      dueAt: localOf(task ? task.dueAt : delayed('tomorrow', new Date())),
      assigneeId: (task ? task.assigneeId : user?.id) ?? null,
      body: task?.body ?? '',
    },
  })
  const send = form.send(
    ({ title, dueAt, assigneeId, body }) => {
      const told = { title, dueAt: instantOf(dueAt), assigneeId, body }
      return task ? client.tasks.change({ leadId, id: task.id, ...told }) : client.tasks.add({ leadId, ...told })
    },
    (made) => {
      onClose()
      void tasksChanged()
      if (task) return toast.done(t('changed'))
      toast.undo(t('taskAdded'), () => client.tasks.remove({ leadId: made.leadId, id: made.id }).then(tasksChanged))
    },
  )
  // Tomorrow may be Monday: one of the two is chosen then.
  const chosen = DELAYS.find((delay) => form.getValues().dueAt === localOf(delayed(delay, new Date())))
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={task ? t('taskEdit') : t('taskAdd')}
      {...(task ? {} : { verb: t('taskAdd') })}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <TextInput label={t('taskTitle')} placeholder={t('taskTitleHint')} required data-autofocus {...form.getInputProps('title')} />
      <TextInput type="datetime-local" label={t('due')} description={zoneHint} {...form.getInputProps('dueAt')} />
      <div className="row wrap">
        {DELAYS.map((delay) => (
          <Choice
            key={delay}
            size="xs"
            checked={delay === chosen}
            onChange={() => form.setFieldValue('dueAt', localOf(delayed(delay, new Date())))}
          >
            {t(`in.${delay}`)}
          </Choice>
        ))}
      </div>
      <Select
        label={t('assignee')}
        placeholder={t('nobody')}
        clearable
        searchable
        data={active.map((one) => ({ value: one.id, label: one.name }))}
        {...form.getInputProps('assigneeId')}
      />
      <Textarea label={t('memo')} autosize minRows={3} {...form.getInputProps('body')} />
    </FormDrawer>
  )
}
