import './sales.css'
import './handoffs.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Handshake, UserCheck } from 'lucide-react'
import { useState } from 'react'
import { again, api, client } from '../api.ts'
import { nameOf } from '../identify/lead.ts'
import { useLive } from '../live.ts'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { problemOf } from '../problem.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { DealStageChip } from './DealList.tsx'
import { HandoffState } from './HandoffCard.tsx'
import { OverrideDrawer } from './qualify/OverrideDrawer.tsx'
import { ReturnDrawer } from './ReturnDrawer.tsx'
import type { Handoff } from './rows.ts'
import { useAnswers } from './useAnswers.ts'

/** What sales has to do with a lead: the hand-off, its answer, and the deals. For the lead's page. */
export function LeadSales({ leadId }: { leadId: string }) {
  const t = useWords('sales')
  const { may } = useSession()
  const navigate = useNavigate()
  const toast = useToasts()
  const [returning, setReturning] = useState<Handoff | null>(null)
  const [kept, setKept] = useState(false)
  const lead = useQuery({ ...api.leads.get.queryOptions({ input: { id: leadId } }), enabled: kept })
  const handoffs = useQuery(api.handoffs.list.queryOptions({ input: { leadId, limit: 1 } }))
  const deals = useQuery(api.deals.list.queryOptions({ input: { leadId, limit: 20 } }))
  useLive('handoffs', () => void again(api.handoffs.key()))
  useLive('deals', () => void again(api.deals.key()))
  const newest = handoffs.data?.items[0]
  const withSales =
    newest?.state === 'open' || newest?.state === 'accepted' || (deals.data?.items ?? []).some((deal) => deal.state !== 'lost')
  const handOver = () =>
    client.handoffs
      .make({ leadId })
      .then(
        () => toast.done(t('handedOver')),
        (error: unknown) => (problemOf(error)?.code === 'handoff.kept' ? setKept(true) : toast.failed(error)),
      )
      .finally(() => again(api.handoffs.key(), api.leads.key()))
  return (
    <Card title={t('salesCard')}>
      <div className="stack">
        {newest && <Newest handoff={newest} onReturn={setReturning} />}
        {(deals.data?.items ?? []).map((deal) => (
          <DealLine key={deal.id} deal={deal} />
        ))}
        <div className="row wrap">
          {may('handoffs.write') && handoffs.isSuccess && !withSales && (
            <Button size="xs" variant="default" leftSection={<UserCheck size={14} />} onClick={() => void handOver()}>
              {t('handOver')}
            </Button>
          )}
          {may('deals.write') && (
            <Button
              size="xs"
              variant="default"
              leftSection={<Handshake size={14} />}
              onClick={() => void navigate({ to: '/deals' as string, search: { add: 'yes', lead: leadId } as never })}
            >
              {t('makeDeal')}
            </Button>
          )}
        </div>
      </div>
      <ReturnDrawer handoff={returning} onClose={() => setReturning(null)} onDone={() => setReturning(null)} />
      <OverrideDrawer
        lead={kept && lead.data ? { id: leadId, name: nameOf(lead.data, t('unnamed')) } : null}
        onClose={() => setKept(false)}
      />
    </Card>
  )
}

function Newest({ handoff, onReturn }: { handoff: Handoff; onReturn: (handoff: Handoff) => void }) {
  const t = useWords('sales')
  const { may } = useSession()
  const answers = useAnswers()
  return (
    <div className="handoff-brief">
      <span className="row wrap">
        <HandoffState handoff={handoff} />
        <span className="muted">{t(`reason.${handoff.reason}`, { name: handoff.madeBy })}</span>
      </span>
      {handoff.note && <span>{handoff.note}</span>}
      {handoff.state === 'open' && may('handoffs.write') && (
        <span className="row">
          <Button size="xs" onClick={() => void answers.accept(handoff)}>
            {t('accept')}
          </Button>
          <Button size="xs" variant="default" onClick={() => onReturn(handoff)}>
            {t('giveBack')}
          </Button>
        </span>
      )}
    </div>
  )
}

function DealLine({ deal }: { deal: Awaited<ReturnType<typeof client.deals.list>>['items'][number] }) {
  const f = useFormats()
  return (
    <Link to={'/deals' as string} search={{ deal: deal.id } as never} className="deal-line">
      <span className="clip">{deal.name}</span>
      <DealStageChip deal={deal} />
      {deal.amount !== null && <span className="push num nowrap">{f.money(deal.amount)}</span>}
    </Link>
  )
}
