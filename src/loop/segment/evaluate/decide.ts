// What a rule means: one pure function for live membership, "why", fills and simulation.
import type { EventMatch } from '#loop/score/condition/contract.ts'
import { holds, lengthOf, streamKey, type Truth, type Value } from '#loop/score/condition/decide.ts'
import {
  askedOf,
  type Count,
  type EventLeaf,
  type FactLeaf,
  type FirstLeaf,
  type Leaf,
  type Period,
  type Preceding,
  type Reason,
  type Rule,
  type SegmentLeaf,
} from '../rules/contract.ts'

/** What is known of one person: only what the rules at hand read. */
export interface Known {
  /** By what is asked (`askedOf`). */
  readonly values: ReadonlyMap<string, Value>
  /** Instants (ms) of the newest matching events by stream, newest first, at least as many as the largest threshold of the stream. */
  readonly streams: ReadonlyMap<string, readonly number[]>
  /** The first matching event ever (ms) by stream. */
  readonly firsts: ReadonlyMap<string, number>
  readonly segments: ReadonlySet<string>
  /** Instants (ms) at which time alone changes a value, by fact. */
  readonly turns?: ReadonlyMap<string, number>
}

/** An answer: whether the person is in, when time alone can change that (ms, null: never), and the leaves that decided it. */
export interface Answer extends Truth {
  readonly because: readonly Reason[]
}

/** Nothing known: the answer for a person who did nothing and has no values. */
export const NOTHING_KNOWN: Known = { values: new Map(), streams: new Map(), firsts: new Map(), segments: new Set() }

/**
 * Evaluates a rule. Counts have no upper bound in time: an event dated ahead counts at once.
 * @param now ms; windows are half-open, an event at t counts for a window w while now < t + w
 * @param zone the company's time zone, for rules that speak of days
 */
export function evaluate(rule: Rule, known: Known, now: number, zone: string): Answer {
  const answer = explain(rule, known, now, zone)
  return { ...answer, because: answer.because.filter((reason) => reason.isIn === wanted(rule, reason, answer.isIn)) }
}

/** The same without the reasons, which cost more than the answer: most rules that an event touches leave a person out, and nobody asks why. */
export function truthOf(rule: Rule, known: Known, now: number, zone: string): Truth {
  return walk(rule, '', { known, now, zone, because: null })
}

/** The same with every leaf in `because`, those that did not decide included: what "why" shows. */
export function explain(rule: Rule, known: Known, now: number, zone: string): Answer {
  const because: Reason[] = []
  const truth = walk(rule, '', { known, now, zone, because })
  return { ...truth, because }
}

interface Walk {
  readonly known: Known
  readonly now: number
  readonly zone: string
  /** Null where nobody asks for reasons. */
  readonly because: Reason[] | null
}

function walk(node: Rule, path: string, w: Walk): Truth {
  if (node.kind === 'not') {
    const { isIn, nextChangeAt } = walk(node.rule, step(path, 0), w)
    return { isIn: !isIn, nextChangeAt }
  }
  if (node.kind === 'and' || node.kind === 'or') {
    const parts = node.rules.map((part, i) => walk(part, step(path, i), w))
    return node.kind === 'and' ? allOf(parts) : anyOf(parts)
  }
  return leafTruth(node, path, w)
}

const step = (path: string, i: number): string => (path ? `${path}.${i}` : String(i))

/** True at the earliest of its parts; false until the *latest* of its false parts can turn: half as many armed rows as the plain minimum. */
function allOf(parts: readonly Truth[]): Truth {
  const blocking = parts.filter((part) => !part.isIn)
  return blocking.length ? { isIn: false, nextChangeAt: latest(blocking) } : { isIn: true, nextChangeAt: earliest(parts) }
}

function anyOf(parts: readonly Truth[]): Truth {
  const carrying = parts.filter((part) => part.isIn)
  return carrying.length ? { isIn: true, nextChangeAt: latest(carrying) } : { isIn: false, nextChangeAt: earliest(parts) }
}

function earliest(parts: readonly Truth[]): number | null {
  const at = parts.map((part) => part.nextChangeAt).filter((one) => one !== null)
  return at.length ? Math.min(...at) : null
}

/** Null as soon as one part never changes: it holds the whole where it is. */
function latest(parts: readonly Truth[]): number | null {
  const at = parts.map((part) => part.nextChangeAt).filter((one) => one !== null)
  return at.length === parts.length ? Math.max(...at) : null
}

type Found = Pick<Reason, 'value' | 'times' | 'seen'>
/** Of each kind of leaf: whether it holds, and what was found that shows it. */
type Leaves = {
  readonly [K in Leaf['kind']]: {
    readonly truth: (leaf: Extract<Leaf, { kind: K }>, w: Walk) => Truth
    readonly found: (leaf: Extract<Leaf, { kind: K }>, w: Walk) => Found
  }
}

