import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { again, api, client } from '../api.ts'
import { useEventWords } from '../identify/useEventWords.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Pairs } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { Timeline } from '../parts/Timeline.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { HandoffState } from './HandoffCard.tsx'
import { LeadLine } from './LeadLine.tsx'
import { useColleagues } from './owners.ts'
import type { Handoff } from './rows.ts'
import { useAnswers } from './useAnswers.ts'

/** Why the lead was handed over, and what it did before: all a first call needs. */
export function HandoffDrawer({
  handoff,
  onClose,
  onReturn,
}: {
  handoff: Handoff | null
  onClose: () => void
  onReturn: (handoff: Handoff) => void
}) {
  const t = useWords('sales')
  return (
    <SideDrawer opened={handoff !== null} onClose={onClose} title={handoff?.lead.name || t('unnamed')}>
      {handoff && <Inside handoff={handoff} onClose={onClose} onReturn={onReturn} />}
    </SideDrawer>
  )
}

function Inside({ handoff, onClose, onReturn }: { handoff: Handoff; onClose: () => void; onReturn: (handoff: Handoff) => void }) {
  const t = useWords('sales')
  const f = useFormats()
  const { may } = useSession()
  const answers = useAnswers()
  const detail = useQuery(api.handoffs.get.queryOptions({ input: { leadId: handoff.lead.id, id: handoff.id } }))
  const current = detail.data ?? handoff
  const accept = () => void answers.accept(handoff).then(onClose)
  return (
    <div className="stack">
      <div className="row">
        <LeadLine lead={current.lead} withStage />
        <Link to={'/leads/$id' as string} params={{ id: handoff.lead.id } as never} className="push nowrap">
          {t('openLead')}
        </Link>
      </div>
      <Pairs
        items={[
          [t('giveBackReason'), t(`reason.${current.reason}`, { name: current.madeBy })],
          [t('note'), current.note],
          [t('stateLabel'), <HandoffState key="state" handoff={current} />],
          ...(current.answeredAt
            ? [[t('ownerLabel'), t('answeredBy', { name: current.answeredBy ?? '', when: f.instant(current.answeredAt) })] as const]
            : []),
          ...(current.returnNote ? [[t('note'), current.returnNote] as const] : []),
        ]}
      />
      {current.state === 'open' && may('handoffs.write') && (
        <>
          <Assign handoff={current} />
          <div className="row">
            <Button onClick={accept}>{t('accept')}</Button>
            <Button variant="default" onClick={() => onReturn(handoff)}>
              {t('giveBack')}
            </Button>
          </div>
        </>
      )}
      <h3 className="drawer-head">{t('history')}</h3>
      {detail.isPending && <Skeletons rows={4} />}
      <ErrorNote error={detail.error} retry={detail.refetch} />
      {detail.data && <History entries={detail.data.history} />}
    </div>
  )
}

function Assign({ handoff }: { handoff: Handoff }) {
  const t = useWords('sales')
  const toast = useToasts()
  const { active } = useColleagues()
  const assign = (ownerId: string | null) =>
    client.handoffs
      .assign({ leadId: handoff.lead.id, id: handoff.id, ownerId })
      .catch(toast.failed)
      .finally(() => again(api.handoffs.key()))
  return (
    <Select
      label={t('owner')}
      placeholder={t('noOwner')}
      clearable
      searchable
      value={handoff.ownerId}
      data={active.map((one) => ({ value: one.id, label: one.name }))}
      onChange={(to) => void assign(to)}
    />
  )
}

type Entry = Awaited<ReturnType<typeof client.handoffs.get>>['history'][number]

function History({ entries }: { entries: readonly Entry[] }) {
  const t = useWords('sales')
  const lineOf = useEventWords()
  if (entries.length === 0) return <p className="muted">{t('noHistory')}</p>
  return <Timeline entries={entries.map((entry) => lineOf({ ...entry, historic: false }))} />
}
