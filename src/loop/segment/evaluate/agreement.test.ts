// One rule, three readers: the pure evaluator, the compiled SQL, and a naive interpreter that counts by hand. They must agree at any instant.
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dayIn, instantAt } from '#kernel/calendar.ts'
import { DAY, HOUR } from '#kernel/clock.ts'
import { bucketOf, type Subject } from '#kernel/db/buckets.ts'
import { append, eventId, makePulses } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { facts } from '#loop/identify/facts.ts'
import { createField } from '#loop/identify/fields/service.ts'
import type { Condition, EventFilter } from '#loop/score/condition/contract.ts'
import { START, type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { check, property } from '../../../../test/world.ts'
import { compileFull } from '../compile/full.queries.ts'
import { compile } from '../compile/queries.ts'
import { readsOf } from '../live/decide.ts'
import { factsByName, loadKnown } from '../live/known.ts'
import type { Period, Rule } from '../rules/contract.ts'
import { evaluate, NOTHING_KNOWN } from './decide.ts'

const ZONE = 'Asia/Tokyo'
const NOW = Date.parse(START)

interface Happened {
  readonly name: string
  readonly at: number
  readonly group: string | null
  readonly props: JsonObject
}
interface Someone {
  readonly events: readonly Happened[]
  readonly prefecture: string | null
  readonly tags: readonly string[]
  readonly attrs: JsonObject
}

// --- the naive reader: no windows, no streams, no thresholds, just looking at everything ---------------------------------

const folded = (text: string) => text.replace(/[A-Z]/g, (c) => c.toLowerCase())

function filterHolds(filter: EventFilter, event: Happened): boolean {
  const value = filter.prop === 'pageGroup' ? event.group : (event.props[filter.prop] ?? null)
  const has = (part: string) => typeof value === 'string' && folded(value).includes(folded(part))
  if (filter.op === 'exists') return value !== null
  if (filter.op === 'eq') return value === filter.value
  if (filter.op === 'ne') return value !== filter.value
  if (filter.op === 'in') return typeof value === 'string' && filter.values.includes(value)
  if (filter.op === 'contains') return has(filter.value)
  if (filter.op === 'notContains') return !has(filter.value)
  if (filter.op === 'startsWith') return typeof value === 'string' && folded(value).indexOf(folded(filter.value)) === 0
  const bound = Number(filter.value)
  return typeof value === 'number' && (filter.op === 'gte' ? value >= bound : value <= bound)
}

function factHolds(is: Condition, value: unknown, now: number): boolean {
  const list = Array.isArray(value) ? value : null
  const inside = (values: readonly unknown[]) =>
    list ? list.some((one) => values.includes(one)) : value !== null && values.includes(value)
  const isEmpty = value === null || value === '' || list?.length === 0
  const text = typeof value === 'string' ? folded(value) : null
  switch (is.op) {
    case 'eq':
      return inside([is.value])
    case 'ne':
      return !inside([is.value])
    case 'in':
      return inside(is.values)
    case 'notIn':
      return !inside(is.values)
    case 'contains':
      return text?.includes(folded(is.value)) ?? false
    case 'notContains':
      return !(text?.includes(folded(is.value)) ?? false)
    case 'startsWith':
      return text?.startsWith(folded(is.value)) ?? false
    case 'empty':
      return isEmpty
    case 'notEmpty':
      return !isEmpty
    case 'between':
      return typeof value === 'number' && value >= is.from && value <= is.to
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return (
        typeof value === 'number' && { gt: value > is.value, gte: value >= is.value, lt: value < is.value, lte: value <= is.value }[is.op]
      )
    default:
      return timeHolds(is, value, now)
  }
}

function timeHolds(is: Condition, value: unknown, now: number): boolean {
  if (value === null || value === undefined) return false
  const isDay = String(value).length === 10
  const at = isDay ? instantAt(ZONE, String(value), '00:00').getTime() : Date.parse(String(value))
  if (is.op === 'before') return isDay ? String(value) < is.day : dayIn(ZONE, new Date(at)) < is.day
  if (is.op === 'onOrAfter') return isDay ? String(value) >= is.day : dayIn(ZONE, new Date(at)) >= is.day
  if (!('unit' in is)) return false
  const length = is.n * (is.unit === 'days' ? DAY : HOUR)
  if (is.op === 'withinLast') return at <= now && now - at < length
  if (is.op === 'withinNext') return at > now && at - now <= length
  return is.op === 'olderThan' ? now - at >= length : at - now > length
}

function naive(rule: Rule, who: Someone, now: number): boolean {
  if (rule.kind === 'and') return rule.rules.every((part) => naive(part, who, now))
  if (rule.kind === 'or') return rule.rules.some((part) => naive(part, who, now))
  if (rule.kind === 'not') return !naive(rule.rule, who, now)
  if (rule.kind === 'segment') return !rule.isIn
  if (rule.kind === 'fact') return factHolds(rule.is, factValueOf(who, rule.fact), now)
  const meant = who.events.filter(
    (e) => e.name === rule.match.event && e.props['agent'] !== 'machine' && rule.match.filters.every((f) => filterHolds(f, e)),
  )
  const { period } = rule
  const inside = (e: Happened) =>
    period.kind === 'ever'
      ? true
      : period.kind === 'since'
        ? e.at >= Date.parse(period.at)
        : now - e.at < period.n * (period.unit === 'days' ? DAY : HOUR)
  if (rule.kind === 'first') {
    const first = [...meant].sort((a, b) => a.at - b.at)[0]
    return first !== undefined && inside(first)
  }
  const { after } = rule
  const length = after ? after.within.n * (after.within.unit === 'days' ? DAY : HOUR) : 0
  const led = (b: Happened) =>
    !after ||
    who.events.some(
      (a) =>
        a.name === after.match.event &&
        a.props['agent'] !== 'machine' &&
        a.at < b.at &&
        b.at - a.at < length &&
        after.match.filters.every((f) => filterHolds(f, a)),
    )
  const n = meant.filter((e) => inside(e) && led(e)).length
  return rule.count.op === 'atLeast' ? n >= rule.count.n : rule.count.op === 'atMost' ? n <= rule.count.n : n === rule.count.n
}

function factValueOf(who: Someone, fact: string): unknown {
  if (fact === 'prefecture') return who.prefecture
  if (fact === 'tags') return who.tags
  return who.attrs[fact.slice('attrs.'.length)] ?? null
}

// --- random rules, people and instants ------------------------------------------------------------------------------------

const PREFECTURES = ['東京都', '大阪府', '北海道']
/** Whole hours and a few seconds beside them: an instant often falls exactly on a lapse, or one second off. */
const instants = fc
  .tuple(fc.integer({ min: -30, max: 8 }), fc.constantFrom(0, 0, 0, -1_000, 1_000))
  .map(([h, beside]) => NOW + h * HOUR + beside)
const window = fc.record({ n: fc.integer({ min: 1, max: 6 }), unit: fc.constantFrom('hours' as const, 'days' as const) })
const period = fc.oneof(
  fc.constant({ kind: 'ever' as const }),
  window.map((w) => ({ kind: 'last' as const, ...w })),
  instants.map((at) => ({ kind: 'since' as const, at: new Date(at).toISOString() })),
)
const filter = fc.oneof(
  fc.record({
    prop: fc.constant('url'),
    op: fc.constantFrom('contains' as const, 'startsWith' as const, 'notContains' as const),
    value: fc.constantFrom('/Price', 'a', '料'),
  }),
  fc.record({
    prop: fc.constantFrom('url', 'pageGroup', 'n', 'gone'),
    op: fc.constantFrom('eq' as const, 'ne' as const),
    value: fc.constantFrom('/price', 'pricing', 2, true),
  }),
  fc.record({
    prop: fc.constantFrom('url', 'pageGroup'),
    op: fc.constant('in' as const),
    values: fc.constant(['/price', 'pricing', '料金']),
  }),
  fc.record({ prop: fc.constantFrom('n', 'url'), op: fc.constantFrom('gte' as const, 'lte' as const), value: fc.constantFrom(2, 2.5) }),
  fc.record({ prop: fc.constantFrom('n', 'url', 'pageGroup'), op: fc.constant('exists' as const) }),
)
const match = fc.record({
  event: fc.constantFrom('page.viewed', 'mail.opened'),
  filters: fc.oneof(fc.constant([]), fc.array(filter, { maxLength: 2 })).map((filters) => filters as EventFilter[]),
})
const day = fc.integer({ min: -15, max: 15 }).map((d) => dayIn(ZONE, new Date(NOW + d * DAY)))
const timed: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ op: fc.constantFrom('before' as const, 'onOrAfter' as const), day }),
  window.chain((w) =>
    fc.constantFrom('withinLast' as const, 'withinNext' as const, 'olderThan' as const, 'furtherThan' as const).map((op) => ({ op, ...w })),
  ),
  fc.constantFrom({ op: 'empty' as const }, { op: 'notEmpty' as const }),
)
const leaf: fc.Arbitrary<Rule> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('event' as const),
      match,
      after: fc.option(fc.record({ match, within: window }), { nil: undefined, freq: 2 }),
      count: fc.record({
        op: fc.constantFrom('atLeast' as const, 'atMost' as const, 'exactly' as const),
        n: fc.integer({ min: 0, max: 4 }),
      }),
      period,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('first' as const), match, period }) },
  fc.record({ kind: fc.constant('fact' as const), fact: fc.constantFrom('attrs.due', 'attrs.met'), is: timed }),
  fc.record({
    kind: fc.constant('fact' as const),
    fact: fc.constantFrom('prefecture', 'tags'),
    is: fc.oneof(
      fc.record({ op: fc.constantFrom('in' as const, 'notIn' as const), values: fc.subarray(PREFECTURES, { minLength: 1 }) }),
      fc.record({ op: fc.constantFrom('eq' as const, 'ne' as const), value: fc.constantFrom(...PREFECTURES) }),
      fc.constantFrom({ op: 'empty' as const }, { op: 'notEmpty' as const }),
    ),
  }),
  fc.record({
    kind: fc.constant('fact' as const),
    fact: fc.constant('attrs.cost'),
    is: fc.oneof(
      fc.record({ op: fc.constantFrom('gt' as const, 'gte' as const, 'lt' as const, 'lte' as const), value: fc.constantFrom(1, 2.5, 3) }),
      fc.record({ op: fc.constantFrom('eq' as const, 'ne' as const), value: fc.constant(2.5) }),
      fc.constant({ op: 'between' as const, from: 1, to: 2.5 }),
      fc.constantFrom({ op: 'empty' as const }, { op: 'notEmpty' as const }),
    ),
  }),
)
const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 3, arbitrary: leaf },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('and' as const), rules: fc.array(tie('rule'), { maxLength: 3 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('or' as const), rules: fc.array(tie('rule'), { maxLength: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('not' as const), rule: tie('rule') }) },
  ),
}))
const props: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      url: fc.constantFrom('/price', '/PRICE/a', '料金', 'x', 2, null),
      n: fc.constantFrom(1, 2, 2.5, '2', true, null),
      agent: fc.constantFrom('machine', 'human', null),
    },
    { requiredKeys: [] },
  )
  .map((o) => ({ ...o }) as JsonObject)
