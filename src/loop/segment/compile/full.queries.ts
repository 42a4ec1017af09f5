// A rule as the statement of a full compute: who is in, and when time alone may change that, each kind of events read once.
import { type RawBuilder, sql } from 'kysely'
import { SECOND } from '#kernel/clock.ts'
import type { Condition, ValueType } from '#loop/score/condition/contract.ts'
import { lengthOf } from '#loop/score/condition/decide.ts'
import { truthSql } from '#loop/score/condition/queries.ts'
import { foundBy, indexHints } from '../lists/queries.ts'
import { askedOf, type EventLeaf, type FactLeaf, type FirstLeaf, type Leaf, type Period, type Rule } from '../rules/contract.ts'
import { factOf, valueTypeOf } from './decide.ts'
import { type Compiling, enoughSql, factSql, firstSql, isSelective, segmentSql, sinceSql, wantedSql } from './queries.ts'

type Bool = RawBuilder<boolean>
type Expr = RawBuilder<unknown>

/** One part of a rule: whether it holds, whether it may hold (or not hold) now or later by time alone, and instants not after its next change. */
interface Part {
  readonly isIn: Bool
  readonly may: Bool
  readonly mayNot: Bool
  /** What is left to ask of those who may: whether it holds; and of those who may not, whether it does not. */
  readonly rest: Bool
  readonly restNot: Bool
  readonly looks: readonly Expr[]
}

/** Where a part stands: `far` counts over everybody, `near` is asked of few people, `inner` of few people in one branch of several. */
type Place = 'far' | 'near' | 'inner'

/** How a rule is computed: events are looked up person by person where few are left, or always read over everybody. */
type Way = 'few' | 'all'

type Counted = Pick<EventLeaf, 'match' | 'after'>
interface Ask {
  readonly column: string
  readonly period: Period
  readonly k: number
}
/** Events of one kind read once over everybody, for all who ask how many there are since when. */
interface Scan {
  readonly alias: string
  readonly of: Counted
  readonly asks: Map<string, Ask>
}

interface Walk {
  readonly how: Compiling
  readonly way: Way
  readonly scans: Map<string, Scan>
  /** Joined to the person: the event that makes it enough. By what is counted, so that nothing is read twice. */
  readonly lookups: Map<string, { readonly alias: string; readonly join: Expr; readonly isAsked: boolean }>
}

/** A full compute as FROM … WHERE … over `person p`, with the two values of each row. */
export interface Full {
  readonly isIn: Bool
  /** Null where time alone changes nothing; never later than the next change. */
  readonly nextLook: Expr
  /** The rule can be changed by time alone: some who are out need a row as well. */
  readonly isTimed: boolean
  readonly joins: Expr
  readonly where: Bool
  /** How many times the journal is asked for each person who is left. */
  readonly lookups: number
}

/** @returns the parts of one statement whose rows are those to be kept, save those that are neither in nor have a next look */
export function compileFull(rule: Rule, how: Compiling, way: Way): Full {
  const w: Walk = { how, way, scans: new Map(), lookups: new Map() }
  const { rest, may, looks } = walk(rule, w, { place: 'far', isOneOf: false })
  // Of equal cost to the planner, joins are made as they are written: what must have happened leaves fewer people for what must not.
  const lookups = [...w.lookups.values()].sort((a, b) => Number(b.isAsked) - Number(a.isAsked))
  const joins = [...[...w.scans.values()].map((scan) => scanSql(scan, how)), ...lookups.map((one) => one.join)]
  return {
    isIn: looks.length ? rest : truthSql(true),
    nextLook: looks.length ? sql`least(${sql.join(looks)})` : sql`NULL::timestamptz`,
    isTimed: looks.length > 0,
    joins: sql.join(joins, sql` `),
    where: indexHints(rule, how, may, true) as Bool,
    lookups: w.lookups.size,
  }
}

/** The ways in which a rule can be computed, all of the same result: the planner knows which costs least. */
export function waysOf(rule: Rule, how: Compiling): Full[] {
  const few = compileFull(rule, how, 'few')
  return few.lookups ? [few, compileFull(rule, how, 'all')] : [few]
}

interface Within {
  readonly place: Place
  readonly isOneOf: boolean
}

function walk(rule: Rule, w: Walk, at: Within): Part {
  if (rule.kind === 'not') return negated(walk(rule.rule, w, at))
  if (rule.kind === 'and') {
    const isFew = w.way === 'few' && at.place === 'far' && rule.rules.some(isSelective)
    const place = isFew ? (at.isOneOf ? 'inner' : 'near') : at.place
    return allOf(rule.rules.map((part) => walk(part, w, { ...at, place })))
  }
  if (rule.kind === 'or') {
    const place = at.place === 'near' ? 'inner' : at.place
    return negated(allOf(rule.rules.map((part) => negated(walk(part, w, { place, isOneOf: true })))))
  }
  return leafPart(rule, w, at.place)
}

