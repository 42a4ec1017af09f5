import type { client } from '../api.ts'
import { addDays, companyZone, dayOf, instantOf } from '../parts/zone.ts'
import { bySwarm, type Swarm } from './swarms.ts'

export type HistoryEntry = Awaited<ReturnType<typeof client.history.list>>['items'][number]
export type Activity = NonNullable<HistoryEntry['activity']>
export type Task = Awaited<ReturnType<typeof client.tasks.list>>['items'][number]

/** Views of pages that belong to one visit, newest first; anything else stands alone. */
export interface Visit {
  readonly visit: string
  readonly pages: readonly HistoryEntry[]
}
export type Shown = HistoryEntry | Visit | Swarm<HistoryEntry>

const PAUSE = 30 * 60_000
const visitOf = (entry: HistoryEntry): string => (typeof entry.props['visit'] === 'string' ? entry.props['visit'] : '')
export const isVisit = (shown: Shown): shown is Visit => 'pages' in shown

/** The lines of a timeline: page views of one visit as one, and what no person opened or clicked of a mail as one. */
export const linesOf = (entries: readonly HistoryEntry[]): Shown[] =>
  bySwarm<HistoryEntry, Visit>(byVisit(entries), (one): one is HistoryEntry => !isVisit(one))

/** Neighbouring page views of one visit as one entry; a single page stays what it is. */
export function byVisit(entries: readonly HistoryEntry[]): (HistoryEntry | Visit)[] {
  const shown: (HistoryEntry | Visit)[] = []
  let pages: HistoryEntry[] = []
  const close = () => {
    const [first] = pages
    if (first) shown.push(pages.length > 1 ? { visit: first.id, pages } : first)
    pages = []
  }
  for (const entry of entries) {
    const last = pages.at(-1)
    const same =
      last &&
      entry.name === 'page.viewed' &&
      visitOf(entry) === visitOf(last) &&
      (visitOf(entry) !== '' || new Date(last.at).getTime() - new Date(entry.at).getTime() < PAUSE)
    if (!same) close()
    if (entry.name === 'page.viewed') pages.push(entry)
    else shown.push(entry)
  }
  close()
  return shown
}

/** What one act brought about has one instant: the act stands below what followed from it. */
const RANK = ['page.', 'form.', 'card.', 'activity.', 'lead.', 'field.', 'consent.']
const rankOf = (name: string): number => {
  const found = RANK.findIndex((start) => name.startsWith(start))
  return found < 0 ? RANK.length : found
}
export const newestFirst = (a: HistoryEntry, b: HistoryEntry): number => b.at.localeCompare(a.at) || rankOf(b.name) - rankOf(a.name)

export type Section = 'overdue' | 'today' | 'upcoming' | 'undated'

/** Which part of a list of open tasks one belongs to, by the company's clock. */
export function sectionOf(task: Pick<Task, 'dueAt'>, now: Date, zone = companyZone()): Section {
  if (task.dueAt === null) return 'undated'
  const due = new Date(task.dueAt)
  if (due < now) return 'overdue'
  return dayOf(due, zone) === dayOf(now, zone) ? 'today' : 'upcoming'
}

export type Delay = 'hour' | 'tomorrow' | 'days' | 'week'
export const DELAYS: readonly Delay[] = ['hour', 'tomorrow', 'days', 'week']

/** The instant a task is put off to: an hour from now, or nine o'clock of a day of the company. */
export function delayed(delay: Delay, now: Date, zone = companyZone()): Date {
  if (delay === 'hour') return new Date(now.getTime() + 3_600_000)
  const today = dayOf(now, zone)
  const weekday = new Date(`${today}T00:00Z`).getUTCDay()
  const day = addDays(today, delay === 'tomorrow' ? 1 : delay === 'days' ? 3 : (8 - weekday) % 7 || 7)
  return new Date(instantOf(`${day}T09:00`, zone) ?? now)
}
