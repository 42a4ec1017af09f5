// Rules as nobody would write them: every kind of text, deep trees, odd names of properties. They mean what a naive reader says, of nobody
// else, and what a value is never shows in the SQL.
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bucketOf } from '#kernel/db/buckets.ts'
import { append, eventId, makePulses } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { facts } from '#loop/identify/facts.ts'
import { createField } from '#loop/identify/fields/service.ts'
import type { Condition, EventFilter } from '#loop/score/condition/contract.ts'
import { START, type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { check, property } from '../../../../test/world.ts'
import { factsByName } from '../live/known.ts'
import { DEEPEST, type Rule, rule as ruleSchema } from '../rules/contract.ts'
import { compile } from './queries.ts'

const NOW = Date.parse(START)
const ZONE = 'Asia/Tokyo'
/** Texts that have broken filters before: wildcards, quotes, paths, comments, casts, folding, joiners, right-to-left, controls. */
const NASTY = [
  '%',
  '_',
  '\\',
  "'",
  '"',
  "''",
  '";--',
  "' OR 1=1 --",
  '$1',
  '\u0024{1}',
  '{}',
  '{"a":1}',
  '$.a[*]',
  'a.b',
  '->>',
  '::text',
  '/*',
  '*/',
  '?',
  '??',
  ':x',
  'İ',
  'ı',
  'ß',
  'ﬀ',
  'ｶﾞ',
  'が',
  'か\u3099',
  '👩‍👩‍👧',
  '\u202e',
  '\u200b',
  '\t',
  '\n',
  ' ',
  '𠮷野家',
  'NULL',
  'null',
  'true',
  '0',
  '1e309',
  'a'.repeat(200),
  '料金',
  '/Price',
  '/price%20',
]
const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.tuple(fc.constantFrom(...NASTY), fc.constantFrom(...NASTY)).map(([a, b]) => a + b),
)
const PROPS = ['url', 'a.b', '$x', 'x-y', 'constructor', '__proto__', 'pageGroup', 'n']

interface Someone {
  readonly city: string | null
  readonly tags: readonly string[]
  readonly word: string | null
  readonly events: readonly { readonly name: string; readonly group: string | null; readonly props: JsonObject }[]
}

const folded = (one: string) => one.replace(/[A-Z]/g, (c) => c.toLowerCase())

function textHolds(is: Condition, value: string | null | readonly string[]): boolean {
  const list = Array.isArray(value) ? (value as readonly string[]) : null
  const one = typeof value === 'string' ? value : null
  const among = (wanted: readonly unknown[]) => (list ? list.some((each) => wanted.includes(each)) : one !== null && wanted.includes(one))
  const isEmpty = list ? list.length === 0 : one === null || one === ''
  const has = (part: string) => one !== null && folded(one).includes(folded(part))
  switch (is.op) {
    case 'eq':
      return among([is.value])
    case 'ne':
      return !among([is.value])
    case 'in':
      return among(is.values)
    case 'notIn':
      return !among(is.values)
    case 'contains':
      return has(is.value)
    case 'notContains':
      return !has(is.value)
    case 'startsWith':
      return one !== null && folded(one).startsWith(folded(is.value))
    default:
      return is.op === 'empty' ? isEmpty : !isEmpty
  }
}

function filterHolds(filter: EventFilter, { group, props }: Someone['events'][number]): boolean {
  const value = filter.prop === 'pageGroup' ? group : Object.hasOwn(props, filter.prop) ? (props[filter.prop] ?? null) : null
  const one = typeof value === 'string' ? value : null
  if (filter.op === 'exists') return value !== null
  if (filter.op === 'in') return one !== null && filter.values.includes(one)
  if (filter.op === 'eq') return value !== null && value === filter.value
  if (filter.op === 'ne') return value !== filter.value
  if (filter.op === 'gte' || filter.op === 'lte')
    return typeof value === 'number' && (filter.op === 'gte' ? value >= filter.value : value <= filter.value)
  const part = folded(String(filter.value))
  if (filter.op === 'contains') return one !== null && folded(one).includes(part)
  return filter.op === 'startsWith' ? one !== null && folded(one).startsWith(part) : !(one !== null && folded(one).includes(part))
}

