// SQL of the same conditions that decide.ts asks in memory. Everything is bound; a missing value behaves as null does there.
import { type RawBuilder, sql } from 'kysely'
import { dayIn, instantAt } from '#kernel/calendar.ts'
import { type Condition, type EventFilter, type EventMatch, OPS, type ValueType } from './contract.ts'
import { lengthOf, lower } from './decide.ts'

type Bool = RawBuilder<boolean>
type Expr = RawBuilder<unknown>

const yes: Bool = sql<boolean>`true`
const no: Bool = sql<boolean>`false`

/** When a condition is asked: an instant (ms) and the company's time zone. */
export interface AskedAt {
  readonly now: number
  readonly zone: string
}

/** Questions that read the value as something else than text. */
const READING: ReadonlySet<Condition['op']> = new Set([...OPS.number, ...OPS.date].filter((op) => !OPS.text.includes(op)))

/**
 * A condition on an SQL expression of a type, as an expression that is never null. A field may have got another type since the rule was made:
 * whether a text is above ten is not asked, for reading it as a number would fail for everybody.
 */
export function conditionSql(expr: Expr, type: ValueType, asked: Condition, at: AskedAt): Bool {
  if (READING.has(asked.op) && !OPS[type].includes(asked.op)) return no
  return sql<boolean>`coalesce(${positive(expr, type, asked, at)}, false)`
}

function positive(expr: Expr, type: ValueType, asked: Condition, at: AskedAt): Bool {
  switch (asked.op) {
    case 'eq':
      return equal(expr, type, asked.value)
    case 'ne':
      return sql<boolean>`NOT coalesce(${equal(expr, type, asked.value)}, false)`
    case 'contains':
      return sql<boolean>`position(${lower(asked.value)} in lower((${expr})::text COLLATE "C")) > 0`
    case 'notContains':
      return sql<boolean>`NOT coalesce(position(${lower(asked.value)} in lower((${expr})::text COLLATE "C")) > 0, false)`
    case 'startsWith':
      return sql<boolean>`starts_with(lower((${expr})::text COLLATE "C"), ${lower(asked.value)})`
    case 'in':
      return among(expr, type, asked.values)
    case 'notIn':
      return sql<boolean>`NOT coalesce(${among(expr, type, asked.values)}, false)`
    case 'empty':
      return sql<boolean>`coalesce(${empty(expr, type)}, true)`
    case 'notEmpty':
      return sql<boolean>`NOT coalesce(${empty(expr, type)}, true)`
    case 'between':
      return sql<boolean>`(${expr})::numeric BETWEEN ${asked.from}::numeric AND ${asked.to}::numeric`
    case 'gt':
      return sql<boolean>`(${expr})::numeric > ${asked.value}::numeric`
    case 'gte':
      return sql<boolean>`(${expr})::numeric >= ${asked.value}::numeric`
    case 'lt':
      return sql<boolean>`(${expr})::numeric < ${asked.value}::numeric`
    case 'lte':
      return sql<boolean>`(${expr})::numeric <= ${asked.value}::numeric`
    default:
      return type === 'date' ? dayTest(expr, asked, at) : instantTest(expr, asked, at)
  }
}

function equal(expr: Expr, type: ValueType, value: string | number | boolean): Bool {
  if (type === 'choices') return typeof value === 'string' ? among(expr, type, [value]) : no
  if (type === 'number') return typeof value === 'number' ? sql<boolean>`(${expr})::numeric = ${value}::numeric` : no
  if (type === 'boolean') return typeof value === 'boolean' ? sql<boolean>`(${expr})::boolean = ${value}` : no
  return typeof value === 'string' ? sql<boolean>`(${expr})::text = ${value}` : no
}

function among(expr: Expr, type: ValueType, values: readonly string[]): Bool {
  if (type === 'choices') return sql<boolean>`to_jsonb(${expr}) ?| ${[...values]}::text[]`
  return sql<boolean>`(${expr})::text = ANY(${[...values]}::text[])`
}

function empty(expr: Expr, type: ValueType): Bool {
  if (type === 'choices') return sql<boolean>`to_jsonb(${expr}) IN ('[]'::jsonb, 'null'::jsonb)`
  if (type === 'text' || type === 'choice') return sql<boolean>`(${expr})::text = ''`
  return sql<boolean>`(${expr}) IS NULL`
}

type Bounded = Extract<Condition, { op: 'before' | 'onOrAfter' }>
type Windowed = Extract<Condition, { op: 'withinLast' | 'withinNext' | 'olderThan' | 'furtherThan' }>
type Timed = Bounded | Windowed

