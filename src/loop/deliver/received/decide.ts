import type { DeliveryStatus } from '../tables.ts'
import type { MAIL_STATES } from './contract.ts'

type State = (typeof MAIL_STATES)[number]

/** The furthest a mail came. Opens by mail scanners are none. */
export function stateOf(row: { status: DeliveryStatus; opened_at: Date | null; clicked_at: Date | null }): State {
  if (row.clicked_at) return 'clicked'
  if (row.opened_at) return 'opened'
  if (row.status === 'queued' || row.status === 'claimed' || row.status === 'transmitting' || row.status === 'deferred') return 'waiting'
  return row.status
}