const not = (bool: Bool): Bool => sql<boolean>`NOT ${bool}`
const negated = ({ isIn, may, mayNot, rest, restNot, looks }: Part): Part => {
  return { isIn: not(isIn), may: mayNot, mayNot: may, rest: restNot, restNot: rest, looks }
}

/** Of whoever may be in all parts only the rests are left to ask; who may be out of one of them is asked for all. */
function allOf(parts: readonly Part[]): Part {
  const by = (of: (part: Part) => Bool, all: boolean): Bool =>
    parts.length ? sql<boolean>`(${sql.join(parts.map(of), all ? sql` AND ` : sql` OR `)})` : truthSql(all)
  return {
    isIn: by((part) => part.isIn, true),
    may: by((part) => part.may, true),
    mayNot: by((part) => part.mayNot, false),
    rest: by((part) => part.rest, true),
    restNot: by((part) => not(part.isIn), false),
    looks: parts.flatMap((part) => part.looks),
  }
}

function leafPart(leaf: Leaf, w: Walk, place: Place): Part {
  if (leaf.kind === 'event') return eventPart(leaf, w, place)
  if (leaf.kind === 'first') return firstPart(leaf, w, place)
  if (leaf.kind === 'fact') return factPart(leaf, w)
  return still(segmentSql(leaf, w.how))
}

/** Time alone changes nothing of it. */
const still = (isIn: Bool): Part => {
  return { isIn, may: isIn, mayNot: not(isIn), rest: truthSql(true), restNot: truthSql(true), looks: [] }
}

// --- counts of events ---------------------------------------------------------------------------------------------------

interface Enough {
  readonly isIn: Bool
  /** When it will be enough no more. */
  readonly until: Expr | null
}

/** Enough events now can become too few by time alone, never the other way round. */
function eventPart(leaf: EventLeaf, w: Walk, place: Place): Part {
  const { op, n } = leaf.count
  const enough = falling(n === 0 ? { isIn: truthSql(true), until: null } : enoughOf(leaf, n, w, place))
  if (op === 'atLeast') return enough
  const few = negated(falling(enoughOf(leaf, n + 1, w, place)))
  return op === 'atMost' ? few : allOf([enough, few])
}

function falling({ isIn, until }: Enough): Part {
  if (!until) return still(isIn)
  return { isIn, may: isIn, mayNot: truthSql(true), rest: truthSql(true), restNot: not(isIn), looks: [until] }
}

function enoughOf(leaf: EventLeaf, k: number, w: Walk, place: Place): Enough {
  if (place === 'far') return enoughOfAll(leaf, k, w)
  const kth = sql`SELECT j.occurred_at AS at ${mine(wantedSql(leaf, w.how))} ORDER BY j.occurred_at DESC OFFSET ${k - 1} LIMIT 1`
  if (place === 'inner') return { isIn: enoughSql(leaf, k, w.how, true), until: until(leaf.period, sql`(${kth})`) }
  const key = JSON.stringify([leaf.match, leaf.after, leaf.period, k])
  const alias = w.lookups.get(key)?.alias ?? `l${w.lookups.size}`
  w.lookups.set(key, { alias, join: sql`LEFT JOIN LATERAL (${kth}) ${sql.id(alias)} ON true`, isAsked: leaf.count.op === 'atLeast' })
  return { isIn: sql<boolean>`(${sql.id(alias, 'at')} IS NOT NULL)`, until: until(leaf.period, sql.id(alias, 'at')) }
}

const mine = (wanted: Expr): Expr => sql`FROM journal j WHERE j.bucket = p.bucket AND j.person_id = p.id AND ${wanted}`

const until = (period: Period, at: Expr): Expr | null =>
  period.kind === 'last' ? sql`(${at} + make_interval(secs => ${lengthOf(period) / SECOND}))` : null

/** By one read of the events over everybody: the newest of them, and for more than one the list from which the k-th is taken. */
function enoughOfAll({ match, after, period }: EventLeaf, k: number, { scans }: Walk): Enough {
  const [kind, asked] = [JSON.stringify([match, after]), JSON.stringify([period, k])]
  const scan = scans.get(kind) ?? { alias: `e${scans.size}`, of: { match, after }, asks: new Map<string, Ask>() }
  const ask = scan.asks.get(asked) ?? { column: `at${scan.asks.size}`, period, k }
  scans.set(kind, scan)
  scan.asks.set(asked, ask)
  const at = sql.id(scan.alias, ask.column)
  const list = sql.id(scan.alias, listOf(ask))
  const kth = sql`(CASE WHEN ${at} IS NOT NULL THEN (SELECT u.at FROM unnest(${list}) u(at) ORDER BY u.at DESC OFFSET ${k - 1} LIMIT 1) END)`
  return { isIn: sql<boolean>`(${at} IS NOT NULL)`, until: until(period, k === 1 ? at : kth) }
}

