import './leads.css'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { UserX } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { ActivityKind } from '#loop/identify/activities/kinds/contract.ts'
import { again, api } from '../api.ts'
import { useLive } from '../live.ts'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { problemOf } from '../problem.ts'
import { ExportPerson } from '../retention/ExportPerson.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { LeadActions } from './LeadActions.tsx'
import { LeadPageBody } from './LeadPageBody.tsx'
import { type Lead, nameOf } from './lead.ts'
import { StoryLine } from './StoryLine.tsx'
import { StuckBand } from './StuckBand.tsx'
import { TrashBand } from './TrashBand.tsx'
import { useLeadKeys } from './useLeadKeys.ts'

// Forms come when they are opened.
const ActivityDrawer = lazy(() => import('./ActivityDrawer.tsx').then((m) => ({ default: m.ActivityDrawer })))
const TaskDrawer = lazy(() => import('./TaskDrawer.tsx').then((m) => ({ default: m.TaskDrawer })))
const EditLead = lazy(() => import('./EditLead.tsx').then((m) => ({ default: m.EditLead })))
const EraseModal = lazy(() => import('./EraseModal.tsx').then((m) => ({ default: m.EraseModal })))

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

type Open = 'edit' | 'erase' | 'export' | 'task' | ActivityKind | null

function Loaded({ lead }: { lead: Lead }) {
  const t = useWords('identify')
  const { may } = useSession()
  const [open, setOpen] = useState<Open>(null)
  const name = lead.identified || lead.trashedUntil ? nameOf(lead, t('noName')) : t('visitor')
  const close = () => setOpen(null)
  const opens = (what: Open) => () => setOpen(what)
  useLeadKeys(may('leads.write') ? { e: opens('edit'), n: opens('note'), c: opens('call'), t: opens('task') } : {})
  return (
    <>
      <PageTop title={name} crumb={t('leads')} crumbTo="/leads">
        <LeadActions lead={lead} onOpen={setOpen} />
      </PageTop>
      <Page>
        {lead.trashedUntil && <TrashBand id={lead.id} until={lead.trashedUntil} />}
        <StuckBand id={lead.id} />
        <StoryLine leadId={lead.id} />
        <LeadPageBody lead={lead} name={name} />
      </Page>
      <Suspense>
        {open === 'edit' && <EditLead lead={lead} onClose={close} />}
        {open === 'task' && <TaskDrawer leadId={lead.id} onClose={close} />}
        {open && open !== 'edit' && open !== 'erase' && open !== 'export' && open !== 'task' && (
          <ActivityDrawer key={open} leadIds={[lead.id]} kind={open} onClose={close} />
        )}
        <ExportPerson leadId={lead.id} opened={open === 'export'} onClose={close} />
        {open === 'erase' && <EraseModal lead={lead} name={name} opened onClose={close} />}
      </Suspense>
    </>
  )
}
