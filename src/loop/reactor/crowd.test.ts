// Whoever is due goes one way or the other: with everybody else, a hundred at a time, or with a crowd, bucket by bucket. Both ways write the same.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import { bucketOf, type Subject } from '#kernel/db/buckets.ts'
import { append, eventId, makePulses } from '#kernel/journal.ts'
import { facts } from '#loop/identify/facts.ts'
import { hears } from '#loop/loop.ts'
import { facts as scoreFacts } from '#loop/score/facts.ts'
import { jobs as scoreJobs } from '#loop/score/fill/jobs.ts'
import { publish, saveDraft } from '#loop/score/manage/service.ts'
import { jobs as segmentJobs } from '#loop/segment/fill/jobs.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { create } from '#loop/segment/service.ts'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { property, seeded } from '../../../test/world.ts'
import { turn, turnCrowd, turning, turnUntilQuiet } from './service.ts'

const open = () =>
  testDatabase({ ports: { facts: [...facts, ...scoreFacts], personTables: [], hears }, jobs: [...segmentJobs, ...scoreJobs] })
let one: TestDatabase
let many: TestDatabase
beforeAll(async () => {
  ;[one, many] = [await open(), await open()]
})
afterAll(() => Promise.all([one.close(), many.close()]))

const seen = (n: number, op: 'atLeast' | 'atMost' | 'exactly', days: number, event = 'page.viewed'): Rule => ({
  kind: 'event',
  match: { event, filters: [] },
  count: { op, n },
  period: { kind: 'last', n: days, unit: 'days' },
})
const tokyo: Rule = { kind: 'fact', fact: 'prefecture', is: { op: 'eq', value: '東京都' } }
/** In the order of making: the sixth reads the first, so that a lapse is news to another rule. */
const RULES: readonly ((made: readonly string[]) => Rule)[] = [
  () => seen(1, 'atLeast', 3),
  () => seen(0, 'atMost', 3),
  () => seen(2, 'exactly', 3),
  () => ({ kind: 'or', rules: [seen(2, 'atLeast', 3), { kind: 'and', rules: [tokyo, seen(1, 'atLeast', 5, 'mail.opened')] }] }),
  () => ({ kind: 'first', match: { event: 'page.viewed', filters: [] }, period: { kind: 'last', n: 3, unit: 'days' } }),
  (made) => ({ kind: 'and', rules: [{ kind: 'segment', segment: made[0] ?? '', isIn: false }, seen(1, 'atLeast', 30)] }),
  () => ({ kind: 'fact', fact: 'score.main.recent', is: { op: 'gte', value: 10 } }),
  () => ({ kind: 'fact', fact: 'identifiedAt', is: { op: 'olderThan', n: 3, unit: 'days' } }),
]

const PEOPLE = 40
const idOf = (n: number): string =>
  `01970000-0000-7000-8000-000000${(n * 7).toString(16).padStart(4, '0')}${(n % 5).toString(16).padStart(2, '0')}`

