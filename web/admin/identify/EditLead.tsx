import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { LeadInputs } from './LeadInputs.tsx'
import type { Lead } from './lead.ts'
import { attrsChanged, type LeadValues, valuesOf } from './leadForm.ts'

/** Changes what is known of somebody; only what was touched is sent. */
export function EditLead({ lead: current, onClose }: { lead: Lead; onClose: () => void }) {
  const t = useWords('identify')
  const toast = useToasts()
  // As it was when the drawer opened: what somebody else changes meanwhile is answered with a conflict, not overwritten.
  const [lead] = useState(current)
  const before = valuesOf(lead)
  const form = useProblemForm<LeadValues>({ initialValues: before })
  const send = form.send(
    (values) => {
      const fields = Object.fromEntries(
        Object.entries(values.fields)
          .filter(([key, value]) => (value ?? '') !== before.fields[key])
          .map(([key, value]) => [key, value ?? '']),
      )
      return client.leads.update({
        id: lead.id,
        version: lead.version,
        fields,
        attrs: attrsChanged(before, values),
        tags: values.tags,
        ...(values.mail === before.mail ? {} : { mail: values.mail }),
        priority: values.priority === 'high' || values.priority === 'middle' || values.priority === 'low' ? values.priority : null,
      })
    },
    ({ cameBack }) => {
      toast.done(t(cameBack ? 'savedBack' : 'saved'))
      onClose()
      void again(api.leads.key())
    },
  )
  return (
    <FormDrawer opened onClose={onClose} title={t('editTitle')} busy={form.busy} failed={form.failed} onSubmit={send}>
      <LeadInputs form={form as never} screen="lead" />
    </FormDrawer>
  )
}
