import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR, type VirtualClock } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { compileOrRefuse, make } from '#loop/deliver/template/service.ts'
import { grantConsent, identify } from '#loop/identify/service.ts'
import type { Step } from '#loop/orchestrate/graph/contract.ts'
import * as entering from '#loop/orchestrate/people/service.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { testHouse } from '../../../../../test/house.ts'
import { type Journeys, match, on, openJourneys, tag, wait } from '../../../../../test/journey.ts'
import { ARMS, type TimingArm, type TimingNumber } from './contract.ts'
import { timing, timingPeople } from './service.ts'

let j: Journeys
let template = ''
beforeAll(async () => {
  j = await openJourneys(await testHouse())
  const draft: Draft = { subject: 'お礼', preheader: '', blocks: [{ id: 'f', kind: 'footer', note: '' }] }
  const compiled = await compileOrRefuse(draft)
  template = (await j.db.tx((ctx) => make(ctx, { name: 'お礼', draft }, compiled))).id
})
afterAll(() => j.db.close())

const query = (text: string, values: unknown[]) => j.db.house.pool.query(text, values)
const mail = (): Step => ({ kind: 'mail', id: 'm', name: '', template, purpose: 'marketing' })
const best = (control: number) => wait('w', { kind: 'bestHour', within: 24, control })

async function leads(n: number): Promise<Subject[]> {
  const found = await j.db.tx(async (ctx) => {
    const made = await identify(
      ctx,
      Array.from({ length: n }, () => ({ mail: `${j.unique('t')}@example.co.jp`, at: ctx.now, route: 'hand' as const })),
    )
    for (const { subject } of made) await grantConsent(ctx, { subject, purpose: 'marketing', basis: 'consent', at: ctx.now, route: 'form' })
    return made
  })
  await j.turn()
  return found.map(({ subject }) => subject)
}

/** Everybody has read at 20 o'clock so far. */
async function habit(): Promise<void> {
  const [reader] = await leads(1)
  const sent = new Date(j.db.clock.now().getTime() - 3 * DAY)
  const read = new Date(`${new Date(sent.getTime() + 9 * HOUR).toISOString().slice(0, 10)}T20:00:00+09:00`)
  for (let day = 0; day < 7; day++)
    await query(
      `INSERT INTO delivery (bucket, person_id, id, what, source, version_id, purpose, status, not_before, created_at, sent_at, opened_at)
      VALUES ($1, $2, gen_random_uuid(), $3, '00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'transactional', 'sent', $4, $4, $4, $5)`,
      [reader?.bucket, reader?.id, j.unique('read'), sent, new Date(read.getTime() + day * DAY)],
    )
}

const enter = (id: string, people: readonly Subject[]) => j.db.tx((ctx) => entering.enter(ctx, { id, people: people.map((one) => one.id) }))
const read = (id: string, days = 14) => j.db.read((ctx) => timing(ctx, { id, days }))
const behind = async (id: string, arm: TimingArm, of: TimingNumber): Promise<Set<string>> => {
  const ids: string[] = []
  for (let cursor: string | undefined; ; ) {
    const asked = { id, step: 'w', arm, of, days: 14, limit: 7, ...(cursor ? { cursor } : {}) }
    const { items, next } = await j.db.read((ctx) => timingPeople(ctx, asked))
    ids.push(...items.map(({ personId }) => personId))
    if (!next) break
    cursor = next
  }
  expect(new Set(ids).size).toBe(ids.length)
  return new Set(ids)
}

