// What of a line is missing, late or overdue, and whether its intervals grow. Pure.
import { addDays, isBusinessDay } from '#kernel/calendar.ts'
import type { NewsletterStatus } from '../tables.ts'
import type { AlertKind, IssueState, Pace, Rhythm } from './contract.ts'
import { daysBetween, plannedDays, type Slot, slotAfter, slotsBetween, type Working } from './rhythm.ts'

/** What a line is judged by. */
export interface LineFacts {
  readonly rhythm: Rhythm
  readonly startsOn: string
  readonly aheadDays: number
}

export interface IssueFacts {
  readonly id: string
  readonly slot: string | null
  readonly day: string
  readonly dueOn: string
  readonly theme: string
  readonly state: IssueState
  readonly sentOn: string | null
}

/** The newsletter behind an issue, as far as its state goes. */
export interface Behind {
  readonly skipped: boolean
  readonly status: NewsletterStatus | null
  readonly approved: boolean
  readonly begun: boolean
}

/** Where an issue stands: never kept, always read from its newsletter. */
export function stateOf({ skipped, status, approved, begun }: Behind): IssueState {
  if (begun) return 'sent'
  if (skipped) return 'skipped'
  if (status === null) return 'planned'
  if (status === 'cancelled') return 'cancelled'
  if (status === 'draft') return approved ? 'approved' : 'drafted'
  return status === 'scheduled' ? 'scheduled' : 'sent'
}

/** Nothing of it is written yet. */
const isUnwritten = ({ state }: Pick<IssueFacts, 'state'>): boolean => state === 'planned' || state === 'cancelled'

export const isLate = (issue: Pick<IssueFacts, 'state' | 'dueOn'>, today: string): boolean => isUnwritten(issue) && issue.dueOn < today

/** Nothing more is expected of it. */
const isSettled = ({ state }: IssueFacts): boolean => state === 'sent' || state === 'skipped'

/** When the draft of an issue is due: so many business days before it. */
export function dueOf(day: string, draftDays: number, working: Working): string {
  let due = day
  for (let left = draftDays, steps = 0; left > 0 && steps < 400; steps++) {
    due = addDays(due, -1)
    if (isBusinessDay(working.calendar, working.week, due)) left--
  }
  return due
}

export interface Alert {
  readonly kind: AlertKind
  readonly slot: string | null
  readonly day: string
  readonly issue: IssueFacts | null
}

/** Missed days further back are not told any more: the line is as good as ended. */
const MOST_OVERDUE = 6

/** Everything a line's owner should know today: the next day for which nothing is planned, drafts that were due, days that went by. */
export function alertsOf(line: LineFacts, issues: readonly IssueFacts[], today: string, working: Working): Alert[] {
  const bySlot = new Map(issues.flatMap((issue) => (issue.slot ? [[issue.slot, issue] as const] : [])))
  const last = lastSent(issues)
  const slots = slotsBetween(
    line.rhythm,
    line.startsOn,
    last === null ? line.startsOn : addDays(last, 1),
    addDays(today, line.aheadDays),
    working,
  )
  const open = slots.filter(({ slot }) => !bySlot.has(slot))
  const missed: Alert[] = [
    ...open.filter(({ day }) => day < today).map(({ slot, day }) => ({ kind: 'overdue' as const, slot, day, issue: null })),
    ...issues
      .filter((issue) => isOverdue(issue, issues, today))
      .map((issue) => ({ kind: 'overdue' as const, slot: issue.slot, day: issue.day, issue })),
  ].sort((a, b) => (a.day < b.day ? -1 : 1))
  const late = issues.filter((issue) => issue.day >= today && isLate(issue, today))
  const missing = nextMissing(open, today)
  return [
    ...missed.slice(-MOST_OVERDUE),
    ...late.map((issue) => ({ kind: 'late' as const, slot: issue.slot, day: issue.day, issue })),
    ...(missing ? [{ kind: 'missing' as const, ...missing, issue: null }] : []),
  ]
}

/** The first day from today on for which nothing is planned. */
const nextMissing = (open: readonly Slot[], today: string): Slot | undefined => open.find(({ day }) => day >= today)

/** The last day of the rhythm that an issue went out for: what was missed before it is past. */
const lastSent = (issues: readonly IssueFacts[]): string | null =>
  issues
    .flatMap((issue) => (issue.sentOn ? [issue.slot ?? issue.sentOn] : []))
    .sort()
    .at(-1) ?? null

