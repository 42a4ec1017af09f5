import './companies.css'
import { useState } from 'react'
import { again, api } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useWords } from '../words/words.tsx'
import { CompanyInputs } from './CompanyInputs.tsx'
import type { Company } from './company.ts'
import { type CompanyGiven, type CompanyValues, givenOf, valuesOf } from './companyForm.ts'

/** Everything that can be said of a company, for a new one or one that is there. */
export function CompanyForm({
  company = null,
  save,
  onClose,
  onSaved,
}: {
  company?: Company | null
  save: (given: CompanyGiven) => Promise<{ id: string; version: number }>
  onClose: () => void
  onSaved: (saved: { id: string }, name: string) => void
}) {
  const t = useWords('companies')
  const p = useWords('parts')
  // As it was when the drawer opened: what somebody else changes meanwhile is answered with a conflict, not overwritten.
  const [before] = useState(() => valuesOf(company))
  const form = useProblemForm<CompanyValues>({
    initialValues: before,
    validate: { name: (name) => (name.trim() === '' ? p('errors.needed') : null) },
  })
  const send = form.send(
    (values) => save(givenOf(before, values)),
    (saved) => {
      void again(api.companies.key())
      onSaved(saved, form.getValues().name)
    },
  )
  return (
    <FormDrawer
      opened
      wide
      onClose={onClose}
      title={company ? company.name : t('add')}
      verb={company ? t('save') : t('add')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={send}
    >
      <CompanyInputs form={form} />
    </FormDrawer>
  )
}
