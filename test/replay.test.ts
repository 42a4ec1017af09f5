// What ran live, replayed from its journal.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR } from '#kernel/clock.ts'
import { stopMail } from '#loop/identify/service.ts'
import type { Step } from '#loop/orchestrate/graph/contract.ts'
import * as simulations from '#loop/orchestrate/simulate/service.ts'
import { simulate } from '#loop/orchestrate/simulate/work.ts'
import { testHouse } from './house.ts'
import { branch, graphOf, on, openPast, type Past, pause } from './past.ts'
import { seeded } from './world.ts'

let past: Past
beforeAll(async () => {
  past = await openPast(await testHouse({ at: '2026-09-07T09:00:00+09:00' }))
})
afterAll(() => past.db.close())

interface Live {
  readonly person: string
  readonly step: string
  readonly at: number
}

/** What really left for runs of a scenario. */
async function sentLive(id: string): Promise<Live[]> {
  const found = await past.rows<{ person: string; step: string; at: Date }>(
    `SELECT d.person_id AS person, split_part(d.what, ':', 3) AS step, d.marked_at AS at FROM delivery d
     JOIN run r ON r.bucket = d.bucket AND r.person_id = d.person_id AND r.id = split_part(d.what, ':', 2)::uuid
     WHERE d.what LIKE 'run:%' AND r.scenario_id = $1 AND d.status = 'sent'`,
    [id],
  )
  return found.map((row) => ({ ...row, at: row.at.getTime() }))
}

const inOrder = (sends: readonly Live[]): string[] =>
  sends.map(({ person, step, at: when }) => `${new Date(when).toISOString()} ${step} ${person}`).sort()

/** The next instant at which something is due by time alone. */
async function nextDue(): Promise<number | null> {
  const [row] = await past.rows<{ at: Date | null }>(`SELECT least((SELECT min(due_at) FROM run WHERE status = 'active'),
    (SELECT min(not_before) FROM delivery WHERE status IN ('queued', 'deferred')), (SELECT min(due_at) FROM pulse)) AS at`)
  return row?.at?.getTime() ?? null
}

/** Lets time pass as a punctual house would: it stops wherever something is due. */
async function passUntil(end: number): Promise<void> {
  for (let i = 0; i < 2_000; i++) {
    await past.settleAll()
    const due = await nextDue()
    if (due === null || due > end) break
    past.db.clock.set(new Date(Math.max(due, past.db.house.clock.now().getTime() + 1)))
  }
  past.db.clock.set(new Date(end))
}

