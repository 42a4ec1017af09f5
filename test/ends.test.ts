// What a run's beginning and end do to the rest of the house: at once where it is known already, by news only for whoever reads them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { derivedId } from '#kernel/journal.ts'
import { sweep } from '#loop/orchestrate/timers/sweep.ts'
import { turn } from '#loop/reactor/service.ts'
import { members } from '#loop/segment/service.ts'
import { testHouse } from './house.ts'
import { days, type Journeys, match, on, openJourneys, tag } from './journey.ts'

let j: Journeys
beforeAll(async () => {
  j = await openJourneys(await testHouse())
})
afterAll(() => j.db.close())

const ask = async <T>(text: string, values: unknown[] = []): Promise<T[]> => (await j.db.house.pool.query(text, values)).rows as T[]
const planOf = async (who: Subject) =>
  (
    await ask<{ plan: string | null; stage: string | null }>(
      'SELECT t.plan, s.stage FROM lead_touch t LEFT JOIN lead_stage s USING (bucket, person_id) WHERE t.person_id = $1',
      [who.id],
    )
  )[0]
const waiting = async () => (await ask<{ name: string }>('SELECT name FROM news ORDER BY seq')).map(({ name }) => name)
const eventsOf = async (who: Subject) =>
  (
    await ask<{ name: string }>("SELECT name FROM journal WHERE person_id = $1 AND name LIKE 'scenario.%' ORDER BY occurred_at, name", [
      who.id,
    ])
  ).map(({ name }) => name)
/** Enters some people, and lets their waits be over, taking two at once. */
async function throughIt(id: string, begin: string, people: readonly Subject[]): Promise<void> {
  for (const who of people) await j.happens(who, begin)
  for (const who of people) expect(await planOf(who)).toEqual({ plan: 'scenario', stage: 'nurture' })
  j.db.clock.advance(DAY)
  await sweep(j.db.house, 2)
  for (const who of people) expect(await j.runsOf(who, id)).toMatchObject([{ how: 'completed', steps: [{ step: 'w' }] }])
}
const some = async (n: number): Promise<Subject[]> => {
  const people: Subject[] = []
  for (let i = 0; i < n; i++) people.push(await j.someone())
  return people
}

test('CRM-12 NUR-16 runs that end by the clock alone leave no plan behind, are told to the journal, and turn the loop for nobody', async () => {
  const begin = `custom.${j.unique('end')}`
  const id = await j.scenario([on(begin)], [days('w', 1)])
  const people = await some(7)
  await throughIt(id, begin, people)
  expect(await waiting()).toEqual([])
  for (const who of people) {
    expect(await planOf(who)).toEqual({ plan: null, stage: 'nurture' })
    expect(await eventsOf(who)).toEqual(['scenario.entered', 'scenario.ended'])
  }
  const tally = await ask<{ step: string; way: string; n: number }>(
    'SELECT step, way, sum(n)::int AS n FROM scenario_tally WHERE scenario_id = $1 GROUP BY 1, 2 ORDER BY 1',
    [id],
  )
  expect(tally).toEqual([
    { step: 'end', way: 'completed', n: 7 },
    { step: 'start', way: 'next', n: 7 },
    { step: 'w', way: 'next', n: 7 },
  ])
  const ended = await ask<{ id: string; run: string; props: object; hop: number; cause: boolean }>(
    `SELECT j.id, r.id AS run, j.props - 'run' AS props, j.hop, j.cause_id = r.cause_id AS cause FROM journal j JOIN run r ON r.id = (j.props->>'run')::uuid
     WHERE j.name = 'scenario.ended' AND r.scenario_id = $1`,
    [id],
  )
  expect(new Set(ended.map(({ props, hop }) => JSON.stringify({ props, hop }))).size).toBe(1)
  expect(ended.map(({ id: one }) => one)).toEqual(ended.map(({ run }) => derivedId(run, 'orchestrate', 'scenario.ended')))
  expect(ended[0]).toMatchObject({ props: { scenario: id, version: 1, how: 'completed' }, cause: true })
})

test('M1 NUR-16 an end that a rule reads is told to whoever it concerns, however many end at once', async () => {
  const begin = `custom.${j.unique('end')}`
  const id = await j.scenario([on(begin)], [days('w', 1)])
  const reader = await j.segment({
    kind: 'event',
    match: match('scenario.ended', { scenario: id }),
    count: { op: 'atLeast', n: 1 },
    period: { kind: 'ever' },
  })
  const next = await j.scenario([on('scenario.ended', { scenario: id })], [tag('next')])
  const people = await some(5)
  await throughIt(id, begin, people)
  expect(await waiting()).toEqual(people.map(() => 'scenario.ended'))
  await j.turn()
  const inside = (await j.db.read((ctx) => members(ctx, { id: reader, limit: 50 }))).items.map((one) => one.id)
  expect(inside.sort()).toEqual(people.map((who) => who.id).sort())
  for (const who of people) expect([await j.tagsOf(who), (await j.runsOf(who, next)).length]).toEqual([['next'], 1])
})

test('NUR-16 a goal is counted for the mail whose click it followed, and a goal behind no click turns the loop for nobody', async () => {
  const [begin, goal] = [`custom.${j.unique('end')}`, `custom.${j.unique('goal')}`]
  await j.scenario([on(begin)], [days('w', 9)], { goal: { kind: 'event', match: match(goal) } })
  const [clicked, other] = await some(2)
  if (!clicked || !other) throw new Error('nobody')
  await j.happens(clicked, 'mail.clicked', { delivery: '11111111-1111-4111-8111-111111111111' })
  for (const who of [clicked, other]) await j.happens(who, begin)
  j.db.clock.advance(60_000)
  for (const who of [clicked, other]) await j.happens(who, goal)
  const heard = await ask<{ person_id: string }>(
    `SELECT g.person_id FROM journal g JOIN reaction r ON r.bucket = g.bucket AND r.person_id = g.person_id AND g.id = ANY(r.event_ids) WHERE g.name = 'scenario.goal'`,
  )
  expect(heard).toEqual([{ person_id: clicked.id }])
  expect(await ask("SELECT person_id, n::int FROM person_day WHERE metric = 'mail_converted'")).toEqual([{ person_id: clicked.id, n: 1 }])
  expect(await eventsOf(other)).toEqual(['scenario.entered', 'scenario.ended', 'scenario.goal'])
  expect(await turn(j.db.house)).toBe(0)
})