const listOf = ({ column }: Ask): string => `${column}s`

function scanSql({ alias, of, asks }: Scan, how: Compiling): Expr {
  const all = [...asks.values()]
  const widest = all.reduce((one, other) => (beginsAt(other.period, how) < beginsAt(one.period, how) ? other : one)).period
  const filter = ({ period }: Ask): Expr => {
    const since = JSON.stringify(period) === JSON.stringify(widest) ? null : sinceSql(period, how)
    return since ? sql`FILTER (WHERE ${since})` : sql``
  }
  const enough = (ask: Ask): Expr => sql`count(*) ${filter(ask)} >= ${ask.k}`
  const columns = all.flatMap((ask) => {
    const newest = ask.k === 1 ? sql`max(j.occurred_at) ${filter(ask)}` : sql`CASE WHEN ${enough(ask)} THEN max(j.occurred_at) END`
    const list = ask.k > 1 && ask.period.kind === 'last' ? [sql`array_agg(j.occurred_at) ${filter(ask)} AS ${sql.id(listOf(ask))}`] : []
    return [sql`${newest} AS ${sql.id(ask.column)}`, ...list]
  })
  // The id alone says who it is: by bucket and id an index would answer in its order, reading the events of a window from all over the journal.
  return sql`LEFT JOIN (SELECT j.person_id, ${sql.join(columns)} FROM journal j WHERE ${wantedSql({ ...of, period: widest }, how)}
      GROUP BY j.person_id HAVING ${sql.join(all.map(enough), sql` OR `)}) ${sql.id(alias)} ON ${sql.id(alias, 'person_id')} = p.id`
}

/** “Since” takes in its instant, “within the last” begins after it: of two that begin at one instant the first is the wider. */
const beginsAt = (period: Period, { now }: Compiling): number =>
  period.kind === 'ever' ? Number.NEGATIVE_INFINITY : period.kind === 'since' ? Date.parse(period.at) - 0.5 : now - lengthOf(period)

function firstPart(leaf: FirstLeaf, { how }: Walk, place: Place): Part {
  const isIn = firstSql(leaf, how, place !== 'far')
  const first = sql`(SELECT min(j.occurred_at) ${mine(wantedSql({ match: leaf.match, period: { kind: 'ever' } }, how))})`
  return falling({ isIn, until: until(leaf.period, sql`CASE WHEN ${isIn} THEN ${first} END`) })
}

// --- facts --------------------------------------------------------------------------------------------------------------

type Windowed = Extract<Condition, { op: 'withinLast' | 'withinNext' | 'olderThan' | 'furtherThan' }>
const isWindowed = (is: Condition): is is Windowed => 'unit' in is

/** A window over a date passes it once: the instants at which it comes in and goes out, as far as they lie ahead. */
function factPart(leaf: FactLeaf, { how }: Walk): Part {
  const fact = factOf(how.facts, askedOf(leaf), how)
  const isIn = ((fact && foundBy(fact, leaf.is)) as Bool | null | undefined) ?? factSql(leaf, how)
  if (!fact || !isWindowed(leaf.is)) return still(isIn)
  const value = instantSql(fact.sql('p'), valueTypeOf(fact.type), how)
  const length = sql`make_interval(secs => ${lengthOf(leaf.is) / SECOND})`
  const now = sql`${new Date(how.now)}::timestamptz`
  const [from, to] = {
    withinLast: [value, sql`(${value} + ${length})`],
    withinNext: [sql`(${value} - ${length})`, value],
    olderThan: [sql`(${value} + ${length})`, null],
    furtherThan: [sql`(${value} - ${length})`, null],
  }[leaf.is.op] as [Expr, Expr | null]
  // “Further than” holds until its bound, the others from it on.
  const look = to
    ? sql`(CASE WHEN ${from} > ${now} THEN ${from} WHEN ${to} > ${now} THEN ${to} END)`
    : sql`(CASE WHEN ${from} > ${now} THEN ${from} END)`
  const may = sql<boolean>`(${isIn} OR coalesce(${from} > ${now}, false))`
  return { isIn, may, mayNot: truthSql(true), rest: isIn, restNot: not(isIn), looks: [look] }
}

function instantSql(expr: Expr, type: ValueType, { zone }: Compiling): Expr {
  return type === 'date' ? sql`((${expr})::date::timestamp AT TIME ZONE ${zone})` : sql`(${expr})::timestamptz`
}