/** A day begins at local midnight, so "midnight > x" is "day > the day of x": days are compared as days. */
function dayTest(expr: Expr, asked: Timed, { now, zone }: AskedAt): Bool {
  const value = sql`(${expr})::date`
  if ('day' in asked)
    return asked.op === 'before' ? sql<boolean>`${value} < ${asked.day}::date` : sql<boolean>`${value} >= ${asked.day}::date`
  const today = dayIn(zone, new Date(now))
  const back = dayIn(zone, new Date(now - lengthOf(asked)))
  const ahead = dayIn(zone, new Date(now + lengthOf(asked)))
  if (asked.op === 'withinLast') return sql<boolean>`${value} <= ${today}::date AND ${value} > ${back}::date`
  if (asked.op === 'withinNext') return sql<boolean>`${value} > ${today}::date AND ${value} <= ${ahead}::date`
  if (asked.op === 'olderThan') return sql<boolean>`${value} <= ${back}::date`
  return sql<boolean>`${value} > ${ahead}::date`
}

function instantTest(expr: Expr, asked: Timed, { now, zone }: AskedAt): Bool {
  const value = sql`(${expr})::timestamptz`
  if ('day' in asked) {
    const begins = sql`${instantAt(zone, asked.day, '00:00')}::timestamptz`
    return asked.op === 'before' ? sql<boolean>`${value} < ${begins}` : sql<boolean>`${value} >= ${begins}`
  }
  const at = (shift: number) => sql`${new Date(now + shift)}::timestamptz`
  const length = lengthOf(asked)
  if (asked.op === 'withinLast') return sql<boolean>`${value} <= ${at(0)} AND ${value} > ${at(-length)}`
  if (asked.op === 'withinNext') return sql<boolean>`${value} > ${at(0)} AND ${value} <= ${at(length)}`
  if (asked.op === 'olderThan') return sql<boolean>`${value} <= ${at(-length)}`
  return sql<boolean>`${value} > ${at(length)}`
}

/** The form of one filter: which test, and whether it asks the page group column. Filters of one form share one statement. */
export interface FilterForm {
  readonly op: EventFilter['op']
  readonly onGroup: boolean
}

export const formOf = (filter: EventFilter): FilterForm => ({ op: filter.op, onGroup: filter.prop === 'pageGroup' })

/** What a filter compares with, as JSON; text that is searched in is lowered as `lower` does. */
export function operandOf(filter: EventFilter): string {
  if (filter.op === 'in') return JSON.stringify(filter.values)
  if (filter.op === 'exists') return 'null'
  if (filter.op === 'contains' || filter.op === 'notContains' || filter.op === 'startsWith') return JSON.stringify(lower(filter.value))
  return JSON.stringify(filter.value)
}

const OWN = sql`j`

/** Whether a journal row (`j` unless told) is one of those meant; its name is tested by the caller, who has an index on it. */
export function filtersSql(match: EventMatch, row: Expr = OWN): Bool {
  const each = match.filters.map((filter) => filterSql(formOf(filter), sql`${filter.prop}::text`, sql`${operandOf(filter)}::jsonb`, row))
  return each.reduce((all, one) => sql<boolean>`${all} AND ${one}`, sql<boolean>`(${row}.props->>'agent') IS DISTINCT FROM 'machine'`)
}

/** One filter on a journal row with the property's name and the operand (jsonb) as SQL. Never null. */
export function filterSql({ op, onGroup }: FilterForm, prop: Expr, operand: Expr, row: Expr = OWN): Bool {
  const value = onGroup ? sql`to_jsonb(${row}.page_group)` : sql`(${row}.props->${prop})`
  const text = onGroup ? sql`${row}.page_group` : sql`(CASE WHEN jsonb_typeof(${value}) = 'string' THEN ${row}.props->>${prop} END)`
  const part = sql`(${operand} #>> '{}')`
  const folded = sql`lower(${text} COLLATE "C")`
  const forms: Readonly<Record<EventFilter['op'], () => Bool>> = {
    eq: () => sql<boolean>`coalesce(${value} = ${operand}, false)`,
    ne: () => sql<boolean>`coalesce(${value} <> ${operand}, true)`,
    contains: () => sql<boolean>`coalesce(position(${part} in ${folded}) > 0, false)`,
    notContains: () => sql<boolean>`coalesce(position(${part} in ${folded}) = 0, true)`,
    startsWith: () => sql<boolean>`coalesce(starts_with(${folded}, ${part}), false)`,
    in: () => sql<boolean>`coalesce(${operand} ? ${text}, false)`,
    gte: () => compared(value, sql`>=`, operand),
    lte: () => compared(value, sql`<=`, operand),
    exists: () => sql<boolean>`coalesce(jsonb_typeof(${value}) <> 'null', false)`,
  }
  return forms[op]()
}

/** A CASE, because AND does not promise that the cast waits for the type test. */
function compared(value: Expr, sign: RawBuilder<unknown>, operand: Expr): Bool {
  return sql<boolean>`(CASE WHEN jsonb_typeof(${value}) = 'number' THEN (${value})::numeric ${sign} (${operand})::numeric ELSE false END)`
}

/** True or false as SQL. */
export const truthSql = (isTrue: boolean): Bool => (isTrue ? yes : no)
