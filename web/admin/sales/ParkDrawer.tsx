import { Textarea, TextInput } from '@mantine/core'
import { client } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { addDays, dayOf } from '../parts/zone.ts'
import { useWords } from '../words/words.tsx'

const MOST = 500

/** Parks leads until a day, with a reason. */
export function ParkDrawer({ ids, onClose, onDone }: { ids: readonly string[]; onClose: () => void; onDone: () => void }) {
  const t = useWords('assignment')
  const toast = useToasts()
  const later = addDays(dayOf(new Date()), 90)
  const form = useProblemForm({ initialValues: { until: later, reason: '' } })
  const chosen = ids.slice(0, MOST)
  const send = form.send(
    ({ until, reason }) => client.neglect.park({ ids: chosen, until, reason }),
    ({ changed }) => {
      toast.undo(t('parkedDone', { n: changed }), () => client.neglect.unpark({ ids: chosen }).then(onDone))
      onDone()
      onClose()
    },
  )
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={t('parkTitle', { n: chosen.length })}
      verb={t('park')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <TextInput type="date" label={t('parkUntil')} withAsterisk {...form.getInputProps('until')} />
      <Textarea
        label={t('parkReason')}
        description={t('parkReasonHint')}
        withAsterisk
        autosize
        minRows={2}
        data-autofocus
        {...form.getInputProps('reason')}
      />
    </FormDrawer>
  )
}