/** The same people, rules and events wherever it is called. @returns the names of segments by their ids */
async function makeWorld(db: TestDatabase): Promise<Map<string, string>> {
  const people: Subject[] = Array.from({ length: PEOPLE }, (_, n) => ({ id: idOf(n), bucket: bucketOf(idOf(n)) }))
  await db.tx(async (ctx) => {
    for (const [n, { id, bucket }] of people.entries())
      await sql`INSERT INTO person (bucket, id, identified_at, created_at, prefecture) VALUES (${bucket}, ${id}, ${ctx.now}, ${ctx.now}, ${n % 3 ? '東京都' : '大阪府'})`.execute(
        ctx.db,
      )
    await makePulses(ctx, people)
    await append(
      ctx,
      people.map((subject) => ({ subject, id: eventId('t', subject.id), name: 'lead.created', occurredAt: ctx.now, props: {} })),
    )
    const rules = [
      { id: '00000000-0000-4000-8000-000000000001', kind: 'behaviour', label: '', match: { event: 'page.viewed', filters: [] }, points: 7 },
      {
        id: '00000000-0000-4000-8000-000000000002',
        kind: 'behaviour',
        label: '',
        match: { event: 'mail.opened', filters: [] },
        points: 5,
        expiresDays: 2,
      },
    ].map((rule) => ({ limit: { kind: 'each' }, expiresDays: null, ...rule }))
    const settings = { recentDays: 3, halfLifeDays: null, heatBy: 'recent', hotAt: 14, warmAt: 7, ranks: [] }
    await saveDraft(ctx, { name: 'main', settings, rules } as Parameters<typeof saveDraft>[1])
    await publish(ctx, { name: 'main', startsScenarios: false })
  })
  const names = new Map<string, string>()
  for (const [n, rule] of RULES.entries()) {
    const made = await db.tx((ctx) =>
      create(ctx, { name: `Rule ${n}`, description: '', audience: 'leads', startsScenarios: false, rule: rule([...names.keys()]) }),
    )
    names.set(made.id, `Rule ${n}`)
  }
  await db.drain()
  await turnUntilQuiet(db.house)
  const draw = seeded(property.seed)
  for (let hour = 0; hour < 24; hour++) {
    db.clock.advance(HOUR)
    const who = people.filter(() => draw() < 0.15)
    // Half of it at the very same instants: those are the crowd.
    await db.tx((ctx) =>
      append(
        ctx,
        who.map((subject) => ({
          subject,
          id: eventId('t', `${hour}/${subject.id}`),
          name: draw() < 0.7 ? 'page.viewed' : 'mail.opened',
          occurredAt: draw() < 0.5 ? ctx.now : new Date(ctx.now.getTime() - Math.floor(draw() * HOUR)),
          props: {},
        })),
      ),
    )
    await turnUntilQuiet(db.house)
  }
  return names
}

/** Everything that reactions write, with segments by their names and without what is drawn. */
async function written(db: TestDatabase, names: ReadonlyMap<string, string>): Promise<unknown> {
  const read = async (text: string) => {
    const { rows } = await db.house.pool.query(text)
    return JSON.parse(JSON.stringify(rows).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => names.get(id) ?? id))
  }
  const inOrder = (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).sort()
  return {
    memberships: inOrder(await read('SELECT * FROM membership')),
    stays: inOrder(
      await read(
        'SELECT person_id, segment_id, entered_at, left_at, because, left_because, entered_by_edit, left_by_edit FROM segment_stay',
      ),
    ),
    journal: inOrder(
      await read('SELECT person_id, name, occurred_at, received_at, historic, hop, cause_id IS NULL AS is_first, props FROM journal'),
    ),
    scores: inOrder(await read('SELECT * FROM score')),
    pulses: inOrder(await read('SELECT * FROM pulse')),
    news: inOrder(await read('SELECT * FROM news')),
  }
}

test('M1 a crowd whose windows lapse at one instant is judged as everybody else is: memberships, stays, reasons, journal, scores and the next instants', async () => {
  const [single, crowded] = [await makeWorld(one), await makeWorld(many)]
  expect(await written(many, crowded)).toEqual(await written(one, single))
  let inCrowds = 0
  for (const hours of [24, 30, 17, 25, 3, 60, 240]) {
    for (const db of [one, many]) db.clock.advance(hours * HOUR)
    while ((await turn(one.house)) > 0);
    for (let n = 1; n > 0; ) {
      n = await turnCrowd(many.house, undefined, 1)
      inCrowds += n
      // What a lapse tells another rule is news: it goes with everybody else's.
      if (!n) n = await turn(many.house)
    }
    expect(await written(many, crowded)).toEqual(await written(one, single))
  }
  expect(inCrowds).toBeGreaterThan(PEOPLE * 2)
})

