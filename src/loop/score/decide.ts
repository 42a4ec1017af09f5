// Pure: what events and attributes earn, what the sums are, and when time changes them.
import { DAY } from '#kernel/clock.ts'
import type { JsonObject } from '#kernel/json.ts'
import { holds, matches, type SeenEvent, type Value } from './condition/decide.ts'
import {
  type AttributeRule,
  type BehaviourRule,
  GIVEN_POINTS,
  type Heat,
  type Rank,
  type ScoreRule,
  type ScoreSettings,
} from './rules/contract.ts'

/** An event as the reactor knows it. */
export interface ScoredEvent extends SeenEvent {
  readonly eventId: string
  readonly occurredAt: Date
}

/** A line of the ledger. */
export interface Entry {
  readonly ruleId: string
  readonly eventId: string
  readonly kind: 'attribute' | 'behaviour'
  readonly delta: number
  readonly at: Date
  readonly expiresAt: Date | null
  readonly because: JsonObject | null
}

export const behaviourRules = (rules: readonly ScoreRule[]): BehaviourRule[] => rules.filter((rule) => rule.kind === 'behaviour')
export const attributeRules = (rules: readonly ScoreRule[]): AttributeRule[] => rules.filter((rule) => rule.kind === 'attribute')

/** How many events of a rule earn points; null: all. */
export function mostOf(rule: BehaviourRule): number | null {
  return rule.limit.kind === 'each' ? null : rule.limit.kind === 'once' ? 1 : rule.limit.times
}

/** The entry that an event earns by a rule. */
export function entryOf(rule: BehaviourRule, event: ScoredEvent): Entry {
  const expiresAt = rule.expiresDays === null ? null : new Date(event.occurredAt.getTime() + rule.expiresDays * DAY)
  return { ruleId: rule.id, eventId: event.eventId, kind: 'behaviour', delta: rule.points, at: event.occurredAt, expiresAt, because: null }
}

/** The events that a rule means. */
export function earning(rule: BehaviourRule, events: readonly ScoredEvent[]): ScoredEvent[] {
  return events.filter((event) => matches(rule.match, event))
}

/** The event by which points are given, by a person or a scenario. */
export const GIVEN_EVENT = 'points.added'

/** Points that a person or a scenario gave: `points.added` with `model` and `points`. */
export function givenEntries(model: string, events: readonly ScoredEvent[]): Entry[] {
  return events
    .filter((event) => event.name === GIVEN_EVENT && event.props['model'] === model && Number.isInteger(event.props['points']))
    .map((event) => ({
      ruleId: GIVEN_POINTS,
      eventId: event.eventId,
      kind: 'behaviour',
      delta: Math.max(-10_000, Math.min(10_000, Number(event.props['points']))),
      at: event.occurredAt,
      expiresAt: null,
      because: { reason: event.props['reason'] ?? null },
    }))
}

/** Which attribute rules hold, and the first instant at which time alone changes one. */
export function attributesOf(rules: readonly AttributeRule[], values: ReadonlyMap<string, Value>, now: number, zone: string) {
  const asked = rules.map((rule) => ({ rule, truth: holds(rule.is, values.get(rule.fact) ?? null, now, zone) }))
  const changes = asked.map(({ truth }) => truth.nextChangeAt).filter((at) => at !== null)
  return { holding: asked.filter(({ truth }) => truth.isIn).map(({ rule }) => rule), dueAt: changes.length ? Math.min(...changes) : null }
}

/** Sums of a ledger at an instant, as the database gives them. */
export interface Sums {
  readonly attributePlus: number
  readonly attributeMinus: number
  readonly behaviourPlus: number
  readonly behaviourMinus: number
  readonly recent: number
  /** Behaviour points, each halved by its age; 0 without a half-life. */
  readonly decayed: number
  /** The most recent points there ever were at one time since the last silence of a whole window; null where nobody asks. */
  readonly peak?: number | null
  /** The oldest behaviour entry still in the recent window, the next entry to expire. */
  readonly oldestRecent: Date | null
  readonly nextExpiry: Date | null
}

