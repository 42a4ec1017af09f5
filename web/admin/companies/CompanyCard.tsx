import './companies.css'
import { Anchor, Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Building2, Plus, Unlink } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import type { Lead } from '../identify/lead.ts'
import { useLive } from '../live.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { CompanyPicker } from './CompanyPicker.tsx'
import { ROLES } from './company.ts'

const refresh = () => again(api.companies.key(), api.leads.key())

/** The company of a lead, those it was with before, and a way to link one. A lead without one is complete. */
export function CompanyCard({ leadId, lead }: { leadId: string; lead: Lead }) {
  const t = useWords('companies')
  const f = useFormats()
  const toast = useToasts()
  const { may } = useSession()
  const [linking, setLinking] = useState(false)
  const found = useQuery(api.companies.ofLead.queryOptions({ input: { leadId } }))
  useLive('companies', () => void again(api.companies.key()))
  const writable = may('companies.write')
  const now = found.data?.links.find((link) => link.until === null)
  const past = found.data?.links.filter((link) => link.until !== null) ?? []
  const linkTo = (companyId: string, name: string) =>
    client.companies.link({ leadId, companyId }).then(async () => {
      await refresh()
      toast.undo(t('cardLinked', { name }), () => client.companies.unlink({ leadId }).then(refresh))
    }, toast.failed)
  const make = (name: string) =>
    client.companies.splitOff({ leadId, name }).then(async () => {
      await refresh()
      toast.undo(t('cardLinked', { name }), () => client.companies.unlink({ leadId }).then(refresh))
    }, toast.failed)
  const unlink = (companyId: string, role: (typeof ROLES)[number]) =>
    client.companies.unlink({ leadId }).then(async () => {
      await refresh()
      toast.undo(t('unlinked'), () => client.companies.link({ leadId, companyId, role }).then(refresh))
    }, toast.failed)
  const setRole = (to: string | null) => {
    const role = ROLES.find((one) => one === to)
    if (role) client.companies.role({ leadId, role }).then(refresh, toast.failed)
  }
  return (
    <Card title={t('cardTitle')}>
      {found.isPending && <Skeletons rows={2} height={30} />}
      <ErrorNote error={found.error} retry={found.refetch} />
      {found.data && (
        <div className="stack">
          {now ? (
            <>
              <span className="row">
                <Building2 size={16} className="muted" aria-hidden />
                <Link to={`/companies/${now.company.id}` as string}>
                  <b>{now.company.name}</b>
                </Link>
              </span>
              <span className="muted">
                {t(`linkedBy.${now.linkedBy}` as never)} ・ {t('cardSince', { day: f.day(now.since) })} ・{' '}
                {t('peopleN', { n: now.company.people })}
              </span>
              {writable && (
                <>
                  <Select
                    size="xs"
                    label={t('roleLabel')}
                    allowDeselect={false}
                    value={now.role}
                    onChange={setRole}
                    data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
                  />
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    color="gray"
                    leftSection={<Unlink size={14} />}
                    onClick={() => void unlink(now.company.id, now.role)}
                  >
                    {t('unlink')}
                  </Button>
                </>
              )}
            </>
          ) : (
            <>
              <p className="muted">{t('cardNone')}</p>
              {writable && found.data.suggested.length > 0 && (
                <div className="stack-s">
                  <span className="muted">{t('cardSuggested')}</span>
                  {found.data.suggested.map((one) => (
                    <Anchor key={one.id} component="button" type="button" size="sm" onClick={() => void linkTo(one.id, one.name)}>
                      {[one.name, one.domains[0] ?? one.prefecture].filter(Boolean).join(' ・ ')}
                    </Anchor>
                  ))}
                </div>
              )}
              {writable && (
                <div className="row wrap">
                  <Button size="xs" variant="default" leftSection={<Building2 size={14} />} onClick={() => setLinking(true)}>
                    {t('cardLink')}
                  </Button>
                  {lead.companyName && found.data.suggested.length === 0 && (
                    <Button size="xs" variant="subtle" leftSection={<Plus size={14} />} onClick={() => void make(lead.companyName ?? '')}>
                      {t('cardMake', { name: lead.companyName })}
                    </Button>
                  )}
                </div>
              )}
            </>
          )}
          {past.length > 0 && (
            <div className="stack-s">
              <span className="muted">{t('past')}</span>
              {past.map((link) => (
                <span key={link.company.id}>
                  <Link to={`/companies/${link.company.id}` as string}>{link.company.name}</Link>{' '}
                  <span className="muted">{link.until && t('stayUntil', { day: f.day(link.until) })}</span>
                </span>
              ))}
            </div>
          )}
        </div>
      )}
      {linking && (
        <LinkDrawer
          onClose={() => setLinking(false)}
          onPick={(companyId, name) => {
            setLinking(false)
            void linkTo(companyId, name)
          }}
        />
      )}
    </Card>
  )
}

function LinkDrawer({ onClose, onPick }: { onClose: () => void; onPick: (companyId: string, name: string) => void }) {
  const t = useWords('companies')
  const [id, setId] = useState<string | null>(null)
  const chosen = useQuery({ ...api.companies.get.queryOptions({ input: { id: id ?? '' } }), enabled: id !== null })
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={t('cardLink')}
      verb={t('cardLink')}
      busy={id !== null && chosen.isPending}
      onSubmit={(event) => {
        event.preventDefault()
        if (chosen.data) onPick(chosen.data.id, chosen.data.name)
      }}
    >
      <CompanyPicker value={id} onChange={setId} />
    </FormDrawer>
  )
}