test('M2 a scenario that ran live for weeks and its replay send the same mails to the same people at the same instants, caps and quiet hours included', async () => {
  past.at('2026-09-07T09:00')
  await past.setCaps({ perDay: 1, perWeek: 3 })
  const [event, goal, seen] = [past.unique('live'), past.unique('won'), past.unique('seen')]
  const people = await past.someLeads(20, 7)
  // Whoever is hit by chance below may have nothing more to come: these stop our mail and begin after it, whatever the draws say.
  const stopped = await past.someLeads(8, 8)
  const clicked: Step = {
    kind: 'await',
    id: 'click',
    name: '',
    event: { kind: 'mail', step: 'm1', did: 'clicked', link: '' },
    within: { amount: 2, unit: 'days' },
    branches: [
      branch('happened', [past.mail('m2')]),
      branch('timedOut', [
        {
          kind: 'split',
          id: 'ab',
          name: '',
          branches: [branch('a', [past.mail('m3')], 50), branch('b', [pause('wb', 1), past.mail('m4')], 50)],
        },
      ]),
    ],
  }
  const often: Step = {
    kind: 'switch',
    id: 'often',
    name: '',
    cases: [
      {
        key: 'a',
        name: '',
        rule: {
          kind: 'event',
          match: { event: seen, filters: [] },
          count: { op: 'atLeast', n: 2 },
          period: { kind: 'last', n: 3, unit: 'days' },
        },
      },
      {
        key: 'b',
        name: '',
        rule: {
          kind: 'event',
          match: { event: seen, filters: [] },
          count: { op: 'atLeast', n: 1 },
          period: { kind: 'last', n: 7, unit: 'days' },
        },
      },
    ],
    branches: [branch('a', [past.mail('m5')]), branch('b', [past.mail('m6')]), branch('else', [])],
  }
  const morning: Step = { kind: 'wait', id: 'morning', name: '', until: { kind: 'businessDay', days: 1, time: '09:30' } }
  const first = graphOf(event, [past.mail('m1'), clicked, morning, often], { goal: { kind: 'event', match: on(goal).match }, holdout: 10 })
  // Two mails at one instant to one person have no order: a minute lies between them.
  const second = graphOf(event, [past.mail('m1'), clicked, pause('minute', 1, 'minutes'), often, pause('w3', 3), past.mail('m7')], {
    goal: first.goal,
  })
  const id = await past.scenario(first, true)
  const other = past.unique('elsewhere')
  await past.scenario(graphOf(other, [past.mail('o')]), true)
  const chance = seeded(20260907)
  // What one person does at one instant has no order in the journal: each does one thing a turn.
  const busy = new Set<string>()
  const some = () => {
    const found = people.filter(({ id: who }) => chance() < 0.25 && !busy.has(who))
    for (const { id: who } of found) busy.add(who)
    return found
  }
  let ended = past.db.house.clock.now().getTime()
  for (let turn = 0; turn < 30; turn++) {
    ended += Math.floor((4 + chance() * 30) * HOUR) + 137
    await passUntil(ended)
    busy.clear()
    if (turn === 13) await past.publishAgain(id, second)
    if (chance() < 0.4) await past.happens(some(), goal)
    if (chance() < 0.6) await past.happens(some(), event)
    if (chance() < 0.5) await past.happens(some(), seen)
    if (chance() < 0.4) await past.happens(some(), other)
    const leaver = chance() < 0.1 ? people[Math.floor(chance() * people.length)] : undefined
    for (const one of [...(leaver ? [leaver] : []), ...(turn === 4 ? stopped : [])])
      await past.db.tx((ctx) =>
        stopMail(ctx, { address: past.mailOf.get(one.id) ?? '', reason: 'unsubscribe', at: ctx.now, source: 'test' }),
      )
    if (turn === 6) await past.happens(stopped, event)
    await clickSome(chance, busy)
  }
  await passUntil(ended + 12 * HOUR)
  const live = inOrder(await sentLive(id))
  const asked = await past.db.read((ctx) => simulations.askOf(ctx, past.ask(id, { which: { kind: 'recorded' }, months: 3 })))
  const { played, result } = await simulate(past.db.house, asked, async () => undefined)
  const replayed = inOrder((played.stages[0]?.sent ?? []).map(({ personId, step, at: when }) => ({ person: personId, step, at: when })))
  expect(replayed).toEqual(live)
  expect(live.length).toBeGreaterThan(25)
  // The past was not an easy one: all of that happened in it.
  const [part] = result.parts
  expect(part?.caps.map((one) => [one.reason, one.mails > 0])).toEqual([
    ['quiet', true],
    ['capped', true],
  ])
  expect(part?.ends).toMatchObject({ goal: expect.any(Number), completed: expect.any(Number) })
  expect(part?.answers.recorded).toBeGreaterThan(0)
  expect(part?.mails.reduce((sum, one) => sum + (one.held['unsubscribed'] ?? 0), 0)).toBeGreaterThan(0)
  const [count] = await past.rows<{ n: number }>(`SELECT count(DISTINCT version)::int AS n FROM run WHERE scenario_id = $1`, [id])
  expect(count?.n).toBe(2)
  await past.setCaps({})
}, 60_000)

/** Some of those who have had a first mail lately click on it. */
async function clickSome(chance: () => number, busy: Set<string>): Promise<void> {
  const fresh = await past.rows<{ person_id: string; bucket: number; id: string; what: string }>(
    `SELECT person_id, bucket, id, what FROM delivery WHERE status = 'sent' AND what LIKE 'run:%:m1' AND sent_at > $1 ORDER BY person_id, id`,
    [new Date(past.db.house.clock.now().getTime() - 2 * DAY)],
  )
  for (const row of fresh.filter(() => chance() < 0.2)) {
    if (busy.has(row.person_id)) continue
    busy.add(row.person_id)
    await past.happens([{ bucket: row.bucket, id: row.person_id }], 'mail.clicked', {
      delivery: row.id,
      what: row.what,
      url: 'https://www.mihon.example/p',
    })
  }
}
