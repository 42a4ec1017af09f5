import { ActionIcon, Button } from '@mantine/core'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { client } from '../api.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { LeadLine } from './LeadLine.tsx'
import { LeadPicker } from './LeadPicker.tsx'
import type { DealDetail } from './rows.ts'
import { useDealActs } from './useDealActs.ts'

/** Who takes part in a deal: the main contact first, others can join and leave. */
export function DealPeople({ deal, writable }: { deal: DealDetail; writable: boolean }) {
  const t = useWords('sales')
  const toast = useToasts()
  const { reload } = useDealActs()
  const [adding, setAdding] = useState(false)
  const join = (leadId: string | null) => {
    setAdding(false)
    if (leadId) client.deals.addPerson({ id: deal.id, leadId }).catch(toast.failed).finally(reload)
  }
  const part = (leadId: string, name: string) =>
    client.deals
      .removePerson({ id: deal.id, leadId })
      .then(() => toast.undo(t('parted', { name }), () => client.deals.addPerson({ id: deal.id, leadId }).finally(reload)), toast.failed)
      .finally(reload)
  return (
    <div className="stack">
      {deal.people.map((person) => (
        <div className="row" key={person.id}>
          <LeadLine lead={person} withStage />
          {person.main && <span className="push muted nowrap">{t('main')}</span>}
          {writable && deal.people.length > 1 && !person.main && (
            <ActionIcon
              className="push"
              variant="subtle"
              color="gray"
              aria-label={t('removePerson', { name: person.name })}
              onClick={() => void part(person.id, person.name)}
            >
              <X size={15} />
            </ActionIcon>
          )}
        </div>
      ))}
      {writable && adding && <LeadPicker value={null} onChange={join} />}
      {writable && !adding && (
        <div>
          <Button size="xs" variant="default" leftSection={<Plus size={14} />} onClick={() => setAdding(true)}>
            {t('addPerson')}
          </Button>
        </div>
      )}
    </div>
  )
}
