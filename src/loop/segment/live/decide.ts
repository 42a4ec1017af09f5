// Pure: which rules read what, which of them an event touches, and what evaluating them changes.
import type { Fact } from '#loop/identify/facts.ts'
import type { EventMatch } from '#loop/score/condition/contract.ts'
import { lengthOf, matches, type SeenEvent, streamKey, type Value } from '#loop/score/condition/decide.ts'
import { evaluate, type Known, leafKey, NOTHING_KNOWN, truthOf } from '../evaluate/decide.ts'
import { askedIn, askedOf, leavesOf, type Preceding, type Reason, type Rule } from '../rules/contract.ts'

/** A version of a segment that reactions evaluate: the live one, or one being filled beside it. */
export interface OpenSegment {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly isLive: boolean
  readonly audience: 'leads' | 'everyone'
  readonly rule: Rule
}

/** Events that a rule counts: how many of the newest must be known, and how far back (ms, null: for ever). */
export interface Stream {
  readonly key: string
  readonly match: EventMatch
  /** Counted only with one of these before it. */
  readonly after?: Preceding | undefined
  readonly most: number
  readonly back: number | null
}

/** What a rule reads. */
export interface Reads {
  readonly streams: readonly Stream[]
  readonly firsts: readonly Stream[]
  /** By what is asked of them (`askedOf`). */
  readonly facts: readonly string[]
  readonly segments: readonly string[]
  /** True of a person of whom nothing is known, or will be by time alone: must be evaluated for everybody once. */
  readonly isVacuous: boolean
}

/** Everything that a rule reads of a person. */
export function readsOf(rule: Rule, zone: string): Reads {
  const streams: Stream[] = []
  const firsts: Stream[] = []
  const facts = new Set<string>()
  const segments = new Set<string>()
  for (const { leaf } of leavesOf(rule)) {
    if (leaf.kind === 'fact') facts.add(askedOf(leaf))
    if (leaf.kind === 'segment') segments.add(leaf.segment)
    if (leaf.kind === 'first') firsts.push({ key: streamKey(leaf.match), match: leaf.match, most: 1, back: null })
    if (leaf.kind === 'event') {
      const most = leaf.count.n + (leaf.count.op === 'atLeast' ? 0 : 1)
      const back = leaf.period.kind === 'last' ? lengthOf(leaf.period) : null
      // Five more than needed are shown as reasons at no cost worth naming.
      streams.push({ key: leafKey(leaf.match, leaf.after), match: leaf.match, after: leaf.after, most: Math.max(most, 5), back })
    }
  }
  const blank = truthOf(rule, NOTHING_KNOWN, 0, zone)
  const isVacuous = blank.isIn || blank.nextChangeAt !== null
  return { streams: merged(streams), firsts: merged(firsts), facts: [...facts], segments: [...segments], isVacuous }
}

/** One stream per key: the largest threshold and the longest window that anyone asks. */
export function merged(streams: readonly Stream[]): Stream[] {
  const byKey = new Map<string, Stream>()
  for (const stream of streams) {
    const found = byKey.get(stream.key)
    const back = found && (found.back === null || stream.back === null) ? null : Math.max(found?.back ?? 0, stream.back ?? 0)
    byKey.set(stream.key, found ? { ...found, most: Math.max(found.most, stream.most), back } : stream)
  }
  return [...byKey.values()]
}

/** The rules by what wakes them, so that an event touches only those that read it. */
export interface Index {
  readonly segments: readonly OpenSegment[]
  readonly reads: ReadonlyMap<OpenSegment, Reads>
  /** Rules reading events of a name, with the match that decides. */
  readonly byEvent: ReadonlyMap<string, readonly { readonly match: EventMatch; readonly segment: OpenSegment }[]>
  /** Rules reading a fact that may differ after an event of the name. */
  readonly byAfter: ReadonlyMap<string, readonly OpenSegment[]>
  /** Rules reading a fact, and rules reading membership of a segment. */
  readonly byFact: ReadonlyMap<string, readonly OpenSegment[]>
  readonly bySegment: ReadonlyMap<string, readonly OpenSegment[]>
  readonly vacuous: readonly OpenSegment[]
}

/** The name of a version of a segment. */
export const versionKey = ({ id, version }: { readonly id: string; readonly version: number }): string => `${id}/${version}`

/** Builds the index of the open rules. */
export function indexOf(segments: readonly OpenSegment[], facts: ReadonlyMap<string, Fact>, zone: string): Index {
  const reads = new Map(segments.map((segment) => [segment, readsOf(segment.rule, zone)]))
  const byEvent = new Map<string, { match: EventMatch; segment: OpenSegment }[]>()
  const byAfter = new Map<string, OpenSegment[]>()
  const byFact = new Map<string, OpenSegment[]>()
  const bySegment = new Map<string, OpenSegment[]>()
  for (const [segment, read] of reads) {
    // Of a pair the first may come late: both of them wake the rule.
    for (const { match, after } of [...read.streams, ...read.firsts])
      for (const one of after ? [match, after.match] : [match]) put(byEvent, one.event, { match: one, segment })
    for (const name of new Set(read.facts.map((asked) => askedIn(asked).fact))) {
      put(byFact, name, segment)
      for (const after of facts.get(name)?.after ?? []) put(byAfter, after, segment)
    }
    for (const id of read.segments) put(bySegment, id, segment)
  }
  const vacuous = segments.filter((segment) => reads.get(segment)?.isVacuous)
  return { segments, reads, byEvent, byAfter, byFact, bySegment, vacuous }
}

