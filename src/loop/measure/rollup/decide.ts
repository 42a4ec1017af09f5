import { dayIn } from '#kernel/calendar.ts'
import type { News } from '#kernel/journal.ts'
import { COUNTED, GOALS, MAIL, type Metric } from './metrics.ts'

/** So much more of a metric for one person on one day. */
export interface DayCount {
  readonly bucket: number
  readonly personId: string
  readonly day: string
  readonly metric: Metric
  readonly key: string
  readonly n: number
}

/** When the mail behind an event was sent, by delivery id; null when it never was. */
export type SentAt = ReadonlyMap<string, Date | null>
/** The delivery whose click a goal event follows, by event id. */
export type ClickBefore = ReadonlyMap<string, string>

const SLOT = 15 * 60_000

/** The local day of an instant. Remembered by quarter hour: no zone changes its day in between, and a pass asks hundreds of times. */
export function dayReader(zone: string): (at: Date) => string {
  const known = new Map<number, string>()
  return (at) => {
    const slot = Math.floor(at.getTime() / SLOT)
    const found = known.get(slot)
    if (found !== undefined) return found
    const day = dayIn(zone, at)
    known.set(slot, day)
    return day
  }
}

/** The delivery an event speaks of; undefined when it speaks of none. */
export function deliveryOf(news: News): string | undefined {
  const { delivery } = news.props
  return typeof delivery === 'string' ? delivery : undefined
}

export const isMail = (news: News): boolean => news.name in MAIL && deliveryOf(news) !== undefined
export const isGoal = (news: News): boolean => GOALS.has(news.name) && !news.historic

/**
 * What one event adds to the daily facts.
 * @param day reads the local day of an instant
 */
export function countsOf(news: News, day: (at: Date) => string, sentAt: SentAt, clickBefore: ClickBefore): DayCount[] {
  const row = (metric: Metric, at: Date, n = 1): DayCount => ({
    bucket: news.bucket,
    personId: news.personId,
    day: day(at),
    metric,
    key: '',
    n,
  })
  const counts: DayCount[] = []
  const plain = COUNTED[news.name]
  if (plain) counts.push(row(plain, news.occurredAt))
  if (news.name === 'deal.won' && typeof news.props.amount === 'number')
    counts.push(row('won_yen', news.occurredAt, Math.round(news.props.amount)))
  if (news.name === 'deal.stage_changed' && news.props.to === 'meeting') counts.push(row('meeting', news.occurredAt))
  if (isMail(news)) counts.push(...mailCounts(news, row, sentAt.get(deliveryOf(news) ?? '') ?? null))
  const clicked = clickBefore.get(news.eventId)
  if (clicked !== undefined) counts.push(row('mail_converted', sentAt.get(clicked) ?? news.occurredAt))
  return counts
}

function mailCounts(news: News, row: (metric: Metric, at: Date, n?: number) => DayCount, sent: Date | null): DayCount[] {
  if (news.name === 'mail.sent') return [row('mail_delivered', sent ?? news.occurredAt)]
  const at = sent ?? news.occurredAt
  if (news.name === 'mail.bounced') {
    // Taken by the server and sent back later: it was not delivered after all. Refused at the door: it never counted.
    return sent ? [row('mail_bounced', at), row('mail_delivered', at, -1)] : [row('mail_bounced', at)]
  }
  const machine = news.props.machine === true
  if (news.name === 'mail.opened') return [row(machine ? 'mail_opened_machine' : 'mail_opened', at)]
  if (news.name === 'mail.clicked') return machine ? [] : [row('mail_clicked', at)]
  return [row('mail_unsubscribed', at)]
}

const keyOf = (c: DayCount) => `${String(c.bucket).padStart(3, '0')}|${c.personId}|${c.day}|${c.metric}|${c.key}`

/** The same counts summed by key, in key order. */
export function summed(counts: readonly DayCount[]): DayCount[] {
  const byKey = new Map<string, DayCount>()
  for (const count of counts) {
    const key = keyOf(count)
    const before = byKey.get(key)
    byKey.set(key, before ? { ...before, n: before.n + count.n } : count)
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count)
}
