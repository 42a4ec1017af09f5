import './leads.css'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { Ellipsis, Pencil, Trash2, UserX } from 'lucide-react'
import { useEffect, useState } from 'react'
import { again, api } from '../api.ts'
import { useLive } from '../live.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { problemOf } from '../problem.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { EditLead } from './EditLead.tsx'
import { EraseModal } from './EraseModal.tsx'
import { LeadColumns } from './LeadColumns.tsx'
import { type Lead, nameOf } from './lead.ts'

/** One lead or visitor: who, what they did, what it means. Old ids lead here too. */
export function LeadPage() {
  const t = useWords('identify')
  const { id } = useParams({ strict: false }) as { id: string }
  const navigate = useNavigate()
  const lead = useQuery(api.leads.get.queryOptions({ input: { id } }))
  useLive('leads', () => void again(api.leads.key()))
  const found = lead.data
  useEffect(() => {
    if (found && found.id !== id) void navigate({ to: `/leads/${found.id}` as string, replace: true })
  }, [found, id, navigate])
  if (problemOf(lead.error)?.status === 410) {
    return (
      <>
        <PageTop title={t('gone')} crumb={t('leads')} crumbTo="/leads" />
        <Page>
          <EmptyState icon={UserX} title={t('gone')} />
        </Page>
      </>
    )
  }
  if (!found) {
    return (
      <>
        <PageTop title={t('leads')} crumb={t('leads')} crumbTo="/leads" />
        <Page>{lead.error ? <ErrorNote error={lead.error} retry={lead.refetch} /> : <Skeletons rows={8} height={56} />}</Page>
      </>
    )
  }
  return <Loaded lead={found} />
}

function Loaded({ lead }: { lead: Lead }) {
  const t = useWords('identify')
  const { may } = useSession()
  const [open, setOpen] = useState<'edit' | 'erase' | null>(null)
  const name = lead.identified ? nameOf(lead, t('noName')) : t('visitor')
  return (
    <>
      <PageTop title={name} crumb={t('leads')} crumbTo="/leads">
        {may('leads.write') && (
          <Button variant="default" leftSection={<Pencil size={15} />} onClick={() => setOpen('edit')}>
            {t('edit')}
          </Button>
        )}
        {may('leads.erase') && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="default" size={36} aria-label={t('more')}>
                <Ellipsis size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item color="red" leftSection={<Trash2 size={14} />} onClick={() => setOpen('erase')}>
                {t('erase')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </PageTop>
      <Page>
        <LeadColumns lead={lead} name={name} />
      </Page>
      {open === 'edit' && <EditLead lead={lead} onClose={() => setOpen(null)} />}
      <EraseModal lead={lead} name={name} opened={open === 'erase'} onClose={() => setOpen(null)} />
    </>
  )
}
