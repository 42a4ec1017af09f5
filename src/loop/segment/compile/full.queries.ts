// A rule as the statement of a full compute: who is in, and when time alone may change that, each kind of events read once.
import { type RawBuilder, sql } from 'kysely'
import { SECOND } from '#kernel/clock.ts'
import type { Condition, ValueType } from '#loop/score/condition/contract.ts'
import { lengthOf } from '#loop/score/condition/decide.ts'
import { truthSql } from '#loop/score/condition/queries.ts'
import { foundBy, indexHints } from '../lists/queries.ts'
import { askedOf, type EventLeaf, type FactLeaf, type FirstLeaf, type Leaf, type Period, type Rule } from '../rules/contract.ts'
import { factOf, valueTypeOf } from './decide.ts'
import { type Compiling, enoughSql, factSql, firstSql, isSelective, segmentSql, wantedSql } from './queries.ts'

type Bool = RawBuilder<boolean>
type Expr = RawBuilder<unknown>

/** One part of a rule: whether it holds, whether it may hold (or not hold) now or later by time alone, and instants not after its next change. */
interface Part {
  readonly isIn: Bool
  readonly may: Bool
  readonly mayNot: Bool
  readonly looks: readonly Expr[]
}

/** Where a part stands: `far` counts over everybody, `near` is asked of few people, `inner` of few people in one branch of several. */
type Place = 'far' | 'near' | 'inner'

interface Walk {
  readonly how: Compiling
  /** Joined to the person: one row for whoever has enough events of a kind. By what is counted, so that nothing is read twice. */
  readonly joins: Map<string, { readonly alias: string; readonly join: Expr }>
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
}

/** @returns the parts of one statement whose rows are those to be kept, save those that are neither in nor have a next look */
export function compileFull(rule: Rule, how: Compiling): Full {
  const joins: Walk['joins'] = new Map()
  const { isIn, may, looks } = walk(rule, { how, joins }, { place: 'far', isOneOf: false })
  return {
    isIn: looks.length ? isIn : truthSql(true),
    nextLook: looks.length ? sql`least(${sql.join(looks)})` : sql`NULL::timestamptz`,
    isTimed: looks.length > 0,
    joins: sql.join(
      [...joins.values()].map((one) => one.join),
      sql` `,
    ),
    where: indexHints(rule, how, may) as Bool,
  }
}

interface Within {
  readonly place: Place
  readonly isOneOf: boolean
}

function walk(rule: Rule, w: Walk, at: Within): Part {
  if (rule.kind === 'not') {
    const { isIn, may, mayNot, looks } = walk(rule.rule, w, at)
    return { isIn: sql<boolean>`NOT ${isIn}`, may: mayNot, mayNot: may, looks }
  }
  if (rule.kind === 'and') {
    const place = at.place === 'far' && rule.rules.some(isSelective) ? (at.isOneOf ? 'inner' : 'near') : at.place
    return joined(
      rule.rules.map((part) => walk(part, w, { ...at, place })),
      true,
    )
  }
  if (rule.kind === 'or')
    return joined(
      rule.rules.map((part) => walk(part, w, { place: at.place === 'near' ? 'inner' : at.place, isOneOf: true })),
      false,
    )
  return leafPart(rule, w, at.place)
}

function joined(parts: readonly Part[], isAnd: boolean): Part {
  const by = (all: boolean, of: (part: Part) => Bool): Bool =>
    parts.length ? sql<boolean>`(${sql.join(parts.map(of), all ? sql` AND ` : sql` OR `)})` : truthSql(all)
  return {
    isIn: by(isAnd, (part) => part.isIn),
    may: by(isAnd, (part) => part.may),
    mayNot: by(!isAnd, (part) => part.mayNot),
    looks: parts.flatMap((part) => part.looks),
  }
}

function leafPart(leaf: Leaf, w: Walk, place: Place): Part {
  if (leaf.kind === 'event') return eventPart(leaf, w, place)
  if (leaf.kind === 'first') return firstPart(leaf, w, place)
  if (leaf.kind === 'fact') return factPart(leaf, w)
  const isIn = segmentSql(leaf, w.how)
  return { isIn, may: isIn, mayNot: sql<boolean>`NOT ${isIn}`, looks: [] }
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
  const enough = n === 0 ? { isIn: truthSql(true), until: null } : enoughOf(leaf, n, w, place)
  if (op === 'atLeast') return falling(enough)
  const tooMany = enoughOf(leaf, n + 1, w, place)
  const few = falling(tooMany)
  const notMany: Part = { isIn: sql<boolean>`NOT ${few.isIn}`, may: few.mayNot, mayNot: few.may, looks: few.looks }
  return op === 'atMost' ? notMany : joined([falling(enough), notMany], true)
}