function put<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** After these a person may belong to any segment: they became a lead, or their history is another one. */
export const REBORN: ReadonlySet<string> = new Set([
  'lead.created',
  'lead.named',
  'lead.adopted',
  'lead.released',
  'mail.rejudged',
  'lead.trashed',
  'lead.restored',
])

/** The rules that news of one person touch. `has` tells for which rules there is a row already. */
export function touchedBy(
  index: Index,
  news: readonly SeenEvent[],
  changed: ReadonlySet<string>,
  has: (segment: OpenSegment) => boolean,
): Set<OpenSegment> {
  if (news.some((event) => REBORN.has(event.name))) return new Set(index.segments)
  const touched = new Set<OpenSegment>()
  const add = (segments: readonly OpenSegment[] | undefined) => {
    for (const segment of segments ?? []) touched.add(segment)
  }
  for (const event of news) {
    for (const { match, segment } of index.byEvent.get(event.name) ?? [])
      if (!touched.has(segment) && matches(match, event)) touched.add(segment)
    add(index.byAfter.get(event.name))
    if (event.name === 'segment.entered' || event.name === 'segment.left') add(index.bySegment.get(String(event.props['segment'])))
  }
  if (changed.size) for (const [fact, segments] of index.byFact) if (changed.has(fact) || isOfChangedScore(fact, changed)) add(segments)
  if (news.length) add(index.vacuous.filter((segment) => !has(segment)))
  return touched
}

/** `score.main` changed: so may have `score.main.total` and every other column of it. */
function isOfChangedScore(fact: string, changed: ReadonlySet<string>): boolean {
  return fact.startsWith('score.') && changed.has(fact.split('.').slice(0, 2).join('.'))
}

/** A membership as it is kept. */
export interface Standing {
  readonly isIn: boolean
  readonly since: Date
  readonly nextChangeAt: Date | null
}

/** What an evaluation makes of a membership: the row to keep (null: none) and whether the person came or went, and when exactly. */
export interface Outcome {
  readonly keep: (Standing & { readonly because: readonly Reason[] }) | null
  readonly flip: 'entered' | 'left' | null
  readonly at: Date
}

/** Never more lapses than this are walked through one by one; a person asleep longer is judged at `now`. */
const MOST_LAPSES = 12

/**
 * Judges a membership at `now`. A change that time brought happened at its exact instant, not when we got round to it: instants passed
 * since the row was written are walked through in order, and `since` is the last one that flipped.
 */
export function judge(rule: Rule, known: Known, isEligible: boolean, before: Standing | undefined, now: Date, zone: string): Outcome {
  const wasIn = before?.isIn ?? false
  if (!isEligible) return { keep: null, flip: wasIn ? 'left' : null, at: now }
  let since = before?.since ?? now
  let state = wasIn
  let at = before?.nextChangeAt ?? null
  for (let i = 0; i < MOST_LAPSES && at !== null && at.getTime() <= now.getTime(); i++) {
    const lapsed = truthOf(rule, known, at.getTime(), zone)
    if (lapsed.isIn !== state) [state, since] = [lapsed.isIn, at]
    at = lapsed.nextChangeAt === null ? null : new Date(lapsed.nextChangeAt)
  }
  const answer = truthOf(rule, known, now.getTime(), zone)
  if (answer.isIn !== state) since = now
  const nextChangeAt = answer.nextChangeAt === null ? null : new Date(answer.nextChangeAt)
  const keep =
    answer.isIn || nextChangeAt
      ? { isIn: answer.isIn, since, nextChangeAt, because: evaluate(rule, known, now.getTime(), zone).because }
      : null
  return { keep, flip: answer.isIn === wasIn ? null : answer.isIn ? 'entered' : 'left', at: answer.isIn === wasIn ? now : since }
}

/** So many are judged before it is asked whether any of them are alike. */
const TRIED = 64

/**
 * `judge` for many people at one instant. Of a crowd that did the same at the same time everybody is judged alike: the outcome is found once,
 * and shared. Where nobody is like another it is not looked for any longer.
 */
export function judging(now: Date, zone: string) {
  const outcomes = new Map<OpenSegment, Map<string, Outcome>>()
  let [asked, found] = [0, 0]
  return (segment: OpenSegment, reads: Reads, known: Known, isEligible: boolean, before: Standing | undefined): Outcome => {
    if (asked > TRIED && found * 2 < asked) return judge(segment.rule, known, isEligible, before, now, zone)
    const ofSegment = outcomes.get(segment) ?? new Map<string, Outcome>()
    if (!ofSegment.size) outcomes.set(segment, ofSegment)
    const key = likenessOf(reads, known, isEligible, before)
    const same = ofSegment.get(key)
    asked++
    if (same) found++
    const outcome = same ?? judge(segment.rule, known, isEligible, before, now, zone)
    if (!same) ofSegment.set(key, outcome)
    return outcome
  }
}

/** Everything that judging a person under a rule reads of them, as a text. */
function likenessOf(reads: Reads, known: Known, isEligible: boolean, before: Standing | undefined): string {
  let text = `${isEligible} ${before?.isIn} ${before?.since.getTime()} ${before?.nextChangeAt?.getTime()}`
  for (const { key } of reads.streams) text += `;${known.streams.get(key)?.join() ?? ''}`
  for (const { key } of reads.firsts) text += `;${known.firsts.get(key)}`
  for (const id of reads.segments) text += `;${known.segments.has(id)}`
  for (const asked of reads.facts) text += `;${valueText(known.values.get(asked))};${known.turns?.get(asked)}`
  return text
}

function valueText(value: Value | undefined): string {
  if (value instanceof Date) return `at ${value.getTime()}`
  return typeof value === 'string' || Array.isArray(value) ? JSON.stringify(value) : String(value)
}