const leaves: Leaves = {
  fact: { truth: factTruth, found: (leaf, { known }) => ({ value: plain(known.values.get(askedOf(leaf)) ?? null) }) },
  event: { truth: (leaf, w) => counted(timesOf(leaf, w), leaf.count, leaf.period), found: eventFound },
  first: { truth: firstTruth, found: firstFound },
  segment: { truth: segmentTruth, found: () => ({}) },
}

function leafTruth(leaf: Leaf, path: string, w: Walk): Truth {
  const of = leaves[leaf.kind] as { truth: (leaf: Leaf, w: Walk) => Truth; found: (leaf: Leaf, w: Walk) => Found }
  const truth = of.truth(leaf, w)
  const { isIn, nextChangeAt } = truth
  w.because?.push({ path, isIn, ...of.found(leaf, w), until: nextChangeAt === null ? null : new Date(nextChangeAt).toISOString() })
  return truth
}

function factTruth(leaf: FactLeaf, { known, now, zone }: Walk): Truth {
  const asked = askedOf(leaf)
  const truth = holds(leaf.is, known.values.get(asked) ?? null, now, zone)
  const turn = known.turns?.get(asked) ?? null
  return turn === null ? truth : { isIn: truth.isIn, nextChangeAt: earliest([truth, { isIn: true, nextChangeAt: turn }]) }
}

function plain(value: Value): NonNullable<Reason['value']> | null {
  if (value instanceof Date) return value.toISOString()
  return Array.isArray(value) ? [...value] : (value as string | number | boolean | null)
}

function timesOf({ match, after, period }: EventLeaf, { known, now }: Walk): readonly number[] {
  return inPeriod(known.streams.get(leafKey(match, after)) ?? [], period, now)
}

function eventFound(leaf: EventLeaf, w: Walk): Found {
  const times = timesOf(leaf, w)
  return { times: times.slice(0, 5).map((at) => new Date(at).toISOString()), seen: times.length }
}

/** The name of the stream of events that a leaf counts. */
export function leafKey(match: EventMatch, after: Preceding | undefined): string {
  return after ? `${streamKey(after.match)}>${lengthOf(after.within)}>${streamKey(match)}` : streamKey(match)
}

function inPeriod(times: readonly number[], period: Period, now: number): readonly number[] {
  if (period.kind === 'ever') return times
  const after = period.kind === 'since' ? Date.parse(period.at) - 1 : now - lengthOf(period)
  const oldest = times.at(-1)
  return oldest === undefined || oldest > after ? times : times.filter((at) => at > after)
}

function counted(times: readonly number[], { op, n }: Count, period: Period): Truth {
  const enough = (k: number): Truth => {
    const kth = k === 0 ? undefined : times[k - 1]
    if (k === 0 || (kth !== undefined && period.kind !== 'last')) return { isIn: true, nextChangeAt: null }
    return kth === undefined || period.kind !== 'last'
      ? { isIn: false, nextChangeAt: null }
      : { isIn: true, nextChangeAt: kth + lengthOf(period) }
  }
  if (op === 'atLeast') return enough(n)
  const tooMany = enough(n + 1)
  const few = { isIn: !tooMany.isIn, nextChangeAt: tooMany.nextChangeAt }
  return op === 'atMost' ? few : allOf([enough(n), few])
}

function firstTruth({ match, period }: FirstLeaf, { known, now }: Walk): Truth {
  const at = known.firsts.get(streamKey(match))
  if (at === undefined) return { isIn: false, nextChangeAt: null }
  const isIn = inPeriod([at], period, now).length > 0
  return { isIn, nextChangeAt: isIn && period.kind === 'last' ? at + lengthOf(period) : null }
}

function firstFound({ match }: FirstLeaf, { known }: Walk): Found {
  const at = known.firsts.get(streamKey(match))
  return { times: at === undefined ? [] : [new Date(at).toISOString()] }
}

function segmentTruth({ segment, isIn }: SegmentLeaf, { known }: Walk): Truth {
  return { isIn: known.segments.has(segment) === isIn, nextChangeAt: null }
}

/** A leaf below an odd number of NOTs speaks for the answer when it is the other way round. */
function wanted(root: Rule, { path }: Reason, isIn: boolean): boolean {
  let node = root
  let same = isIn
  for (const i of path === '' ? [] : path.split('.').map(Number)) {
    if (node.kind === 'not') same = !same
    node = node.kind === 'not' ? node.rule : ((node.kind === 'and' || node.kind === 'or' ? node.rules[i] : undefined) ?? node)
  }
  return same
}
