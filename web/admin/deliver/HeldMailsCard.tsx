import './deliver.css'
import { useQuery } from '@tanstack/react-query'
import { Hourglass, MailX } from 'lucide-react'
import { api } from '../api.ts'
import { useFormats } from '../parts/formats.ts'
import { Card } from '../parts/Page.tsx'
import { useWords } from '../words/words.tsx'
import { useReason } from './ReasonList.tsx'

/** Why somebody has not been reached: mails that wait, and those that did not go. Nothing to tell, no card. */
export function HeldMailsCard({ leadId }: { leadId: string }) {
  const t = useWords('reach')
  const f = useFormats()
  const words = useReason()
  const held = useQuery(api.mailCaps.ofLead.queryOptions({ input: { leadId } }))
  const items = held.data?.items ?? []
  if (!items.length) return null
  return (
    <Card title={t('held')}>
      <ul className="held-mails">
        {items.map((one) => (
          <li key={one.id}>
            {one.until ? <Hourglass size={14} aria-hidden /> : <MailX size={14} aria-hidden />}
            <span>
              <b>{one.name}</b>
              {one.from && <span className="muted"> ・ {one.from}</span>}
              <br />
              <span className="muted">
                {one.reason === 'recheck'
                  ? t('heldNow')
                  : one.until
                    ? t('heldUntil', { reason: words(one.reason), when: f.instant(one.until) })
                    : words(one.reason)}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