test('M1 a crowd is found when so many are due, takes turns with the news of others, and leaves nobody due', async () => {
  const db = many
  const n = 1_200
  await db.house.pool.query(
    `WITH made AS (INSERT INTO person (bucket, id, identified_at, created_at)
        SELECT 7, ('01970000-0000-7000-8000-' || lpad(to_hex(g), 10, '0') || '07')::uuid, $1, $1 FROM generate_series(1, $2::int) g RETURNING bucket, id)
      INSERT INTO pulse (bucket, person_id) SELECT bucket, id FROM made`,
    [db.clock.now(), n],
  )
  const made = await db.tx((ctx) =>
    create(ctx, { name: 'Crowd', description: '', audience: 'leads', startsScenarios: false, rule: seen(1, 'atLeast', 3, 'crowd.came') }),
  )
  await db.drain()
  await turnUntilQuiet(db.house)
  const came = db.clock.now()
  await db.tx((ctx) =>
    sql`INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at) SELECT bucket, id, id, 'crowd.came', ${ctx.now}, ${ctx.now} FROM person WHERE bucket = 7 AND id::text LIKE '01970000-0000-7000-8000-%07' AND prefecture IS NULL`.execute(
      ctx.db,
    ),
  )
  await db.house.pool.query(
    `INSERT INTO news (bucket, person_id, event_id, name, occurred_at, received_at, historic, hop, props)
      SELECT bucket, person_id, id, name, occurred_at, received_at, historic, hop, props FROM journal WHERE name = 'crowd.came'`,
  )
  await turnUntilQuiet(db.house)
  const members = async () =>
    (await db.house.pool.query('SELECT count(*)::int AS n FROM membership WHERE segment_id = $1 AND is_in', [made.id])).rows[0].n
  expect(await members()).toBe(n)
  db.clock.set(new Date(came.getTime() + 3 * DAY + HOUR))
  const busy: Subject = { bucket: 7, id: '01970000-0000-7000-8000-000000000107' }
  await db.tx((ctx) => append(ctx, [{ subject: busy, id: eventId('t', 'again'), name: 'crowd.came', occurredAt: ctx.now, props: {} }]))
  const next = turning(db.house)
  const passes: number[] = []
  for (let done = await next(); done; done = await next()) passes.push(done)
  expect(passes.length).toBeLessThan(6)
  expect(await members()).toBe(1)
  const { rows } = await db.house.pool.query(
    `SELECT left_at, count(*)::int AS n FROM segment_stay WHERE segment_id = $1 GROUP BY 1 ORDER BY 1`,
    [made.id],
  )
  expect(rows).toEqual([
    { left_at: new Date(came.getTime() + 3 * DAY), n: n - 1 },
    { left_at: null, n: 1 },
  ])
  const due = await db.house.pool.query('SELECT 1 FROM pulse WHERE due_at <= $1', [db.clock.now()])
  expect(due.rowCount).toBe(0)
})

/** The house with claimers for whom statements of a name fail while it is asked for. */
function faulty(house: House, statement: string, isOut: () => boolean): House {
  const connect = async () =>
    new Proxy(await house.claimPool.connect(), {
      get: (client, key) => {
        const found = Reflect.get(client, key)
        if (typeof found !== 'function') return found
        const isMeant = (ask: unknown) => key === 'query' && isOut() && JSON.stringify(ask).includes(statement)
        return (...given: unknown[]) => (isMeant(given[0]) ? Promise.reject(new Error('out of order')) : found.apply(client, given))
      },
    })
  return { ...house, claimPool: Object.assign(Object.create(house.claimPool), { connect }) }
}

test('M1 while a crowd cannot be claimed whoever is due goes with everybody else', async () => {
  const db = many
  await db.house.pool.query(
    `WITH made AS (INSERT INTO person (bucket, id, created_at)
        SELECT 9, ('01970000-0000-7000-8000-' || lpad(to_hex(g), 10, '0') || '09')::uuid, $1 FROM generate_series(1, 2000) g RETURNING bucket, id)
      INSERT INTO pulse (bucket, person_id, due_at) SELECT bucket, id, $1 FROM made`,
    [db.clock.now()],
  )
  let isOut = false
  const next = turning(faulty(db.house, 'find_crowd', () => isOut))
  expect(await next()).toBeGreaterThan(1_000)
  isOut = true
  for (let n = 0; n < 4; n++) await next().catch(() => 0)
  const due = await db.house.pool.query('SELECT 1 FROM pulse WHERE due_at <= $1', [db.clock.now()])
  expect(due.rowCount).toBe(0)
})