const happened = fc.record({
  name: fc.constantFrom('page.viewed', 'mail.opened'),
  at: instants,
  group: fc.constantFrom('pricing', '料金', null),
  props,
})
const someone: fc.Arbitrary<Someone> = fc.record({
  events: fc.array(happened, { maxLength: 8 }),
  prefecture: fc.constantFrom(...PREFECTURES, null),
  tags: fc.subarray(PREFECTURES),
  attrs: fc
    .record({ cost: fc.constantFrom(1, 2.5, 3), due: day, met: instants.map((at) => new Date(at).toISOString()) }, { requiredKeys: [] })
    .map((o) => ({ ...o }) as JsonObject),
})

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ ports: { facts } })
  const field = { class: 'basic' as const, options: [] }
  await db.tx(async (ctx) => {
    await createField(ctx, { ...field, key: 'cost', type: 'number', ja: '予算', en: 'Budget' })
    await createField(ctx, { ...field, key: 'due', type: 'date', ja: '更改日', en: 'Renewal' })
    await createField(ctx, { ...field, key: 'met', type: 'datetime', ja: '面談', en: 'Met' })
  })
})
afterAll(() => db.close())

/** Long searches take their time. */
const PATIENCE = Math.max(60_000, property.numRuns * 200)
/** Rules over everybody read all events there are: those of earlier rounds go now and then. */
const ROUNDS = 100