/** Its day has gone by and it neither went out nor was left out; one that a later issue has overtaken is past. */
const isOverdue = (issue: IssueFacts, all: readonly IssueFacts[], today: string): boolean =>
  !isSettled(issue) && issue.day < today && !all.some(({ sentOn }) => sentOn !== null && sentOn >= issue.day)

/** The next issue by plan: planned, or only a day of the rhythm. */
export function nextOf(
  line: LineFacts,
  issues: readonly IssueFacts[],
  today: string,
  working: Working,
): { readonly slot: string | null; readonly day: string; readonly issue: IssueFacts | null } {
  const planned = issues.filter((issue) => !isSettled(issue) && issue.day >= today).sort((a, b) => (a.day < b.day ? -1 : 1))[0]
  // A rhythm has no end, so there always is one.
  const [open] = openSlots(line, issues, today, 1, working) as [Slot]
  return planned && planned.day <= open.day ? { slot: planned.slot, day: planned.day, issue: planned } : { ...open, issue: null }
}

/** The days of the rhythm, from today on, for which nothing is planned. */
export function openSlots(line: LineFacts, issues: readonly IssueFacts[], from: string, count: number, working: Working): Slot[] {
  const taken = new Set(issues.map((issue) => issue.slot))
  const found: Slot[] = []
  let next = slotAfter(line.rhythm, line.startsOn, addDays(from, -1), working)
  for (let i = 0; i < count + taken.size && found.length < count; i++) {
    if (!taken.has(next.slot)) found.push(next)
    next = slotAfter(line.rhythm, line.startsOn, next.slot, working)
  }
  return found
}

/** The day of the rhythm an issue of `day` stands for: the nearest one that is free, within half an interval. */
export function slotFor(line: LineFacts, issues: readonly IssueFacts[], day: string, working: Working): string | null {
  const half = Math.ceil(plannedDays(line.rhythm) / 2)
  const taken = new Set(issues.map((issue) => issue.slot))
  const near = slotsBetween(line.rhythm, line.startsOn, addDays(day, -half), addDays(day, half), working).filter(
    ({ slot }) => !taken.has(slot),
  )
  const far = (one: Slot): number => Math.abs(daysBetween(day, one.day))
  return near.sort((a, b) => far(a) - far(b))[0]?.slot ?? null
}

const MOST_INTERVALS = 24
/** An interval may be so much longer than planned before it counts as grown. */
const SLACK = 1.2

/** Plan against what really happened. */
export function paceOf(line: LineFacts, issues: readonly IssueFacts[], today: string, working: Working): Pace {
  const sent = [...new Set(issues.flatMap((issue) => (issue.sentOn ? [issue.sentOn] : [])))].sort()
  const intervals = sent.slice(1).map((to, i) => ({ from: sent[i] ?? to, to, days: daysBetween(sent[i] ?? to, to) }))
  const shown = intervals.slice(-MOST_INTERVALS)
  const planned = plannedDays(line.rhythm)
  const lastOn = sent.at(-1) ?? null
  // The interval that is still running counts as soon as it is longer than planned: nobody should have to send to see it.
  const running = lastOn === null ? 0 : daysBetween(lastOn, today)
  const waited = alertsOf(line, issues, today, working).find(({ kind }) => kind === 'overdue')
  return {
    planned,
    intervals: shown,
    recent: shown.length ? mean(shown.slice(-3).map(({ days }) => days)) : null,
    grows: growsOver([...shown.map(({ days }) => days), ...(running > planned ? [running] : [])], planned),
    lastOn,
    sinceLast: lastOn === null ? null : running,
    overdueDays: waited ? daysBetween(waited.day, today) : 0,
  }
}

const mean = (values: readonly number[]): number => Math.round((values.reduce((sum, n) => sum + n, 0) / values.length) * 10) / 10

/** At least three intervals, the last two over the plan by more than a fifth on average, and the line through the last six pointing up. */
export function growsOver(days: readonly number[], planned: number): boolean {
  if (days.length < 3 || mean(days.slice(-2)) <= planned * SLACK) return false
  const last = days.slice(-6)
  const middle = (last.length - 1) / 2
  const lean = last.reduce((sum, n, i) => sum + (i - middle) * n, 0)
  return lean > 0
}
