// Whom to call now: points for each reason, added up. Pure, so the same facts at the same instant give the same list.
//
//   a hand-off waits for its answer       40, and 15 more when it is late
//   a task is late 35, due today          30
//   hot                                   30, and 20 more on its first day, 10 more up to the third
//   the last act of their own             a form 35 · a click or visit 25 within a day; 15 within three days; 8 within seven
//   an open deal                          10, and 15 more when it should close within 14 days
//   colleagues of theirs are active       5 each, 15 at most (last seven days)
//   the rank of their score               A 15 · B 8 · C 3: how likely deals are, as the score's owners set the bands
//   nobody of us has worked on it         1 for each of the days beyond seven, 10 at most
//   we spoke to them within a day         −40
//
// Equal points: whoever acted last, then the id. Who was marked done comes back when anything above begins after the mark.
import { addDays, dayIn } from '#kernel/calendar.ts'
import { DAY } from '#kernel/clock.ts'
import type { PriorityReason } from './contract.ts'

/** What is known of somebody. */
export interface Standing {
  readonly id: string
  readonly handoff: { readonly madeAt: Date; readonly dueAt: Date } | null
  readonly task: { readonly title: string; readonly dueAt: Date } | null
  readonly hotSince: Date | null
  readonly rank: string | null
  readonly acts: { readonly form: Date | null; readonly clicked: Date | null; readonly visited: Date | null }
  readonly deal: { readonly stage: string; readonly expectedClose: string | null; readonly changedAt: Date } | null
  readonly colleagues: number
  readonly workedAt: Date | null
  /** The newest call, visit or note, as against being given the lead. */
  readonly spokenAt: Date | null
  readonly mark: { readonly kind: 'done' | 'snoozed'; readonly at: Date; readonly until: Date | null } | null
}

export interface Why {
  readonly kind: PriorityReason
  readonly points: number
  readonly at: Date | null
  readonly text: string | null
  readonly n: number | null
}

export interface Ranked {
  readonly id: string
  readonly points: number
  readonly reasons: readonly Why[]
  readonly lastActAt: Date | null
}

const RANK_POINTS: Readonly<Record<string, number>> = { A: 15, B: 8, C: 3 }
const ACT_KINDS = ['form', 'clicked', 'visited'] as const

const why = (kind: PriorityReason, points: number, more: Partial<Omit<Why, 'kind' | 'points'>> = {}): Why => ({
  ...{ kind, points, at: null, text: null, n: null },
  ...more,
})

/** The reasons to call somebody, the weightiest first. */
export function reasonsOf(one: Standing, now: Date, zone: string): Why[] {
  const found = [
    ...ofSales(one, now, zone),
    ...ofThem(one, now),
    ...(one.colleagues > 0 ? [why('company', Math.min(15, one.colleagues * 5), { n: one.colleagues })] : []),
    ...(one.rank && RANK_POINTS[one.rank] ? [why('rank', RANK_POINTS[one.rank] ?? 0, { text: one.rank })] : []),
    ...ofTime(one, now),
  ]
  return found.sort((a, b) => b.points - a.points)
}

function ofSales({ handoff, task, deal }: Standing, now: Date, zone: string): Why[] {
  const found: Why[] = []
  if (handoff) {
    const late = handoff.dueAt < now
    found.push(why(late ? 'handoffLate' : 'handoff', late ? 55 : 40, { at: late ? handoff.dueAt : handoff.madeAt }))
  }
  const today = dayIn(zone, now)
  if (task && task.dueAt < now) found.push(why('taskLate', 35, { at: task.dueAt, text: task.title }))
  else if (task && dayIn(zone, task.dueAt) === today) found.push(why('taskToday', 30, { at: task.dueAt, text: task.title }))
  if (deal) {
    const closing = deal.expectedClose !== null && deal.expectedClose <= addDays(today, 14)
    found.push(why(closing ? 'dealClosing' : 'deal', closing ? 25 : 10, { text: closing ? deal.expectedClose : deal.stage }))
  }
  return found
}

function ofThem(one: Standing, now: Date): Why[] {
  const found: Why[] = []
  if (one.hotSince) {
    const days = (now.getTime() - one.hotSince.getTime()) / DAY
    found.push(why('hot', 30 + (days < 1 ? 20 : days < 3 ? 10 : 0), { at: one.hotSince }))
  }
  const act = lastAct(one)
  const points = act ? actPoints(act.kind, (now.getTime() - act.at.getTime()) / DAY) : 0
  if (act && points) found.push(why('act', points, { at: act.at, text: act.kind }))
  return found
}

const actPoints = (kind: (typeof ACT_KINDS)[number], days: number): number =>
  days < 1 ? (kind === 'form' ? 35 : 25) : days < 3 ? 15 : days < 7 ? 8 : 0

function ofTime({ workedAt, spokenAt }: Standing, now: Date): Why[] {
  if (spokenAt && now.getTime() - spokenAt.getTime() < DAY) return [why('justSpoken', -40, { at: spokenAt })]
  const days = workedAt ? Math.floor((now.getTime() - workedAt.getTime()) / DAY) : 0
  return days > 7 ? [why('waited', Math.min(10, days - 7), { at: workedAt, n: days })] : []
}

function lastAct({ acts }: Standing): { kind: (typeof ACT_KINDS)[number]; at: Date } | null {
  return ACT_KINDS.reduce<{ kind: (typeof ACT_KINDS)[number]; at: Date } | null>((best, kind) => {
    const at = acts[kind]
    return at && (!best || at > best.at) ? { kind, at } : best
  }, null)
}

/** Whether a mark hides somebody: put off until then, or done with and nothing new since. */
export function isHidden(one: Standing, now: Date): boolean {
  const { mark } = one
  if (!mark) return false
  if (mark.kind === 'snoozed') return mark.until !== null && mark.until > now
  const dueSince = one.task && one.task.dueAt <= now ? one.task.dueAt : null
  const begun = [one.handoff?.madeAt, one.hotSince, lastAct(one)?.at, dueSince, one.deal?.changedAt]
  return !begun.some((at) => at && at > mark.at)
}

/** The list: whoever has a reason that weighs, the most urgent first. */
export function ranked(people: readonly Standing[], now: Date, zone: string): Ranked[] {
  return people
    .filter((one) => !isHidden(one, now))
    .map((one) => {
      const reasons = reasonsOf(one, now, zone)
      return { id: one.id, reasons, points: reasons.reduce((sum, each) => sum + each.points, 0), lastActAt: lastAct(one)?.at ?? null }
    })
    .filter((one) => one.points > 0)
    .sort((a, b) => b.points - a.points || (b.lastActAt?.getTime() ?? 0) - (a.lastActAt?.getTime() ?? 0) || (a.id < b.id ? -1 : 1))
}