function falling({ isIn, until }: Enough): Part {
  return { isIn, may: isIn, mayNot: until ? truthSql(true) : sql<boolean>`NOT ${isIn}`, looks: until ? [until] : [] }
}

function enoughOf(leaf: EventLeaf, k: number, w: Walk, place: Place): Enough {
  const kth = sql`(SELECT j.occurred_at ${mine(wantedSql(leaf, w.how))} ORDER BY j.occurred_at DESC OFFSET ${k - 1} LIMIT 1)`
  if (place === 'inner') return { isIn: enoughSql(leaf, k, w.how, true), until: until(leaf.period, kth) }
  const { alias } = place === 'near' ? near(leaf, k, w) : far(leaf, k, w)
  const at = place === 'near' || k === 1 ? sql.id(alias, 'at') : sql`CASE WHEN ${sql.id(alias, 'at')} IS NOT NULL THEN ${kth} END`
  return { isIn: sql<boolean>`(${sql.id(alias, 'at')} IS NOT NULL)`, until: until(leaf.period, at) }
}

const mine = (wanted: Expr): Expr => sql`FROM journal j WHERE j.bucket = p.bucket AND j.person_id = p.id AND ${wanted}`

const until = (period: Period, at: Expr): Expr | null =>
  period.kind === 'last' ? sql`(${at} + make_interval(secs => ${lengthOf(period) / SECOND}))` : null

/** `at` is the newest event, present where there are enough of them. */
function far(leaf: EventLeaf, k: number, w: Walk) {
  return join(
    w,
    ['far', leaf.match, leaf.after, leaf.period, k],
    (alias) => sql`LEFT JOIN (SELECT j.bucket, j.person_id, max(j.occurred_at) AS at FROM journal j WHERE ${wantedSql(leaf, w.how)}
      GROUP BY j.bucket, j.person_id HAVING count(*) >= ${k}) ${sql.id(alias)} ON ${sql.id(alias, 'bucket')} = p.bucket AND ${sql.id(alias, 'person_id')} = p.id`,
  )
}

/** `at` is the event that makes it enough. */
function near(leaf: EventLeaf, k: number, w: Walk) {
  const found = sql`SELECT j.occurred_at AS at ${mine(wantedSql(leaf, w.how))} ORDER BY j.occurred_at DESC OFFSET ${k - 1} LIMIT 1`
  return join(w, ['near', leaf.match, leaf.after, leaf.period, k], (alias) => sql`LEFT JOIN LATERAL (${found}) ${sql.id(alias)} ON true`)
}

function join({ joins }: Walk, what: unknown, made: (alias: string) => Expr) {
  const key = JSON.stringify(what)
  const alias = joins.get(key)?.alias ?? `e${joins.size}`
  const found = joins.get(key) ?? { alias, join: made(alias) }
  joins.set(key, found)
  return found
}

function firstPart(leaf: FirstLeaf, { how }: Walk, place: Place): Part {
  const isIn = firstSql(leaf, how, place !== 'far')
  const first = sql`(SELECT min(j.occurred_at) ${mine(wantedSql({ match: leaf.match, period: { kind: 'ever' } }, how))})`
  const look = until(leaf.period, sql`CASE WHEN ${isIn} THEN ${first} END`)
  return falling({ isIn, until: look })
}

// --- facts --------------------------------------------------------------------------------------------------------------

type Windowed = Extract<Condition, { op: 'withinLast' | 'withinNext' | 'olderThan' | 'furtherThan' }>
const isWindowed = (is: Condition): is is Windowed => 'unit' in is

/** A window over a date passes it once: the instants at which it comes in and goes out, as far as they lie ahead. */
function factPart(leaf: FactLeaf, { how }: Walk): Part {
  const fact = factOf(how.facts, askedOf(leaf), how)
  const isIn = ((fact && foundBy(fact, leaf.is)) as Bool | null | undefined) ?? factSql(leaf, how)
  if (!fact || !isWindowed(leaf.is)) return { isIn, may: isIn, mayNot: sql<boolean>`NOT ${isIn}`, looks: [] }
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
  return { isIn, may: sql<boolean>`(${isIn} OR coalesce(${from} > ${now}, false))`, mayNot: truthSql(true), looks: [look] }
}

function instantSql(expr: Expr, type: ValueType, { zone }: Compiling): Expr {
  return type === 'date' ? sql`((${expr})::date::timestamp AT TIME ZONE ${zone})` : sql`(${expr})::timestamptz`
}