let serial = 0
let round = 0
async function settle(people: readonly Someone[]): Promise<Subject[]> {
  if (++round % ROUNDS === 0) await db.house.pool.query('TRUNCATE journal, pulse, person CASCADE')
  return db.tx(async (ctx) => {
    const subjects = people.map(() => ctx.id()).map((id) => ({ id, bucket: bucketOf(id) }))
    for (const [i, { id, bucket }] of subjects.entries())
      await sql`INSERT INTO person (bucket, id, identified_at, created_at, prefecture, tags, attrs)
        VALUES (${bucket}, ${id}, ${ctx.now}, ${ctx.now}, ${people[i]?.prefecture}, ${people[i]?.tags}, ${JSON.stringify(people[i]?.attrs)}::jsonb)`.execute(
        ctx.db,
      )
    await makePulses(ctx, subjects)
    const events = people.flatMap((who, i) => who.events.map((event) => ({ event, subject: subjects[i] as Subject })))
    await append(
      ctx,
      events.map(({ event, subject }) => ({
        subject,
        id: eventId('agreement', String(++serial)),
        name: event.name,
        occurredAt: new Date(event.at),
        props: event.props,
        silent: true,
        ...(event.group ? { pageGroup: event.group } : {}),
      })),
    )
    return subjects
  })
}

