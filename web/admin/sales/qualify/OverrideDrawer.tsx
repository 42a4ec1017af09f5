import { Textarea } from '@mantine/core'
import { again, api, client } from '../../api.ts'
import { FormDrawer } from '../../parts/FormDrawer.tsx'
import { useProblemForm } from '../../parts/useProblemForm.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { useWords } from '../../words/words.tsx'

/** A person hands a lead over that the guard keeps; the reason goes along. */
export function OverrideDrawer({ lead, onClose }: { lead: { id: string; name: string } | null; onClose: () => void }) {
  const t = useWords('qualify')
  const toast = useToasts()
  const form = useProblemForm({ initialValues: { override: '' } })
  const send = form.send(
    ({ override }) => client.handoffs.make({ leadId: lead?.id ?? '', override }),
    () => {
      void again(api.handoffs.key(), api.guard.key(), api.leads.key())
      toast.done(t('overrideDone'))
      form.reset()
      onClose()
    },
  )
  return (
    <FormDrawer
      opened={lead !== null}
      onClose={onClose}
      title={t('overrideTitle', { name: lead?.name || t('unnamed') })}
      verb={t('handAnyway')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <p className="muted">{t('overrideText')}</p>
      <Textarea
        label={t('overrideReason')}
        required
        autosize
        minRows={3}
        maxLength={500}
        data-autofocus
        {...form.getInputProps('override')}
      />
    </FormDrawer>
  )
}
