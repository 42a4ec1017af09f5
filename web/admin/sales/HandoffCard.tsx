import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Handshake } from 'lucide-react'
import { Ago } from '../parts/Ago.tsx'
import { Chip } from '../parts/Chip.tsx'
import { useFormats } from '../parts/formats.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { LeadLine } from './LeadLine.tsx'
import { useColleagues } from './owners.ts'
import type { Handoff } from './rows.ts'
import { useAnswers } from './useAnswers.ts'

/** One hand-off in the queue. */
export function HandoffCard({ handoff, onOpen, onReturn }: { handoff: Handoff; onOpen: () => void; onReturn: () => void }) {
  const t = useWords('sales')
  const qualify = useWords('qualify')
  const { may } = useSession()
  const { nameOf } = useColleagues()
  const navigate = useNavigate()
  const answers = useAnswers()
  const open = handoff.state === 'open' && may('handoffs.write')
  return (
    <article className="handoff">
      <LeadLine lead={handoff.lead} withStage />
      <button type="button" className="handoff-why" onClick={onOpen}>
        <b>{t(`reason.${handoff.reason}`, { name: handoff.madeBy })}</b>
        <span className="muted clip">
          {handoff.note ?? <Ago at={handoff.madeAt} />}
          {typeof handoff.detail['mqlVersion'] === 'number' && ` ・ ${qualify('mqlShort', { n: String(handoff.detail['mqlVersion']) })}`}
        </span>
        {typeof handoff.detail['override'] === 'string' && (
          <span className="muted clip">{qualify('overriddenBy', { name: handoff.madeBy, reason: handoff.detail['override'] })}</span>
        )}
      </button>
      <span className="handoff-state">
        <HandoffState handoff={handoff} />
        <span className="muted clip">{handoff.state === 'open' ? (nameOf(handoff.ownerId) ?? t('nobody')) : handoff.answeredBy}</span>
      </span>
      <span className="handoff-actions">
        {open && (
          <>
            <Button size="xs" onClick={() => void answers.accept(handoff)}>
              {t('accept')}
            </Button>
            <Button size="xs" variant="default" onClick={onReturn}>
              {t('giveBack')}
            </Button>
          </>
        )}
        {handoff.state === 'accepted' && may('deals.write') && (
          <Button
            size="xs"
            variant="default"
            leftSection={<Handshake size={14} />}
            onClick={() => void navigate({ to: '/deals' as string, search: { add: 'yes', lead: handoff.lead.id } as never })}
          >
            {t('makeDeal')}
          </Button>
        )}
      </span>
    </article>
  )
}

/** Waiting until when, or how it was answered. */
export function HandoffState({ handoff }: { handoff: Handoff }) {
  const t = useWords('sales')
  const f = useFormats()
  if (handoff.state === 'accepted') return <Chip tone="green">{t('state.accepted')}</Chip>
  if (handoff.state === 'returned')
    return <Chip>{t('returned', { reason: handoff.returnReason ? t(`returnReason.${handoff.returnReason}`) : '' })}</Chip>
  return (
    <Chip tone={handoff.overdue ? 'red' : 'amber'}>{handoff.overdue ? t('overdue') : t('dueIn', { when: f.instant(handoff.dueAt) })}</Chip>
  )
}
