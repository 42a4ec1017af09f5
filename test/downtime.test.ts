// N4 at random: people whose waits end while nothing turns, by each late rule.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isBusinessDay, JAPANESE_WEEK, japaneseCalendar } from '#kernel/calendar.ts'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Step } from '#loop/orchestrate/graph/contract.ts'
import { advanceAlike } from '#loop/orchestrate/timers/alike.ts'
import { sweep } from '#loop/orchestrate/timers/sweep.ts'
import { testHouse } from './house.ts'
import { type Journeys, on, openJourneys, tag, wait } from './journey.ts'
import { property, seeded } from './world.ts'

let j: Journeys
const template = '11111111-1111-4111-8111-111111111111'
beforeAll(async () => {
  j = await openJourneys(await testHouse({ at: '2027-01-18T10:00:00+09:00' }))
  await j.db.house.pool.query(
    `INSERT INTO template (id, name, version_id, created_at, updated_at) VALUES ($1, 't', gen_random_uuid(), now(), now())`,
    [template],
  )
})
afterAll(() => j.db.close())

const calendar = japaneseCalendar()
/** Whether the company is at work, by the clock on the wall. */
function isOpen(at: number): boolean {
  const local = new Date(at + 9 * HOUR).toISOString()
  const time = local.slice(11, 16)
  return isBusinessDay(calendar, JAPANESE_WEEK, local.slice(0, 10)) && time >= '09:00' && time < '18:00'
}

/** The first instant from then on at which the company is at work. */
function nextOpen(at: number): number {
  let open = at
  while (!isOpen(open)) open += MINUTE - (open % MINUTE)
  return open
}

test('N4 after any stop of up to three days everybody whose wait is over goes on once, nobody before their time, and by the late rule of the scenario', async () => {
  const whole = async (seed: number): Promise<void> => {
    const draw = seeded(seed)
    const pick = (n: number) => Math.floor(draw() * n)
    const now = () => j.db.clock.now().getTime()
    const late = [{ kind: 'run' as const }, { kind: 'skip' as const, hours: 1 + pick(48) }, { kind: 'nextWindow' as const }][pick(3)]
    const hours = 1 + pick(48)
    const mail: Step = { kind: 'mail', id: 'm', name: '', template, purpose: 'marketing' }
    const begin = `custom.${j.unique('down')}`
    const steps = [wait('w', { kind: 'for', amount: hours, unit: 'hours', businessHours: false }), tag('t'), mail]
    const id = await j.scenario([on(begin)], steps, { late: late ?? { kind: 'run' } })
    const due = new Map<string, number>()
    j.db.clock.advance(pick(7 * 24 * 60) * MINUTE)
    for (let i = 0; i < 5; i++) {
      const who = await j.someone()
      await j.happens(who, begin)
      due.set(who.id, now() + hours * HOUR)
      j.db.clock.advance(pick(240) * MINUTE)
    }
    /** Where the late rule has put somebody off to. */
    const until = new Map<string, number>()
    const left = new Map<string, string>()
    for (let stop = 0; stop < 9; stop++) {
      // The last look is at work: whoever looks at night alone puts everybody off to the next morning, night after night.
      await j.later(stop < 4 ? pick(3 * 24 * 60) * MINUTE : stop < 8 ? DAY : nextOpen(now()) - now())
      for (const [person, at] of due) {
        const again = until.get(person) ?? at
        if (left.has(person) || again > now()) continue
        const by = now() - again
        if (late?.kind === 'nextWindow' && by > HOUR && !isOpen(now())) {
          until.set(person, nextOpen(now()))
        } else left.set(person, late?.kind === 'skip' && by > late.hours * HOUR ? `late ${now()}` : `done ${now()}`)
      }
      const { rows } = await j.db.house.pool.query<{ person_id: string; lines: string[] }>(
        `SELECT person_id, array_agg(step || ' ' || (because->>'kind') || ' ' || round(extract(epoch FROM left_at) * 1000) ORDER BY ordinal) AS lines FROM run_step WHERE scenario_id = $1 GROUP BY 1`,
        [id],
      )
      const shown = rows.map(({ person_id, lines }) => [person_id, lines.length, lines.at(-1)])
      expect(shown.sort()).toEqual([...left].map(([person, line]) => [person, 3, `m ${line}`]).sort())
    }
    expect(left.size).toBe(5)
  }
  const runs = Number(process.env['TEST_RUNS'] ?? 12)
  await fc.assert(fc.asyncProperty(fc.integer(), whole), { ...property, numRuns: runs, endOnFailure: true })
}, 1_800_000)

test('N4 whoever is overdue in several scenarios goes on in the order of their times, however few are taken at once', async () => {
  const whole = async (seed: number): Promise<void> => {
    const draw = seeded(seed)
    const pick = (n: number) => Math.floor(draw() * n)
    const ways = Array.from({ length: 2 + pick(3) }, (_, n) => ({ tag: `t${n}`, begin: `custom.${j.unique('late')}`, hours: 6 + pick(48) }))
    for (const way of ways)
      await j.scenario([on(way.begin)], [wait('w', { kind: 'for', amount: way.hours, unit: 'hours', businessHours: false }), tag(way.tag)])
    const people = [await j.someone(), await j.someone(), await j.someone()]
    const due: { who: Subject; tag: string; at: number }[] = []
    for (const way of [...ways].sort(() => draw() - 0.5))
      for (const who of people) {
        j.db.clock.advance(1 + pick(60 * MINUTE))
        await j.happens(who, way.begin)
        due.push({ who, tag: way.tag, at: j.db.clock.now().getTime() + way.hours * HOUR })
      }
    j.db.clock.advance(3 * DAY)
    const most = 1 + pick(4)
    while ((await sweep(j.db.house, most)) > 0) await j.turn()
    for (const who of people) {
      const order = due.filter((one) => one.who === who).sort((a, b) => a.at - b.at)
      expect(await j.tagsOf(who)).toEqual(order.map((one) => one.tag))
    }
  }
  const runs = Number(process.env['TEST_RUNS'] ?? 12)
  await fc.assert(fc.asyncProperty(fc.integer(), whole), { ...property, numRuns: runs, endOnFailure: true })
}, 1_800_000)

test('N2 a round of timers takes nobody before their time when the clock of the database has been put back since it began', async () => {
  const begin = `custom.${j.unique('early')}`
  const id = await j.scenario([on(begin)], [wait('w', { kind: 'for', amount: 10, unit: 'hours', businessHours: false }), tag('t')])
  await j.happens(await j.someone(), begin)
  const began = new Date(j.db.clock.now().getTime() + DAY)
  const taken = await j.db.tx((ctx) => advanceAlike(ctx, { scenarioId: id, most: 10, until: began, alone: true }, []))
  expect(taken).toMatchObject({ moved: 0, rest: [] })
})
