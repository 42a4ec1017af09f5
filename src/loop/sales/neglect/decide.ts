// What counts as a touch, and since when somebody is let lie. Pure.
import { addDays, type Calendar, dayIn, instantAt, isBusinessDay, type WorkWeek } from '#kernel/calendar.ts'
import { DAY } from '#kernel/clock.ts'
import type { News } from '#kernel/journal.ts'
import type { NeglectSettings, TouchKind } from './contract.ts'

const ACTIVITIES = ['call', 'visit', 'note', 'meeting', 'seminar', 'exhibition', 'letter', 'other']
const DEALS = ['created', 'changed', 'stage_changed', 'won', 'lost', 'reopened', 'joined']

const KINDS: Readonly<Record<string, TouchKind>> = {
  'mail.sent': 'sent',
  'mail.opened': 'opened',
  'mail.clicked': 'clicked',
  'page.viewed': 'visited',
  'link.clicked': 'visited',
  'file.downloaded': 'visited',
  'form.submitted': 'form',
  'card.exchanged': 'activity',
  'task.done': 'activity',
  'handoff.accepted': 'activity',
  ...Object.fromEntries(ACTIVITIES.map((kind) => [`activity.${kind}`, 'activity' as const])),
  ...Object.fromEntries(DEALS.map((what) => [`deal.${what}`, 'deal' as const])),
}

/** Acts of sales: by these, and by getting a lead, an owner works on it. */
const WORK: ReadonlySet<TouchKind> = new Set(['activity', 'deal'])

export const TOUCH_EVENTS: readonly string[] = Object.keys(KINDS)

/** Events after which a lead may be in another plan; runs of scenarios say so themselves, by `lookAtPlans`. */
export const PLAN_EVENTS: readonly string[] = [
  ...['handoff.made', 'handoff.accepted', 'handoff.returned', 'handoff.reopened'],
  ...['deal.created', 'deal.won', 'deal.lost', 'deal.reopened', 'deal.joined', 'deal.parted', 'deal.removed', 'deal.restored'],
  ...['consent.given', 'consent.withdrawn', 'mail.unsubscribed'],
]

/** The newest touch of each kind. */
export type Touches = { readonly [K in TouchKind]?: Date }

/** The touch that an event is; null for any other event, and for what a machine opened or clicked. */
export function touchOf(news: Pick<News, 'name' | 'props'>): TouchKind | null {
  return news.props['agent'] === 'machine' ? null : (KINDS[news.name] ?? null)
}

/** Touches of each person in these news. */
export function touchesIn(list: readonly Pick<News, 'personId' | 'name' | 'props' | 'occurredAt'>[]): Map<string, Touches> {
  const found = new Map<string, Touches>()
  for (const one of list) {
    const kind = touchOf(one)
    if (!kind) continue
    const before = found.get(one.personId)
    const known = before?.[kind]
    if (!known || known < one.occurredAt) found.set(one.personId, { ...before, [kind]: one.occurredAt })
  }
  return found
}

const latest = (dates: readonly (Date | undefined)[]): Date | null =>
  dates.reduce<Date | null>((best, at) => (at && (!best || at > best) ? at : best), null)

/** The newest touch of the kinds that count, and the newest act of sales. */
export function newestOf(touches: Touches, kinds: readonly TouchKind[]): { touched: Date | null; worked: Date | null } {
  return {
    touched: latest(kinds.map((kind) => touches[kind])),
    worked: latest([...WORK].map((kind) => touches[kind])),
  }
}

/** Whoever was last worked on before this instant is let lie: N days ago, or the start of the day N business days back. */
export function lieSince(calendar: Calendar, week: WorkWeek, now: Date, rule: Pick<NeglectSettings, 'days' | 'businessDays'>): Date {
  if (!rule.businessDays) return new Date(now.getTime() - rule.days * DAY)
  let day = dayIn(week.timeZone, now)
  // A company that never works would count for ever: ten years are enough.
  for (let left = rule.days, most = 3_650; left > 0 && most > 0; most--) {
    if (isBusinessDay(calendar, week, day)) left--
    if (left > 0) day = addDays(day, -1)
  }
  return instantAt(week.timeZone, day, '00:00')
}