function naive(rule: Rule, who: Someone): boolean {
  if (rule.kind === 'and') return rule.rules.every((part) => naive(part, who))
  if (rule.kind === 'or') return rule.rules.some((part) => naive(part, who))
  if (rule.kind === 'not') return !naive(rule.rule, who)
  if (rule.kind === 'fact')
    return textHolds(
      rule.is,
      rule.fact === 'city' ? who.city : rule.fact === 'tags' ? who.tags : rule.fact === 'attrs.word' ? who.word : null,
    )
  if (rule.kind !== 'event') return rule.kind === 'segment' && !rule.isIn
  const n = who.events.filter(
    (event) => event.name === rule.match.event && rule.match.filters.every((one) => filterHolds(one, event)),
  ).length
  return rule.count.op === 'atLeast' ? n >= rule.count.n : rule.count.op === 'atMost' ? n <= rule.count.n : n === rule.count.n
}

const asked = (of: 'text' | 'list'): fc.Arbitrary<Condition> =>
  fc.oneof(
    fc.record({ op: fc.constantFrom('eq' as const, 'ne' as const), value: text }),
    fc.record({ op: fc.constantFrom('in' as const, 'notIn' as const), values: fc.array(text, { minLength: 1, maxLength: 5 }) }),
    fc.constantFrom({ op: 'empty' as const }, { op: 'notEmpty' as const }),
    ...(of === 'text'
      ? [fc.record({ op: fc.constantFrom('contains' as const, 'notContains' as const, 'startsWith' as const), value: text })]
      : []),
  )
const prop = fc.constantFrom(...PROPS.filter((one) => /^[A-Za-z_$]/.test(one)))
const filter: fc.Arbitrary<EventFilter> = fc.oneof(
  fc.record({
    prop,
    op: fc.constantFrom('eq' as const, 'ne' as const),
    value: fc.oneof(text, fc.constantFrom<number | boolean>(2, -0.5, 1e15, true)),
  }),
  fc.record({ prop, op: fc.constantFrom('contains' as const, 'notContains' as const, 'startsWith' as const), value: text }),
  fc.record({ prop, op: fc.constant('in' as const), values: fc.array(text, { minLength: 1, maxLength: 4 }) }),
  fc.record({ prop, op: fc.constantFrom('gte' as const, 'lte' as const), value: fc.constantFrom(2, -1e15, 0.1) }),
  fc.record({ prop, op: fc.constant('exists' as const) }),
)
const EVENTS = ['page.viewed', 'custom.申込み - x_y']
const leaf: fc.Arbitrary<Rule> = fc.oneof(
  fc.record({ kind: fc.constant('fact' as const), fact: fc.constantFrom('city', 'attrs.word', 'attrs.gone"\'; --'), is: asked('text') }),
  fc.record({ kind: fc.constant('fact' as const), fact: fc.constant('tags'), is: asked('list') }),
  fc.record({
    kind: fc.constant('event' as const),
    match: fc.record({ event: fc.constantFrom(...EVENTS), filters: fc.array(filter, { maxLength: 4 }) }),
    count: fc.record({ op: fc.constantFrom('atLeast' as const, 'atMost' as const, 'exactly' as const), n: fc.integer({ min: 0, max: 3 }) }),
    period: fc.constant({ kind: 'ever' as const }),
  }),
  fc.record({ kind: fc.constant('segment' as const), segment: fc.uuid(), isIn: fc.boolean() }),
)
/** Up to the deepest that is taken; narrow where deep, so that the number of conditions stays below its own limit. */
const tree = (depth: number): fc.Arbitrary<Rule> =>
  depth <= 0
    ? leaf
    : fc.oneof(
        { weight: 2, arbitrary: leaf },
        {
          weight: 2,
          arbitrary: fc.record({
            kind: fc.constantFrom('and' as const, 'or' as const),
            rules: fc.array(tree(depth - 2), { maxLength: 3 }),
          }),
        },
        { weight: 3, arbitrary: fc.record({ kind: fc.constant('not' as const), rule: tree(depth - 1) }) },
      )

const props: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(prop, fc.oneof(text, fc.constantFrom<number | boolean | null>(2, -0.5, true, null))), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries.filter(([key]) => key !== 'pageGroup' && key !== '__proto__')) as JsonObject)
const someone: fc.Arbitrary<Someone> = fc.record({
  city: fc.option(text),
  tags: fc.uniqueArray(text, { maxLength: 3 }),
  word: fc.option(text),
  events: fc.array(fc.record({ name: fc.constantFrom(...EVENTS), group: fc.option(text), props }), { maxLength: 5 }),
})

