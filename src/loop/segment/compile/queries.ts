// A rule as one SQL condition on the person row `p`: for counts, lists, samples and full computes. Bound parameters only.
import { type RawBuilder, sql } from 'kysely'
import { SECOND } from '#kernel/clock.ts'
import type { Fact } from '#loop/identify/facts.ts'
import type { Condition } from '#loop/score/condition/contract.ts'
import { lengthOf } from '#loop/score/condition/decide.ts'
import { type AskedAt, conditionSql, filtersSql, truthSql } from '#loop/score/condition/queries.ts'
import {
  askedOf,
  type EventLeaf,
  type FactLeaf,
  type FirstLeaf,
  type Leaf,
  type Period,
  type Preceding,
  type Rule,
  type SegmentLeaf,
} from '../rules/contract.ts'
import { factOf, valueTypeOf } from './decide.ts'

type Bool = RawBuilder<boolean>

/** What a compilation needs to know. */
export interface Compiling extends AskedAt {
  readonly facts: ReadonlyMap<string, Fact>
  /** The state as of `now` in the past: later events are left out and memberships are read from the history. Values are today's. */
  readonly asOf: boolean
}

/**
 * Compiles a rule into a condition on `person p`.
 * A count ANDed with a selective field is correlated (cost grows with the people who pass the field), any other is
 * GROUP BY … HAVING (cost grows with the events in the window): a correlated one over everybody passed 25 s at 1M/20M.
 */
export function compile(rule: Rule, how: Compiling): Bool {
  return node(rule, how, false)
}

function node(rule: Rule, how: Compiling, narrowed: boolean): Bool {
  switch (rule.kind) {
    case 'not':
      return sql<boolean>`NOT ${node(rule.rule, how, narrowed)}`
    case 'and': {
      const narrow = narrowed || rule.rules.some(isSelective)
      return joined(
        rule.rules.map((part) => node(part, how, narrow)),
        sql` AND `,
        true,
      )
    }
    case 'or':
      return joined(
        rule.rules.map((part) => node(part, how, narrowed)),
        sql` OR `,
        false,
      )
    default:
      return leafSql(rule, how, narrowed)
  }
}

function joined(parts: readonly Bool[], by: RawBuilder<unknown>, whenNone: boolean): Bool {
  return parts.length ? sql<boolean>`(${sql.join(parts, by)})` : truthSql(whenNone)
}

const SELECTIVE: ReadonlySet<Condition['op']> = new Set([
  'eq',
  'in',
  'contains',
  'startsWith',
  'between',
  'gt',
  'gte',
  'withinLast',
  'withinNext',
])

/** Whether a part of an AND leaves few people: a positive question to a field. */
export function isSelective(part: Rule): boolean {
  if (part.kind === 'and') return part.rules.some(isSelective)
  return part.kind === 'fact' ? SELECTIVE.has(part.is.op) : part.kind === 'segment' && part.isIn
}

function leafSql(leaf: Leaf, how: Compiling, narrowed: boolean): Bool {
  if (leaf.kind === 'fact') return factSql(leaf, how)
  if (leaf.kind === 'event') return eventSql(leaf, how, narrowed)
  return leaf.kind === 'first' ? firstSql(leaf, how, narrowed) : segmentSql(leaf, how)
}

/** A fact that is gone (a field was archived) is a value nobody has. */
export function factSql(leaf: FactLeaf, how: Compiling): Bool {
  const { is } = leaf
  const found = factOf(how.facts, askedOf(leaf), how)
  return found ? conditionSql(found.sql('p'), valueTypeOf(found.type), is, how) : conditionSql(sql`NULL::text`, 'text', is, how)
}

function eventSql(leaf: EventLeaf, how: Compiling, narrowed: boolean): Bool {
  const { op, n } = leaf.count
  const enough = (k: number): Bool => (k === 0 ? truthSql(true) : enoughSql(leaf, k, how, narrowed))
  if (op === 'atLeast') return enough(n)
  if (op === 'atMost') return sql<boolean>`NOT ${enough(n + 1)}`
  return sql<boolean>`(${enough(n)} AND NOT ${enough(n + 1)})`
}

/** The journal rows `j` that a leaf counts. */
export function wantedSql({ match, after, period }: Pick<EventLeaf, 'match' | 'after' | 'period'>, how: Compiling): Bool {
  return sql<boolean>`j.name = ${match.event} AND ${filtersSql(match)} ${after ? precededSql(after) : sql``} ${within(period, how)} ${upTo(how)}`
}

