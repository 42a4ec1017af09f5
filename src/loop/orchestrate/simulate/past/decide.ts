// What was known of a person at an instant of the past, as far as the journal and the ledger hold it. Pure.

import type { Reachable } from '#loop/deliver/outbox/decide.ts'
import { MAIL_BASIS, MAIL_STOP } from '#loop/identify/decide.ts'
import { lengthOf, matches, type SeenEvent, streamKey, type Value } from '#loop/score/condition/decide.ts'

import type { Known } from '#loop/segment/evaluate/decide.ts'
import type { Reads, Stream } from '#loop/segment/live/decide.ts'

/** A change of a value: what it was before, where the journal says so. */
export interface Change {
  readonly at: number
  readonly before?: Value
}

/** A value as it is today, and the instants at which it changed, oldest first. */
export interface Course {
  readonly today: Value
  readonly changes: readonly Change[]
  /** The journal tells of every change of it. */
  readonly isTold: boolean
}

export interface Seen {
  readonly occurred: number
  readonly received: number
}

/** A word in the ledger of consent. */
export interface Word {
  readonly at: number
  readonly purpose: string
  readonly given: boolean
  readonly basis: string
  readonly until: number | null
}

/** A mail that really went to the person. */
export interface Sent {
  readonly at: number
  readonly isMarketing: boolean
  /** What it was of: a newsletter or a scenario, by id. */
  readonly from: string
  readonly what: string
}

/** What became of a mail that really went to the person, of a template that is played. */
export interface Reaction {
  readonly what: string
  readonly template: string
  readonly sentAt: number
  readonly events: readonly { readonly at: number; readonly name: string; readonly url: string }[]
}

/** Everything that is looked up of a person at once. */
export interface Past {
  readonly id: string
  readonly bucket: number
  readonly companyId: string | null
  readonly identifiedAt: number | null
  readonly values: ReadonlyMap<string, Course>
  /** Events by stream, newest first. */
  readonly streams: ReadonlyMap<string, readonly Seen[]>
  readonly stays: ReadonlyMap<string, readonly { readonly from: number; readonly to: number }[]>
  readonly reach: Reachable | undefined
  /** Oldest first. */
  readonly words: readonly Word[]
  readonly sends: readonly Sent[]
  readonly reactions: readonly Reaction[]
  /** When they did something themselves, oldest first; empty where no trigger asks. */
  readonly seen: readonly number[]
  readonly createdAt: number
  /** When they read mails, oldest first; empty where no wait asks. */
  readonly reads: readonly number[]
}

/** What a simulated run did to a person: it lies over what is known of them. */
export interface Overlay {
  readonly values: Map<string, (value: Value) => Value>
  readonly events: { readonly event: SeenEvent; readonly at: number }[]
}

/** A value at an instant, and whether it is only today's because nobody wrote down what it was. */
export function valueAt({ today, changes, isTold }: Course, at: number): { readonly value: Value; readonly isTodays: boolean } {
  const next = changes.find((change) => change.at > at)
  if (!next) return { value: today, isTodays: !isTold }
  return next.before === undefined ? { value: today, isTodays: true } : { value: next.before, isTodays: false }
}

/** What rules may read of a person at an instant. `todays` are the facts that are only known as they are today. */
export function knownAt(past: Past, reads: Reads, at: number, overlay?: Overlay): { readonly known: Known; readonly todays: string[] } {
  const todays: string[] = []
  const values = new Map<string, Value>()
  for (const name of reads.facts) {
    const course = past.values.get(name)
    const found = course ? valueAt(course, at) : { value: null, isTodays: true }
    if (found.isTodays) todays.push(name)
    const laid = overlay?.values.get(name)
    values.set(name, laid ? laid(found.value) : found.value)
  }
  const streams = new Map(reads.streams.map((stream) => [stream.key, timesOf(past, stream, at, overlay)]))
  const firsts = new Map(reads.firsts.flatMap((stream) => firstOf(past, stream, at, overlay)))
  const segments = new Set(reads.segments.filter((id) => past.stays.get(id)?.some((stay) => stay.from <= at && at < stay.to)))
  return { known: { values, streams, firsts, segments }, todays }
}

/** Newest first. */
function timesOf(past: Past, stream: Stream, at: number, overlay: Overlay | undefined): number[] {
  const real = (past.streams.get(stream.key) ?? []).filter((seen) => seen.received <= at).map((seen) => seen.occurred)
  const played = (overlay?.events ?? []).filter((one) => one.at <= at && matches(stream.match, one.event)).map((one) => one.at)
  return played.length ? [...real, ...played].sort((a, b) => b - a) : real
}

function firstOf(past: Past, stream: Stream, at: number, overlay: Overlay | undefined): [string, number][] {
  const times = timesOf(past, { ...stream, key: firstKey(stream) }, at, overlay)
  const first = times.at(-1)
  return first === undefined ? [] : [[stream.key, first]]
}

/** First events are kept beside streams of the same events, which may look back less far. */
export const firstKey = (stream: Stream): string => `first ${stream.key}`

/** An event of a person as it lies in the journal. */
export interface Lying extends SeenEvent, Seen {}

/** The events of a person by stream. Of pairs only those count that have the first before them. */
export function streamsOf(reads: Reads, events: readonly Lying[]): Map<string, Seen[]> {
  const newest = [...events].sort((a, b) => b.occurred - a.occurred)
  const found = new Map<string, Seen[]>()
  for (const stream of reads.streams) found.set(stream.key, ofStream(stream, newest))
  for (const stream of reads.firsts) found.set(firstKey(stream), ofStream(stream, newest))
  return found
}

function ofStream({ match, after }: Stream, newest: readonly Lying[]): Seen[] {
  const mine = newest.filter((event) => matches(match, event))
  if (!after) return mine
  const before = newest.filter((event) => matches(after.match, event))
  const window = lengthOf(after.within)
  return mine.filter((event) => before.some((one) => one.occurred < event.occurred && one.occurred > event.occurred - window))
}

/** Of which events a rule must know the matches, by the key they are loaded under. */
export function matchesRead(reads: Reads): Stream[] {
  const all = [...reads.streams, ...reads.firsts]
  return [
    ...all,
    ...all.flatMap((one) => (one.after ? [{ ...one, key: streamKey(one.after.match), match: one.after.match, back: null }] : [])),
  ]
}

const STOP: Readonly<Record<string, number>> = MAIL_STOP
const BASIS: Readonly<Record<string, number>> = MAIL_BASIS

/** Whether a person could be reached at an instant: what the ledger has been told since is taken back. */
export function reachAt(past: Past, at: number): Reachable | undefined {
  const now = past.reach
  if (!now) return undefined
  const identified = past.identifiedAt !== null && past.identifiedAt <= at
  const marketing = past.words.filter((word) => word.purpose === 'marketing')
  const pause = past.words.findLast((word) => word.purpose === 'pause' && word.at <= at)
  const paused = pause !== undefined && !pause.given && (pause.until ?? 0) > at
  if (!marketing.some((word) => word.at > at)) return { ...now, identified, paused }
  const last = marketing.findLast((word) => word.at <= at)
  if (!last) return { ...now, identified, paused, mailStop: 0, mailBasis: 0, proof: false }
  if (!last.given) return { ...now, identified, paused, mailStop: STOP[last.basis] ?? 2 }
  return { ...now, identified, paused, mailStop: 0, mailBasis: Math.max(now.mailBasis, BASIS[last.basis] ?? 1), proof: true }
}
