// Segments that did not exist yet: who would have come in or gone out, by their rule of today. Pure but for what it remembers.
import { derivedId } from '#kernel/journal.ts'
import { matches } from '#loop/score/condition/decide.ts'
import { evaluate } from '#loop/segment/evaluate/decide.ts'
import { knownAt, type Past } from '../past/decide.ts'
import { newTimers, nextTimer, setTimer, type Timers } from './heap.ts'
import type { Told, Watched } from './stage.ts'

interface State {
  isIn: boolean
  due: number | null
}

/** What is remembered of people by now. */
export interface Watch {
  readonly segments: readonly Watched[]
  readonly zone: string
  readonly states: Map<string, State>
  readonly timers: Timers<{ readonly segment: Watched; readonly past: Past }>
}

export const newWatch = (segments: readonly Watched[], zone: string): Watch => ({ segments, zone, states: new Map(), timers: newTimers() })

/** Whether an event may let its person in or out of a segment that is computed. */
export function touches(watch: Watch, { event }: Told): boolean {
  return watch.segments.some((one) => isRead(one, event) && event.receivedAt.getTime() < one.until)
}

function isRead(one: Watched, event: Told['event']): boolean {
  if (one.after.has(event.name)) return true
  return [...one.reads.streams, ...one.reads.firsts].some(
    (stream) => matches(stream.match, event) || (stream.after !== undefined && matches(stream.after.match, event)),
  )
}

/** Whether somebody would have been in. */
export function wouldBeIn(one: Watched, past: Past, at: number, zone: string): { isIn: boolean; nextChangeAt: number | null } {
  if (one.audience === 'leads' && (past.identifiedAt === null || past.identifiedAt > at)) return { isIn: false, nextChangeAt: null }
  return evaluate(one.rule, knownAt(past, one.reads, at).known, at, zone)
}

/** What an event changes; the events a live segment would have told. */
export function watch(of: Watch, told: Told, past: Past): Told[] {
  const at = told.event.receivedAt.getTime()
  return of.segments.flatMap((one) => (at < one.until && isRead(one, told.event) ? judge(of, one, past, at, told) : []))
}

/** What time alone changes until an instant. */
export function watchUntil(of: Watch, until: number): Told[] {
  const changed: Told[] = []
  for (let due = nextTimer(of.timers, until); due; due = nextTimer(of.timers, until)) {
    const { segment, past } = due.what
    const state = of.states.get(keyOf(segment, past))
    if (state?.due === due.at && due.at < segment.until) changed.push(...judge(of, segment, past, due.at, null))
  }
  return changed
}

const keyOf = (one: Watched, past: Past): string => `${past.id} ${one.id}`

function judge(of: Watch, one: Watched, past: Past, at: number, by: Told | null): Told[] {
  const key = keyOf(one, past)
  const before = of.states.get(key)?.isIn ?? wouldBeIn(one, past, at - 1, of.zone).isIn
  const { isIn, nextChangeAt } = wouldBeIn(one, past, at, of.zone)
  of.states.set(key, { isIn, due: nextChangeAt })
  if (nextChangeAt !== null) setTimer(of.timers, nextChangeAt, { segment: one, past })
  if (isIn === before) return []
  const name = isIn ? 'segment.entered' : 'segment.left'
  const eventId = derivedId(by?.event.eventId ?? past.id, 'simulate', `${name} ${one.id}`, at)
  const event = {
    name,
    props: { segment: one.id, name: one.name },
    pageGroup: null,
    eventId,
    receivedAt: new Date(at),
    historic: by?.event.historic ?? false,
  }
  return [{ personId: past.id, bucket: past.bucket, hop: (by?.hop ?? 0) + 1, occurred: at, causeId: eventId, event }]
}
