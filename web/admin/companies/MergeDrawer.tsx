import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { CompanyPicker } from './CompanyPicker.tsx'
import type { Company } from './company.ts'

/** Another company goes into this one. */
export function MergeDrawer({ company, onClose }: { company: Company; onClose: () => void }) {
  const t = useWords('companies')
  const toast = useToasts()
  const [lose, setLose] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const refresh = () => again(api.companies.key(), api.companyDeals.key())
  const send = (event: React.FormEvent) => {
    event.preventDefault()
    if (!lose) return
    setBusy(true)
    client.companies
      .merge({ id: company.id, lose })
      .then(async ({ merge }) => {
        onClose()
        await refresh()
        toast.undo(t('mergeDone'), () => client.companies.undoMerge({ id: merge }).then(refresh))
      }, setFailed)
      .finally(() => setBusy(false))
  }
  return (
    <FormDrawer opened onClose={onClose} title={t('mergeTitle')} verb={t('mergeVerb')} busy={busy} failed={failed} onSubmit={send}>
      <p className="muted">{t('mergeText')}</p>
      <CompanyPicker value={lose} onChange={setLose} but={company.id} />
    </FormDrawer>
  )
}