/** At least `k` of the events meant. @param narrowed asked of few people */
export function enoughSql(leaf: Pick<EventLeaf, 'match' | 'after' | 'period'>, k: number, how: Compiling, narrowed: boolean): Bool {
  const wanted = wantedSql(leaf, how)
  if (!narrowed)
    return sql<boolean>`((p.bucket, p.id) IN (SELECT j.bucket, j.person_id FROM journal j WHERE ${wanted} GROUP BY j.bucket, j.person_id HAVING count(*) >= ${k}))`
  const mine = sql`SELECT 1 FROM journal j WHERE j.bucket = p.bucket AND j.person_id = p.id AND ${wanted}`
  if (k === 1) return sql<boolean>`(EXISTS (${mine}))`
  return sql<boolean>`((SELECT count(*) FROM (${mine} LIMIT ${k}) few) >= ${k})`
}

const EARLIER = sql`a`

/** That the journal row `j` has one of the events meant before it, less than the window ago: an index probe per row. */
export function precededSql({ match, within: window }: Preceding): Bool {
  const since = sql`j.occurred_at - make_interval(secs => ${lengthOf(window) / SECOND})`
  return sql<boolean>`AND EXISTS (SELECT 1 FROM journal a WHERE a.bucket = j.bucket AND a.person_id = j.person_id AND a.name = ${match.event}
    AND a.occurred_at < j.occurred_at AND a.occurred_at > ${since} AND ${filtersSql(match, EARLIER)})`
}

function within(period: Period, how: Compiling): RawBuilder<unknown> {
  const since = sinceSql(period, how)
  return since ? sql`AND ${since}` : sql``
}

/**
 * That a journal row `j` lies in a period; null for all time. The bound is worked out from now in the statement, as one writes it by hand:
 * the planner then sees that reading all events costs more than finding those of the window.
 */
export function sinceSql(period: Period, { now }: Compiling): Bool | null {
  if (period.kind === 'ever') return null
  if (period.kind === 'since') return sql<boolean>`j.occurred_at >= ${new Date(period.at)}::timestamptz`
  return sql<boolean>`j.occurred_at > ${new Date(now)}::timestamptz - make_interval(secs => ${lengthOf(period) / SECOND})`
}

const upTo = ({ asOf, now }: Compiling): RawBuilder<unknown> => (asOf ? sql`AND j.occurred_at <= ${new Date(now)}::timestamptz` : sql``)

export function firstSql({ match, period }: FirstLeaf, how: Compiling, narrowed: boolean): Bool {
  const ofRule = sql`j.name = ${match.event} AND ${filtersSql(match)} ${upTo(how)}`
  const bound = firstBound(period, how)
  if (narrowed)
    return sql<boolean>`coalesce((SELECT min(j.occurred_at) FROM journal j WHERE j.bucket = p.bucket AND j.person_id = p.id AND ${ofRule}) ${bound}, false)`
  return sql<boolean>`((p.bucket, p.id) IN (SELECT j.bucket, j.person_id FROM journal j WHERE ${ofRule} GROUP BY j.bucket, j.person_id HAVING min(j.occurred_at) ${bound}))`
}

function firstBound(period: Period, { now }: Compiling): RawBuilder<unknown> {
  if (period.kind === 'ever') return sql`IS NOT NULL`
  if (period.kind === 'since') return sql`>= ${new Date(period.at)}::timestamptz`
  return sql`> ${new Date(now - lengthOf(period))}::timestamptz`
}

export function segmentSql({ segment, isIn }: SegmentLeaf, { asOf, now }: Compiling): Bool {
  const at = new Date(now)
  const found = asOf
    ? sql`SELECT 1 FROM segment_stay h WHERE h.bucket = p.bucket AND h.person_id = p.id AND h.segment_id = ${segment} AND h.entered_at <= ${at} AND (h.left_at IS NULL OR h.left_at > ${at})`
    : sql`SELECT 1 FROM membership m JOIN segment g ON g.id = m.segment_id AND g.live_version = m.version
        WHERE m.bucket = p.bucket AND m.person_id = p.id AND m.segment_id = ${segment} AND m.is_in`
  return isIn ? sql<boolean>`EXISTS (${found})` : sql<boolean>`NOT EXISTS (${found})`
}
