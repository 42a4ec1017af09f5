import './companies.css'
import { Button, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { House, LogOut, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import type { Lead } from '../identify/lead.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { Card } from '../parts/Page.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { LeadPicker } from '../sales/LeadPicker.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

const RELATIONS = ['head', 'partner', 'child', 'parent', 'other'] as const
type Relation = (typeof RELATIONS)[number]
const readRelation = (text: string | null): Relation => RELATIONS.find((one) => one === text) ?? 'other'
const refresh = () => again(api.households.key())

/** The family of a private customer. Shown where there is no company, or a household already. */
export function HouseholdCard({ leadId, lead }: { leadId: string; lead: Lead }) {
  const t = useWords('companies')
  const toast = useToasts()
  const { may } = useSession()
  const [open, setOpen] = useState<'make' | 'add' | null>(null)
  const found = useQuery(api.households.ofLead.queryOptions({ input: { leadId } }))
  const household = found.data?.household
  if (!found.error && !household && (lead.companyName || !found.data)) return null
  const own = household?.members.find((one) => one.id === leadId)
  const leave = () =>
    client.households.leave({ leadId }).then(async () => {
      await refresh()
      // The last one takes the household along.
      if (household && household.members.length > 1)
        toast.undo(t('householdLeft'), () =>
          client.households.join({ id: household.id, leadId, relation: own?.relation ?? 'other' }).then(refresh),
        )
      else toast.done(t('householdLeft'))
    }, toast.failed)
  return (
    <Card title={t('household')}>
      <ErrorNote error={found.error} retry={found.refetch} />
      {!household && !found.error && (
        <div className="stack">
          <p className="muted">{t('householdText')}</p>
          {may('leads.write') && (
            <Button size="xs" variant="default" leftSection={<House size={14} />} onClick={() => setOpen('make')}>
              {t('householdMake')}
            </Button>
          )}
        </div>
      )}
      {household && (
        <div className="stack">
          <b>{household.name}</b>
          <ul className="company-plain">
            {household.members.map((member) => (
              <li key={member.id}>
                {member.id === leadId ? <span>{member.name}</span> : <Link to={`/leads/${member.id}` as string}>{member.name}</Link>}
                <span className="muted">{t(`relation.${member.relation}`)}</span>
              </li>
            ))}
          </ul>
          {may('leads.write') && (
            <div className="row wrap">
              <Button size="xs" variant="default" leftSection={<UserPlus size={14} />} onClick={() => setOpen('add')}>
                {t('householdAdd')}
              </Button>
              <Button size="xs" variant="subtle" color="gray" leftSection={<LogOut size={14} />} onClick={() => void leave()}>
                {t('householdLeave')}
              </Button>
            </div>
          )}
        </div>
      )}
      {open === 'make' && <MakeDrawer leadId={leadId} familyName={lead.familyName ?? ''} onClose={() => setOpen(null)} />}
      {open === 'add' && household && <AddDrawer householdId={household.id} onClose={() => setOpen(null)} />}
    </Card>
  )
}

function RelationInput({ value, onChange }: { value: Relation; onChange: (to: Relation) => void }) {
  const t = useWords('companies')
  return (
    <Select
      label={t('relationLabel')}
      allowDeselect={false}
      value={value}
      onChange={(to) => onChange(readRelation(to))}
      data={RELATIONS.map((one) => ({ value: one, label: t(`relation.${one}`) }))}
    />
  )
}

function MakeDrawer({ leadId, familyName, onClose }: { leadId: string; familyName: string; onClose: () => void }) {
  const t = useWords('companies')
  const form = useProblemForm<{ name: string; relation: Relation }>({
    initialValues: { name: familyName ? t('householdDefault', { name: familyName }) : '', relation: 'head' },
  })
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={t('householdMake')}
      verb={t('householdMake')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={form.send(
        (values) => client.households.create({ leadId, ...values }),
        () => {
          void refresh()
          onClose()
        },
      )}
    >
      <TextInput label={t('householdName')} required data-autofocus maxLength={100} {...form.getInputProps('name')} />
      <RelationInput value={form.values.relation} onChange={(to) => form.setFieldValue('relation', to)} />
    </FormDrawer>
  )
}

function AddDrawer({ householdId, onClose }: { householdId: string; onClose: () => void }) {
  const t = useWords('companies')
  const form = useProblemForm<{ leadId: string | null; relation: Relation }>({
    initialValues: { leadId: null, relation: 'partner' },
    validate: { leadId: (id) => (id === null ? t('householdAdd') : null) },
  })
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={t('householdAdd')}
      verb={t('householdAdd')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={form.send(
        ({ leadId, relation }) => client.households.join({ id: householdId, leadId: leadId ?? '', relation }),
        () => {
          void refresh()
          onClose()
        },
      )}
    >
      <LeadPicker value={form.values.leadId} onChange={(id) => form.setFieldValue('leadId', id)} error={form.errors['leadId']} />
      <RelationInput value={form.values.relation} onChange={(to) => form.setFieldValue('relation', to)} />
    </FormDrawer>
  )
}
