import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { LogOut, Users } from 'lucide-react'
import type { ScenarioPerson } from '#loop/orchestrate/contract.ts'
import type { Step } from '#loop/orchestrate/graph/contract.ts'
import { again, api, client, paged } from '../api.ts'
import { Ago } from '../parts/Ago.tsx'
import { EmptyState } from '../parts/EmptyState.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import type { Sentences } from './useSentences.ts'

/** Which people are asked for: those who stand at a step, or who took one of its ways. */
export interface Asked {
  readonly step: string
  readonly way?: string
}

/** The people behind a number, each with the reason. */
export function PeopleDrawer({
  id,
  asked,
  step,
  say,
  canEdit,
  onClose,
}: {
  id: string
  asked: Asked | null
  step: Step | undefined
  say: Sentences
  canEdit: boolean
  onClose: () => void
}) {
  const t = useWords('orchestrate')
  const title = !asked
    ? ''
    : asked.step === 'start'
      ? t('peopleEntered')
      : asked.step === 'end'
        ? t('peopleEnded')
        : asked.way
          ? t('peopleWay', { way: say.way(step, asked.way) })
          : t('peopleAt')
  return (
    <SideDrawer opened={asked !== null} onClose={onClose} title={title}>
      {asked && <People id={id} asked={asked} step={step} say={say} canEdit={canEdit} />}
    </SideDrawer>
  )
}

export function People({
  id,
  asked,
  step,
  say,
  canEdit,
}: {
  id: string
  asked: Asked
  step: Step | undefined
  say: Sentences
  canEdit: boolean
}) {
  const t = useWords('orchestrate')
  const p = useWords('parts')
  const list = useInfiniteQuery(
    paged(api.scenarios.people, { id, step: asked.step, limit: 50, ...(asked.way === undefined ? {} : { way: asked.way }) }),
  )
  if (list.isPending) return <Skeletons rows={8} height={52} />
  if (list.error) return <ErrorNote error={list.error} retry={list.refetch} />
  const people = list.data.pages.flatMap((page) => page.items)
  if (!people.length) return <EmptyState small icon={Users} title={t('nobody')} />
  return (
    <div>
      {people.map((person) => (
        <PersonLine key={person.runId} person={person} asked={asked} step={step} say={say} canEdit={canEdit} />
      ))}
      {list.hasNextPage && (
        <Button variant="default" size="xs" mt="md" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {p('more')}
        </Button>
      )}
    </div>
  )
}

function PersonLine({
  person,
  asked,
  step,
  say,
  canEdit,
}: {
  person: ScenarioPerson
  asked: Asked
  step: Step | undefined
  say: Sentences
  canEdit: boolean
}) {
  const t = useWords('orchestrate')
  const p = useWords('parts')
  const toast = useToasts()
  const end = () =>
    client.scenarios.endRun({ id: person.runId, person: person.personId }).then(() => {
      toast.done(t('endedRun'))
      void again(api.scenarios.people.key(), api.scenarios.counts.key())
    }, toast.failed)
  return (
    <div className="sc-person">
      <span>
        <span className="row">
          <Link to={`/leads/${person.personId}` as string} className="nowrap">
            {person.name || (person.isLead ? p('unknownPerson') : p('visitor'))}
          </Link>
          {person.company && <span className="muted clip">{person.company}</span>}
        </span>
        <span className="muted">
          <Reason person={person} asked={asked} step={step} say={say} />
        </span>
      </span>
      <span className="muted nowrap" style={{ flex: 'none' }}>
        <Ago at={person.at} />
      </span>
      {canEdit && person.step !== null && (
        <Tooltip label={t('endRun')} openDelay={400}>
          <ActionIcon variant="subtle" color="gray" aria-label={t('endRun')} onClick={() => void end()}>
            <LogOut size={15} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  )
}

function Reason({ person, asked, step, say }: { person: ScenarioPerson; asked: Asked; step: Step | undefined; say: Sentences }) {
  const t = useWords('orchestrate')
  const f = useFormats()
  if (person.because) return <>{say.because(person.because)}</>
  if (asked.way !== undefined || !person.dueAt) return <>{t('because.entered')}</>
  const when = f.instant(person.dueAt)
  return <>{step?.kind === 'await' ? t('because.waitsFor', { when }) : t('because.waitsUntil', { when })}</>
}