test('NUR-34 the best hour against its control share: who opened, clicked and reached the goal, by people, each number with its people', async () => {
  ;(j.db.clock as VirtualClock).set('2027-03-01T10:00:00+09:00')
  await habit()
  const goal = { kind: 'event' as const, match: match('custom.bought') }
  const id = await j.scenario(
    [on('custom.never')],
    [best(40), mail(), wait('v', { kind: 'for', amount: 20, unit: 'days', businessHours: false })],
    { goal },
  )
  // So many that chance gives neither arm too few for a verdict.
  const crowd = await leads(160)
  await enter(id, crowd)
  const arms = new Map<string, TimingArm>()
  for (const who of crowd) {
    const passed = (await j.runsOf(who, id))[0]?.steps.find(({ step }) => step === 'w')
    arms.set(who.id, passed?.because['arm'] === 'control' ? 'control' : 'best')
  }
  const of = (arm: TimingArm) => crowd.filter((who) => arms.get(who.id) === arm)
  const [waited, atOnce] = [of('best'), of('control')]
  expect(Math.min(waited.length, atOnce.length)).toBeGreaterThan(9)
  // One reaches the goal while waiting: of the treated, though no mail was ever sent.
  await j.happens(waited[0] as Subject, 'custom.bought')
  await j.later(DAY)
  const got = async (people: readonly Subject[], column: 'opened_at' | 'clicked_at', after: number) =>
    query(`UPDATE delivery SET ${column} = created_at + $2 * interval '1 hour' WHERE person_id = ANY($1)`, [
      people.map((one) => one.id),
      after,
    ])
  await query("UPDATE delivery SET status = 'sent', sent_at = created_at WHERE person_id = ANY($1) AND status = 'queued'", [
    crowd.map((one) => one.id),
  ])
  await got(waited.slice(1, -2), 'opened_at', 2)
  await got(waited.slice(1, 6), 'clicked_at', 3)
  await got(atOnce.slice(0, 3), 'opened_at', 2)
  await got(atOnce.slice(3, 4), 'opened_at', 15 * 24)
  await j.happens(atOnce[0] as Subject, 'custom.bought')
  expect((await read(id)).waits).toMatchObject([
    { young: crowd.length, arms: { best: { people: 0 } }, compared: { opened: { verdict: 'noControl' } } },
  ])
  await j.later(14 * DAY)
  const late = await leads(4)
  await enter(id, late)
  const [found] = (await read(id)).waits
  expect(found).toMatchObject({
    step: 'w',
    control: 40,
    young: 4,
    hasGoal: true,
    arms: {
      best: { people: waited.length, sent: waited.length - 1, opened: waited.length - 3, clicked: 5, reached: 1 },
      control: { people: atOnce.length, sent: atOnce.length, opened: 3, clicked: 0, reached: 1 },
    },
    compared: { opened: { verdict: 'helps', more: null }, reached: { verdict: 'few' } },
  })
  expect(found?.compared.opened?.difference?.value).toBeCloseTo((waited.length - 3) / waited.length - 3 / atOnce.length, 9)
  for (const arm of ARMS) {
    expect(await behind(id, arm, 'people')).toEqual(new Set(of(arm).map((one) => one.id)))
    for (const number of ['sent', 'opened', 'clicked', 'reached'] as const)
      expect((await behind(id, arm, number)).size).toBe(found?.arms[arm]?.[number])
  }
  expect(await behind(id, 'best', 'reached')).toEqual(new Set([waited[0]?.id]))
})

test('NUR-34 another control share begins anew; a wait without one is not measured; a step that is none is missing', async () => {
  const id = await j.scenario([on('custom.never')], [best(10), tag('x')])
  await enter(id, await leads(5))
  const change = (control: number) =>
    j.db.tx(async (ctx) => {
      const { revision, draft, name } = await scenarios.get(ctx, { id })
      const saved = await scenarios.save(ctx, { id, name, graph: { ...draft, steps: [best(control), tag('x')] }, revision })
      return scenarios.publish(ctx, { id, revision: saved.revision })
    })
  await change(30)
  await enter(id, await leads(3))
  expect((await read(id)).waits).toMatchObject([{ control: 30, young: 3, hasGoal: false }])
  await change(0)
  expect((await read(id)).waits).toMatchObject([{ control: 30, young: 3 }])
  const plain = await j.scenario([on('custom.never')], [best(0), tag('x')])
  expect((await read(plain)).waits).toEqual([])
  const asked = { id, step: 'x', arm: 'best' as const, of: 'people' as const, days: 14, limit: 5 }
  await expect(j.db.read((ctx) => timingPeople(ctx, asked))).rejects.toMatchObject({ code: 'scenario.noWait' })
})
