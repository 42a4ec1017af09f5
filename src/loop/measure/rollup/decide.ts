import type { News } from '#kernel/journal.ts'
import { COUNTED, DEALS, GOALS, MAIL, type Metric, TAKEN_BACK } from './metrics.ts'

/** So much more of a metric for one person on one day. */
export interface DayCount {
  readonly bucket: number
  readonly personId: string
  readonly day: string
  readonly metric: Metric
  readonly key: string
  readonly n: number
}

/** Counts of one key that are void whatever their day: a deal was reopened or removed. */
export interface TakenBack {
  readonly bucket: number
  readonly personId: string
  readonly metric: Metric
  readonly key: string
}

/** What the counting reads besides the news. */
export interface Known {
  /** The local day of an instant. */
  readonly day: (at: Date) => string
  readonly sentAt: SentAt
  readonly clickBefore: ClickBefore
  /** Stages of deals that are meetings. */
  readonly meetings: ReadonlySet<string>
}

/** When the mail behind an event was sent, by delivery id; null when it never was. */
export type SentAt = ReadonlyMap<string, Date | null>
/** The delivery whose click a goal event follows, by event id. */
export type ClickBefore = ReadonlyMap<string, string>

/** The delivery an event speaks of; undefined when it speaks of none. */
export function deliveryOf(news: News): string | undefined {
  const { delivery } = news.props
  return typeof delivery === 'string' ? delivery : undefined
}

export const isMail = (news: News): boolean => news.name in MAIL && deliveryOf(news) !== undefined
export const isGoal = (news: News): boolean => GOALS.has(news.name) && !news.historic

/** What the events add and take back, in their order: a deal that is won, reopened and won again counts once. */
export function fromNews(news: readonly News[], known: Known): { counts: DayCount[]; takenBack: TakenBack[] } {
  let counts: DayCount[] = []
  const takenBack: TakenBack[] = []
  for (const one of news) {
    const back = takenBackBy(one)
    const isBack = (c: DayCount) => back.some((b) => b.personId === c.personId && b.metric === c.metric && b.key === c.key)
    if (back.length) counts = counts.filter((c) => !isBack(c))
    takenBack.push(...back)
    counts.push(...countsOf(one, known))
  }
  return { counts: summed(counts), takenBack }
}

function takenBackBy(news: News): TakenBack[] {
  const key = dealOf(news)
  return (TAKEN_BACK[news.name] ?? []).map((metric) => ({ bucket: news.bucket, personId: news.personId, metric, key }))
}

const dealOf = (news: News): string => (typeof news.props.deal === 'string' ? news.props.deal : '')

/** What one event adds to the daily facts. */
export function countsOf(news: News, { day, sentAt, clickBefore, meetings }: Known): DayCount[] {
  const row = (metric: Metric, at: Date, n = 1, key = ''): DayCount => ({
    bucket: news.bucket,
    personId: news.personId,
    day: day(at),
    metric,
    key,
    n,
  })
  const counts: DayCount[] = []
  const plain = COUNTED[news.name]
  if (plain) counts.push(row(plain, news.occurredAt))
  counts.push(...dealMetrics(news, meetings).map(([metric, n]) => row(metric, news.occurredAt, n, dealOf(news))))
  if (isMail(news)) counts.push(...mailCounts(news, row, sentAt.get(deliveryOf(news) ?? '') ?? null))
  const clicked = clickBefore.get(news.eventId)
  if (clicked !== undefined) counts.push(row('mail_converted', sentAt.get(clicked) ?? news.occurredAt))
  return counts
}

function dealMetrics(news: News, meetings: ReadonlySet<string>): [Metric, number][] {
  const { amount, stage, from, to } = news.props
  const found: [Metric, number][] = []
  const plain = DEALS[news.name]
  if (plain) found.push([plain, 1])
  if (news.name === 'deal.won' && typeof amount === 'number' && amount > 0) found.push(['won_yen', Math.round(amount)])
  const first = news.name === 'deal.created' ? meetings.has(String(stage)) : meetings.has(String(to)) && !meetings.has(String(from))
  if (first && (news.name === 'deal.created' || news.name === 'deal.stage_changed')) found.push(['meeting', 1])
  return found
}

function mailCounts(news: News, row: (metric: Metric, at: Date, n?: number) => DayCount, sent: Date | null): DayCount[] {
  if (news.name === 'mail.sent') return [row('mail_delivered', sent ?? news.occurredAt)]
  const at = sent ?? news.occurredAt
  if (news.name === 'mail.bounced') {
    // Taken by the server and sent back later: it was not delivered after all. Refused at the door: it never counted.
    return sent ? [row('mail_bounced', at), row('mail_delivered', at, -1)] : [row('mail_bounced', at)]
  }
  // What was taken for a person's and was none (or the other way round) is counted again, in full sight.
  if (news.name === 'mail.rejudged') {
    const change = (news.props.to === 'human' ? 1 : 0) - (news.props.from === 'human' ? 1 : 0)
    return change ? [row(news.props.kind === 'open' ? 'mail_opened' : 'mail_clicked', at, change)] : []
  }
  // Gateways open pictures and follow links: what no person did is not counted.
  if (news.props.agent === 'machine') return []
  if (news.name === 'mail.opened') return [row('mail_opened', at)]
  if (news.name === 'mail.clicked') return [row('mail_clicked', at)]
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
