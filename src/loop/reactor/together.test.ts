// Two reactors on all buckets without leases, while events come in and rules are edited: nothing is lost, nothing counts twice.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bucketOf, type Subject } from '#kernel/db/buckets.ts'
import { append, eventId, makePulses } from '#kernel/journal.ts'
import { publish, saveDraft } from '#loop/score/manage/service.ts'
import { FIRST_SETTINGS, type ScoreRule } from '#loop/score/rules/contract.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { change, create, members, preview } from '#loop/segment/service.ts'
import type { TestDatabase } from '../../../test/database.ts'
import { testHouse } from '../../../test/house.ts'
import { turn, turnUntilQuiet } from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

const PEOPLE = 40
const ROUNDS = 25
const seen = (n: number): Rule => ({
  kind: 'and',
  rules: [
    {
      kind: 'event',
      match: { event: 'page.viewed', filters: [] },
      count: { op: 'atLeast', n },
      period: { kind: 'last', n: 30, unit: 'days' },
    },
    { kind: 'fact', fact: 'score.main.total', is: { op: 'gte', value: n } },
  ],
})
const points = (n: number): ScoreRule[] => [
  {
    id: '00000000-0000-4000-8000-000000000001',
    kind: 'behaviour',
    label: '',
    match: { event: 'page.viewed', filters: [] },
    points: n,
    limit: { kind: 'each' },
    expiresDays: null,
  },
]

test('M1 QUA-13 two reactors, a flood of events and edits in between: scores equal the journal, members equal the rule, comings and goings alternate', async () => {
  const people: Subject[] = []
  await db.tx(async (ctx) => {
    for (let i = 0; i < PEOPLE; i++) people.push(((id) => ({ id, bucket: bucketOf(id) }))(ctx.id()))
    for (const { id, bucket } of people)
      await sql`INSERT INTO person (bucket, id, identified_at, created_at) VALUES (${bucket}, ${id}, ${ctx.now}, ${ctx.now})`.execute(
        ctx.db,
      )
    await makePulses(ctx, people)
  })
  const setScore = async (n: number) => {
    await db.tx((ctx) => saveDraft(ctx, { name: 'main', settings: FIRST_SETTINGS, rules: points(n) }))
    await db.tx((ctx) => publish(ctx, { name: 'main', startsScenarios: false }))
  }
  await setScore(1)
  const { id } = await db.tx((ctx) =>
    create(ctx, { name: '何度も見た人', description: '', audience: 'leads', startsScenarios: false, rule: seen(3) }),
  )
  await db.drain()
  let coming = true
  const reactor = async () => {
    while (coming || (await turn(db.house)) > 0) await turn(db.house)
  }
  const reactors = [reactor(), reactor()]
  for (let round = 0; round < ROUNDS; round++) {
    const some = people.filter((_, i) => (i * 7 + round * 3) % 5 < 2)
    await db.tx((ctx) =>
      append(
        ctx,
        some.map((subject) => ({
          subject,
          id: eventId('flood', `${round}/${subject.id}`),
          name: 'page.viewed',
          occurredAt: ctx.now,
          props: {},
        })),
      ),
    )
    if (round === 8) await setScore(2)
    if (round === 14) await db.tx((ctx) => change(ctx, { id, rule: seen(8), startsScenarios: false }))
    if (round === 8 || round === 14) await db.drain()
  }
  coming = false
  await Promise.all(reactors)
  await db.drain()
  await turnUntilQuiet(db.house)
  const scores =
    await db.house.pool.query(`SELECT s.total::int AS total, (SELECT count(*)::int * 2 FROM journal j WHERE j.person_id = s.person_id AND j.name = 'page.viewed') AS wanted
    FROM score s JOIN score_model m ON m.name = s.model AND m.live_version = s.version`)
  expect(scores.rows).toHaveLength(PEOPLE)
  for (const row of scores.rows) expect(row.total).toBe(row.wanted)
  const live = (await db.read((ctx) => members(ctx, { id, limit: 200 }))).items.map((one) => one.id).sort()
  const asked = await db.tx((ctx) => preview(ctx, { rule: seen(8), audience: 'leads' }))
  expect(live).toHaveLength(asked.count)
  expect(live.length).toBeGreaterThan(0)
  const moves = await db.house.pool.query(
    `SELECT person_id, array_agg(name ORDER BY received_at, name) AS names FROM journal WHERE name IN ('segment.entered', 'segment.left') GROUP BY 1`,
  )
  for (const { person_id, names } of moves.rows) {
    const balance = (names as string[]).reduce((sum, name) => sum + (name === 'segment.entered' ? 1 : -1), 0)
    expect(balance).toBe(live.includes(person_id) ? 1 : 0)
  }
  const open = await db.house.pool.query('SELECT person_id FROM segment_stay WHERE left_at IS NULL')
  expect(open.rows.map((row) => row.person_id).sort()).toEqual(live)
  const left = await db.house.pool.query(
    'SELECT (SELECT count(*) FROM news)::int AS news, (SELECT count(*) FROM pulse WHERE parked_reason IS NOT NULL)::int AS parked',
  )
  expect(left.rows[0]).toEqual({ news: 0, parked: 0 })
})