let db: TestDatabase
const people = fc.sample(someone, { seed: 20260408, numRuns: 40 })
const ids: string[] = []
beforeAll(async () => {
  db = await testDatabase({ ports: { facts } })
  await db.tx(async (ctx) => {
    await createField(ctx, { class: 'basic', options: [], key: 'word', type: 'text', ja: '言葉', en: 'Word' })
    for (const [i, who] of people.entries()) {
      const id = ctx.id()
      ids.push(id)
      await sql`INSERT INTO person (bucket, id, identified_at, created_at, city, tags, attrs)
        VALUES (${bucketOf(id)}, ${id}, ${ctx.now}, ${ctx.now}, ${who.city}, ${who.tags}, ${JSON.stringify(who.word === null ? {} : { word: who.word })}::jsonb)`.execute(
        ctx.db,
      )
      const subject = { bucket: bucketOf(id), id }
      await makePulses(ctx, [subject])
      const events = who.events.map((event, k) => ({
        subject,
        id: eventId('fuzz', `${i}/${k}`),
        name: event.name,
        occurredAt: new Date(NOW - 3_600_000),
        props: event.props,
        silent: true,
        ...(event.group === null ? {} : { pageGroup: event.group }),
      }))
      await append(ctx, events)
    }
  })
})
afterAll(() => db.close())

/** The same rule with every value another one; what shapes SQL (operators, types, whether 0, 1 or more) stays. */
function shuffled(rule: Rule, next: () => string): Rule {
  if (rule.kind === 'and' || rule.kind === 'or') return { ...rule, rules: rule.rules.map((part) => shuffled(part, next)) }
  if (rule.kind === 'not') return { ...rule, rule: shuffled(rule.rule, next) }
  const other = <T extends object>(one: T): T => ({
    ...one,
    ...('value' in one
      ? { value: typeof one.value === 'string' ? next() : typeof one.value === 'number' ? one.value + 1 : !one.value }
      : {}),
    ...('values' in one ? { values: [next(), next(), next()] } : {}),
  })
  if (rule.kind === 'fact') return { ...rule, is: other(rule.is) }
  if (rule.kind !== 'event') return rule
  const more = rule.count.n > 1 ? rule.count.n + 5 : rule.count.n
  const filters = rule.match.filters.map(
    (one) => ({ ...other(one), ...(one.prop === 'pageGroup' ? {} : { prop: 'other' }) }) as EventFilter,
  )
  return { ...rule, match: { event: 'another.event', filters }, count: { ...rule.count, n: more } }
}

test(
  'X6 QUA-15 random rules with pathological values mean what a naive reader says, of nobody else, and no value makes new SQL',
  async () => {
    await check(
      fc.asyncProperty(tree(DEEPEST), fc.infiniteStream(text), async (asked, words) => {
        const rule = ruleSchema.parse(JSON.parse(JSON.stringify(asked)))
        expect(rule).toEqual(asked)
        await db.read(async (ctx) => {
          const how = { facts: await factsByName(ctx), zone: ZONE, now: NOW, asOf: false }
          const statement = (one: Rule) => sql<{ id: string }>`SELECT p.id FROM person p WHERE ${compile(one, how)}`
          const found = await statement(rule).execute(ctx.db)
          const wanted = ids.filter((_, i) => naive(rule, people[i] as Someone))
          expect(found.rows.map((row) => row.id).sort()).toEqual(wanted.sort())
          const next = (): string => String(words.next().value)
          const [mine, theirs] = [statement(rule).compile(ctx.db), statement(shuffled(rule, next)).compile(ctx.db)]
          expect(theirs.sql).toBe(mine.sql)
        })
      }),
    )
  },
  Math.max(60_000, property.numRuns * 200),
)

test('X6 bombs, NUL and halves of characters are refused before they reach the database', () => {
  const nested = (depth: number): unknown => {
    let rule: unknown = { kind: 'and', rules: [] }
    for (let i = 0; i < depth; i++) rule = { kind: 'not', rule }
    return rule
  }
  expect(ruleSchema.safeParse(nested(DEEPEST)).success).toBe(true)
  expect(ruleSchema.safeParse(nested(10_000)).success).toBe(false)
  expect(ruleSchema.safeParse({ kind: 'and', rules: Array.from({ length: 500 }, () => ({ kind: 'and', rules: [] })) }).success).toBe(false)
  const city = (is: unknown) => ruleSchema.safeParse({ kind: 'fact', fact: 'city', is }).success
  expect(city({ op: 'contains', value: 'a'.repeat(501) })).toBe(false)
  for (const bad of ['a\u0000b', '\ud842', '\udfb7a']) {
    expect(city({ op: 'eq', value: bad }), JSON.stringify(bad)).toBe(false)
    expect(city({ op: 'in', values: ['x', bad] })).toBe(false)
    const match = { event: 'page.viewed', filters: [{ prop: 'url', op: 'contains', value: bad }] }
    const event = { kind: 'event', match, count: { op: 'atLeast', n: 1 }, period: { kind: 'ever' } }
    expect(ruleSchema.safeParse(event).success).toBe(false)
  }
})