describe('QUA-15 M1 a rule means one thing', () => {
  test(
    'QUA-15 M1 compiled SQL, the evaluator and a naive interpreter agree at random instants',
    async () => {
      await check(
        fc.asyncProperty(
          rule,
          fc.array(someone, { minLength: 2, maxLength: 5 }),
          instants,
          fc.boolean(),
          async (asked, people, now, asOf) => {
            const subjects = await settle(people)
            const seen = people.map((who) => (asOf ? { ...who, events: who.events.filter((event) => event.at <= now) } : who))
            const wanted = seen.map((who) => naive(asked, who, now))
            const compiled = await db.read(async (ctx) => {
              const how = { facts: await factsByName(ctx), zone: ZONE, now, asOf }
              const ids = subjects.map((subject) => subject.id)
              const found = await sql<{
                id: string
              }>`SELECT p.id FROM person p WHERE p.id = ANY(${ids}::uuid[]) AND ${compile(asked, how)}`.execute(ctx.db)
              return ids.map((id) => found.rows.some((row) => row.id === id))
            })
            expect(compiled).toEqual(wanted)
            if (asOf) return
            const evaluated = await db.read(async (ctx) => {
              const at = { ...ctx, now: new Date(now) }
              const reads = [readsOf(asked, ZONE)]
              const known = await loadKnown(
                at,
                { facts: await factsByName(ctx), zone: ZONE, index: { segments: [] } },
                subjects.map((subject) => ({ subject, reads })),
              )
              return subjects.map(({ id }) => evaluate(asked, known.get(id) ?? NOTHING_KNOWN, now, ZONE))
            })
            expect(evaluated.map((answer) => answer.isIn)).toEqual(wanted)
            for (const [i, answer] of evaluated.entries()) expectStill(asked, people[i] as Someone, now, answer)
            for (const way of ['few', 'all'] as const) {
              const computed = await fullOf(asked, subjects, now, way)
              expect(computed.map((one) => one.isIn)).toEqual(wanted)
              for (const [i, one] of computed.entries()) {
                expectStill(asked, people[i] as Someone, now, one)
                if (one.nextChangeAt !== null) expect(one.nextChangeAt).toBeGreaterThan(now)
              }
            }
          },
        ),
      )
    },
    PATIENCE,
  )

  test('QUA-15 “since” and “within the last” that begin at one instant share a read of the events, each by its own bound', async () => {
    const now = Date.parse('2026-04-08T00:00:00Z')
    const begin = { name: 'page.viewed', at: now - DAY, group: null, props: {} }
    const subjects = await settle([{ events: [begin], prefecture: null, tags: [], attrs: {} }])
    const match = { event: 'page.viewed', filters: [] }
    const viewed = (period: Period): Rule => ({ kind: 'event', match, count: { op: 'atLeast', n: 1 }, period })
    const last = viewed({ kind: 'last', n: 1, unit: 'days' })
    const since = viewed({ kind: 'since', at: new Date(begin.at).toISOString() })
    for (const rules of [
      [last, since],
      [since, last],
    ])
      for (const way of ['few', 'all'] as const)
        expect(await fullOf({ kind: 'or', rules }, subjects, now, way)).toMatchObject([{ isIn: true }])
  })
})