export const totalOf = (sums: Pick<Sums, 'attributePlus' | 'attributeMinus' | 'behaviourPlus' | 'behaviourMinus'>): number =>
  sums.attributePlus + sums.attributeMinus + sums.behaviourPlus + sums.behaviourMinus

/** What heat and rank are read from. */
function readFrom(settings: ScoreSettings, sums: Sums): number {
  if (settings.heatBy === 'total') return totalOf(sums)
  return settings.heatBy === 'recent' ? sums.recent : sums.decayed + sums.attributePlus + sums.attributeMinus
}

/** Whether heat, once hot, waits for silence. */
export const isHeld = (settings: ScoreSettings): boolean => settings.heatBy === 'recent' && settings.hotUntilSilent === true

/** Hot, warm or cold by the column that the settings name. */
export function heatOf(settings: ScoreSettings, sums: Sums): Heat {
  const n = readFrom(settings, sums)
  const holds = isHeld(settings) && sums.oldestRecent !== null && (sums.peak ?? Number.NEGATIVE_INFINITY) >= settings.hotAt
  return n >= settings.hotAt || holds ? 'hot' : n >= settings.warmAt ? 'warm' : 'cold'
}

/** The first rank whose band the value reaches; null below all of them, or without ranks. */
export function rankOf(settings: ScoreSettings, sums: Sums): Rank | null {
  const n = readFrom(settings, sums)
  return settings.ranks.find((band) => n >= band.at)?.name ?? null
}

/** Of the logarithm, in ms: far above it, far below what anyone sees. */
const ROUNDING = 0.001

/**
 * The next instant (ms) at which a halving score crosses a threshold of heat or rank: V · 2^(−t/H) = θ at t = H · log2(V/θ).
 * A millisecond later it lies surely beyond. Null where it never will.
 */
export function crossingOf(settings: ScoreSettings, sums: Sums, now: number): number | null {
  if (settings.heatBy !== 'decayed' || settings.halfLifeDays === null || sums.decayed === 0) return null
  const steady = sums.attributePlus + sums.attributeMinus
  const waits = [settings.hotAt, settings.warmAt, ...settings.ranks.map((band) => band.at)]
    .map((at) => sums.decayed / (at - steady))
    .filter((ratio) => ratio >= 1 && Number.isFinite(ratio))
    .map((ratio) => (settings.halfLifeDays as number) * DAY * Math.log2(ratio))
  return waits.length ? now + Math.floor(Math.min(...waits) + ROUNDING) + 1 : null
}

/** When time alone changes a score: a halving one crosses a threshold, an entry leaves the recent window or expires, or an attribute turns. */
export function nextChangeOf(settings: ScoreSettings, sums: Sums, attributesDueAt: Date | null, now: Date): Date | null {
  const at = [
    sums.oldestRecent && sums.oldestRecent.getTime() + settings.recentDays * DAY,
    sums.nextExpiry?.getTime() ?? null,
    attributesDueAt?.getTime() ?? null,
    crossingOf(settings, sums, now.getTime()),
  ].filter((one) => one !== null)
  return at.length ? new Date(Math.min(...at)) : null
}

/** A pair for which the ledger must be made anew, or entries that can simply be added. */
export type Limited = { readonly add: readonly ScoredEvent[] } | 'remake' | 'nothing'

/**
 * What new events mean for a rule that counts only the first `most`, by what the ledger holds.
 * Late events can be earlier than those counted; then the pair is made anew from the journal.
 */
export function limitedBy(
  most: number,
  have: { readonly n: number; readonly latest: Date | null },
  fresh: readonly ScoredEvent[],
): Limited {
  if (!fresh.length) return 'nothing'
  if (have.n + fresh.length <= most) return { add: fresh }
  const earliest = Math.min(...fresh.map((event) => event.occurredAt.getTime()))
  return have.n >= most && have.latest && earliest > have.latest.getTime() ? 'nothing' : 'remake'
}
