import { ActionIcon, Button, Menu, Select, Switch, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Ellipsis, Split, Unlink, UsersRound } from 'lucide-react'
import { useState } from 'react'
import { again, api, client, paged } from '../api.ts'
import { Who } from '../parts/Avatar.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { ScoreBar } from '../parts/ScoreBar.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useProblemForm } from '../parts/useProblemForm.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { type Company, type CompanyMember, ROLES } from './company.ts'

/** Who is with the company and what they say in its decisions; or those who were. */
export function PeopleCard({ company }: { company: Company }) {
  const t = useWords('companies')
  const [past, setPast] = useState(false)
  const [splitting, setSplitting] = useState<CompanyMember | null>(null)
  const list = useInfiniteQuery(paged(api.companies.people, { id: company.id, limit: 50, ...(past ? { past: 'true' } : {}) }))
  const people = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Card
      title={t('peopleTitle')}
      aside={<Switch size="xs" label={t('past')} checked={past} onChange={(e) => setPast(e.currentTarget.checked)} />}
    >
      {list.isPending && <Skeletons rows={3} height={48} />}
      <ErrorNote error={list.error} retry={list.refetch} />
      {list.data && people.length === 0 && <EmptyState small icon={UsersRound} title={t('peopleEmpty')} />}
      <ul className="company-people">
        {people.map((person) => (
          <Person key={person.id} person={person} companyId={company.id} onSplit={() => setSplitting(person)} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button variant="default" size="xs" fullWidth loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
      {splitting && <SplitDrawer person={splitting} company={company} onClose={() => setSplitting(null)} />}
    </Card>
  )
}

const refresh = () => again(api.companies.key(), api.leads.key())

function Person({ person, companyId, onSplit }: { person: CompanyMember; companyId: string; onSplit: () => void }) {
  const t = useWords('companies')
  const f = useFormats()
  const toast = useToasts()
  const { may } = useSession()
  const present = person.until === null
  const setRole = (role: string | null) => {
    const to = ROLES.find((one) => one === role)
    if (!to) return
    client.companies.role({ leadId: person.id, role: to }).then(() => {
      toast.done(t('roleSaved', { role: t(`role.${to}`) }))
      return refresh()
    }, toast.failed)
  }
  const unlink = () =>
    client.companies.unlink({ leadId: person.id }).then(async () => {
      await refresh()
      toast.undo(t('unlinked'), () => client.companies.link({ leadId: person.id, companyId, role: person.role }).then(refresh))
    }, toast.failed)
  const sub = [person.department, person.title].filter(Boolean).join(' ') || person.mail
  const since = f.day(person.since)
  return (
    <li>
      <span className="clip" title={t(`linkedBy.${person.linkedBy}` as never)}>
        <Link to={`/leads/${person.id}` as string}>
          <Who name={person.name} sub={sub} />
        </Link>
      </span>
      {present && may('companies.write') ? (
        <Select
          className="company-role"
          size="xs"
          aria-label={t('roleLabel')}
          allowDeselect={false}
          value={person.role}
          onChange={setRole}
          data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
        />
      ) : (
        <span className="company-role muted">{t(`role.${person.role}`)}</span>
      )}
      {present ? (
        <ScoreBar score={person.score} />
      ) : (
        <span className="muted">
          {since}
          {person.until && t('stayUntil', { day: f.day(person.until) })}
        </span>
      )}
      {present && may('companies.write') ? (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('menuOf', { name: person.name })}>
              <Ellipsis size={15} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<Split size={14} />} onClick={onSplit}>
              {t('splitOff')}
            </Menu.Item>
            <Menu.Item leftSection={<Unlink size={14} />} onClick={() => void unlink()}>
              {t('unlink')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : (
        <span />
      )}
    </li>
  )
}

function SplitDrawer({ person, company, onClose }: { person: CompanyMember; company: Company; onClose: () => void }) {
  const t = useWords('companies')
  const toast = useToasts()
  const form = useProblemForm<{ name: string }>({ initialValues: { name: '' } })
  return (
    <FormDrawer
      opened
      onClose={onClose}
      title={t('splitOff')}
      verb={t('splitOff')}
      busy={form.busy}
      failed={form.failed}
      onSubmit={form.send(
        ({ name }) => client.companies.splitOff({ leadId: person.id, name }),
        () => {
          onClose()
          void refresh()
          toast.undo(t('splitDone', { name: form.getValues().name }), () =>
            client.companies.link({ leadId: person.id, companyId: company.id, role: person.role }).then(refresh),
          )
        },
      )}
    >
      <p>{person.name}</p>
      <TextInput label={t('splitName')} required data-autofocus maxLength={200} {...form.getInputProps('name')} />
    </FormDrawer>
  )
}
