// Who enters a scenario, and what a stored run is to the engine. Pure.

import { dayIn } from '#kernel/calendar.ts'
import { DAY } from '#kernel/clock.ts'
import { bucketOf } from '#kernel/db/buckets.ts'
import { derivedId, type NewEvent, type News } from '#kernel/journal.ts'
import type { Purpose } from '#loop/deliver/tables.ts'
import type { FactValue } from '#loop/identify/facts.ts'
import type { Entry } from '../graph/contract.ts'
import type { HeardEvent, Run } from '../step/state.ts'
import type { RunRow } from './row.ts'

/** Whether somebody who is not on the way now may enter, by when they did last. */
export function mayEnter(entry: Entry, last: Date | undefined, now: Date): boolean {
  if (!last || entry.kind === 'each') return true
  return entry.kind === 'every' && now.getTime() >= last.getTime() + entry.days * DAY
}

/** What stands in the place of a trigger where none was pulled: a hand (or the API), another scenario. No trigger has such an id. */
export const BY_HAND = 'hand'
export const BY_SCENARIO = 'scenario'

/**
 * An answer to what somebody has done themselves reaches those who want no advertising, too. Whom a hand or another scenario has put in has
 * done nothing that it could answer.
 */
export const purposeOf = (purpose: Purpose, trigger: string): Purpose =>
  trigger === BY_HAND || trigger === BY_SCENARIO ? 'marketing' : purpose

/**
 * How often things have gone round when a run goes on by itself: two scenarios that start each other are one circle, also with a wait between.
 * What takes a day is a new beginning.
 */
export const hopOf = ({ hop, entered_at }: Pick<RunRow, 'hop' | 'entered_at'>, now: Date): number =>
  now.getTime() - entered_at.getTime() < DAY ? hop : 0

/** What starts a run: an event, or an instant that a date or schedule names. */
export interface Start {
  readonly personId: string
  readonly scenarioId: string
  readonly version: number
  readonly triggerId: string
  readonly causeId: string
  readonly hop: number
  /** By how many ms it comes after its time, of a trigger that time pulls. */
  readonly late?: number
}

/** A run that begins now. Its id follows from what started it, so the same cause never starts it twice. */
export function newRun(start: Start, now: Date): RunRow {
  return {
    bucket: bucketOf(start.personId),
    person_id: start.personId,
    id: derivedId(start.causeId, 'orchestrate', `run:${start.scenarioId}`),
    scenario_id: start.scenarioId,
    version: start.version,
    step: null,
    arrived_at: now,
    due_at: null,
    heard: null,
    steps: 0,
    trigger_id: start.triggerId,
    cause_id: start.causeId,
    hop: start.hop,
    entered_at: now,
    ended_at: null,
    how: null,
  }
}

/** The run as the engine sees it. */
export function runOf(row: RunRow): Run {
  const ended = row.how === 'merged' ? 'stopped' : row.how
  return {
    id: row.id,
    personId: row.person_id,
    scenarioId: row.scenario_id,
    at: row.step,
    arrivedAt: row.arrived_at,
    dueAt: row.due_at,
    ended,
    heard: row.heard,
    steps: row.steps,
  }
}

/** The row after the engine moved its run. */
export function rowOf(row: RunRow, run: Run, now: Date): RunRow {
  const { at, arrivedAt, dueAt, ended, heard, steps } = run
  return {
    ...row,
    step: at,
    arrived_at: arrivedAt,
    due_at: dueAt,
    heard,
    steps,
    how: ended,
    ended_at: ended ? (row.ended_at ?? now) : null,
  }
}

/** Whether an event starts nothing. What the edit of a rule changed by itself is history to runs: nobody did anything. */
export const isHistory = ({ historic, props }: Pick<NewEvent, 'historic' | 'props'>): boolean =>
  historic === true || props['byEdit'] === true

/** Runs in turns: of each person first the one whose time came first, then the next. */
export function turnsOf(runs: readonly RunRow[]): RunRow[][] {
  if (new Set(runs.map((run) => run.person_id)).size === runs.length) return runs.length ? [[...runs]] : []
  const turns: RunRow[][] = []
  const taken = new Map<string, number>()
  for (const run of [...runs].sort(byDue)) {
    const n = taken.get(run.person_id) ?? 0
    taken.set(run.person_id, n + 1)
    turns[n] = [...(turns[n] ?? []), run]
  }
  return turns
}

const NEVER = Number.POSITIVE_INFINITY
const byDue = (a: RunRow, b: RunRow): number => {
  const [one, other] = [a.due_at?.getTime() ?? NEVER, b.due_at?.getTime() ?? NEVER]
  return one === other ? (a.id < b.id ? -1 : 1) : one - other
}

/** News as a run hears it. */
export function heardOf(news: News): HeardEvent {
  const { eventId, name, props, pageGroup, receivedAt } = news
  return { eventId, name, props, pageGroup, receivedAt, historic: isHistory(news) }
}

/** Reasons kept with an answer. */
export const MOST_REASONS = 5

/** The day that stands in a field, `YYYY-MM-DD`; null when there is none. @param zone in which an instant has its day */
export function dayOf(value: FactValue | undefined, zone: string): string | null {
  if (value instanceof Date) return dayIn(zone, value)
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) ? value.slice(0, 10) : null
}