/** What a full compute writes of these people: no row is out for ever. */
async function fullOf(
  asked: Rule,
  subjects: readonly Subject[],
  now: number,
  way: 'few' | 'all',
): Promise<{ isIn: boolean; nextChangeAt: number | null }[]> {
  const rows = await db.read(async (ctx) => {
    const full = compileFull(asked, { facts: await factsByName(ctx), zone: ZONE, now, asOf: false }, way)
    const found = await sql<{
      id: string
      is_in: boolean
      look: Date | null
    }>`SELECT * FROM (SELECT p.id, ${full.isIn} AS is_in, ${full.nextLook} AS look
      FROM person p ${full.joins} WHERE p.id = ANY(${subjects.map((one) => one.id)}::uuid[]) AND ${full.where}) w WHERE w.is_in OR w.look IS NOT NULL`.execute(
      ctx.db,
    )
    return found.rows
  })
  return subjects.map(({ id }) => {
    const row = rows.find((one) => one.id === id)
    return { isIn: row?.is_in ?? false, nextChangeAt: row?.look?.getTime() ?? null }
  })
}

/** Until `nextChangeAt` (or for ever) the naive reader must see no change: every instant at which anything could turn is tried. */
function expectStill(asked: Rule, who: Someone, now: number, answer: { isIn: boolean; nextChangeAt: number | null }): void {
  const lengths = Array.from({ length: 12 }, (_, i) => [(i + 1) * HOUR, (i + 1) * DAY]).flat()
  const dates = [who.attrs['due'], who.attrs['met']]
    .filter((one) => typeof one === 'string')
    .map((one) => (one.length === 10 ? instantAt(ZONE, one, '00:00').getTime() : Date.parse(one)))
  const turns = [...who.events.map((event) => event.at), ...dates].flatMap((at) => [
    at,
    ...lengths.flatMap((length) => [at + length, at - length]),
  ])
  const before = turns.filter((at) => at > now && (answer.nextChangeAt === null || at < answer.nextChangeAt))
  for (const at of before) expect(naive(asked, who, at), new Date(at).toISOString()).toBe(answer.isIn)
}
