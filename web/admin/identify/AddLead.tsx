import { TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { again, api, client } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { LeadInputs } from './LeadInputs.tsx'
import { attrsChanged, type LeadValues, valuesOf } from './leadForm.ts'

/** A lead by hand: a known address is not doubled, what was typed fills that lead. */
export function AddLead({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useWords('identify')
  const toast = useToasts()
  const navigate = useNavigate()
  const form = useProblemForm<LeadValues & { source: string }>({ initialValues: { ...valuesOf(), source: '' } })
  const send = form.send(
    ({ mail, fields, attrs, tags, priority, source }) =>
      client.leads.create({
        mail,
        fields,
        attrs: attrsChanged(valuesOf(), { attrs }),
        tags,
        source,
        ...(priority === 'high' || priority === 'middle' || priority === 'low' ? { priority } : {}),
      }),
    (made) => {
      toast.done(made.outcome === 'created' ? t('added') : t('existed'))
      form.reset()
      void again(api.leads.key())
      void navigate({ to: `/leads/${made.id}` as string })
    },
  )
  return (
    <FormDrawer
      opened={opened}
      onClose={onClose}
      title={t('add')}
      verb={t('addVerb')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <LeadInputs form={form as never} />
      <TextInput label={t('source')} description={t('sourceHint')} {...form.getInputProps('source')} />
    </FormDrawer>
  )
}
