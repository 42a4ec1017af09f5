import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bySubject, type Subject } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { append, claim, eventId, settle, takeNews } from '#kernel/journal.ts'
import type { Fact } from '#loop/identify/facts.ts'
import { identify, resolveDevices } from '#loop/identify/service.ts'
import { personTables as identifyTables } from '#loop/identify/tables.ts'
import { SYSTEM, type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { days, on, tag } from '../../../../test/journey.ts'
import { unique } from '../../../../test/scenarioModel.ts'
import { facts } from '../facts.ts'
import { type Graph, PLAIN, type Step } from '../graph/contract.ts'
import { jobs as scenarioJobs } from '../jobs.ts'
import * as people from '../people/service.ts'
import * as scenarios from '../service.ts'
import { personTables } from '../tables.ts'
import { sweepDates } from '../timers/dates.ts'
import { sweep } from '../timers/sweep.ts'
import { jobs as versionJobs } from '../versions/jobs.ts'
import { react } from './service.ts'

const birthday: Fact = {
  name: 'attrs.renewal',
  type: 'date',
  words: { ja: '更新日', en: 'Renewal' },
  group: 'test',
  after: [],
  sql: (person) => sql`${sql.id(person)}.attrs->>'renewal'`,
  load: async () => new Map(),
}

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({
    ports: { personTables: [...identifyTables, ...personTables], facts: [birthday] },
    jobs: [...scenarioJobs, ...versionJobs],
  })
})
afterAll(() => db.close())

async function someone(): Promise<Subject> {
  const [outcome] = await db.tx((ctx) => identify(ctx, [{ mail: `${unique('lead')}@example.co.jp`, route: 'hand', at: ctx.now }]))
  if (!outcome) throw new Error('nobody was named')
  await quiet()
  return outcome.subject
}

/** Appends an event and lets only the scenarios react to it. */
async function happens(subjects: readonly Subject[], name: string, props = {}, more: { historic?: boolean } = {}): Promise<void> {
  await db.tx((ctx) =>
    append(
      ctx,
      subjects.map((subject) => ({ subject, id: eventId('test', unique('e')), name, occurredAt: ctx.now, props, ...more })),
    ),
  )
  await quiet()
}

const everyBucket = Array.from({ length: 256 }, (_, i) => i)

/** The reactor's turn with this room as its only stage. */
async function quiet(): Promise<void> {
  for (let claimed = 1; claimed > 0; ) {
    claimed = await withTx(db.house, SYSTEM, async (locked) => {
      const people = await claim(locked, everyBucket, 100)
      const { ctx, news } = await takeNews(locked, people)
      await react(ctx, { at: ctx.now, people, news, wake: () => {}, changed: new Map() })
      await settle(
        ctx,
        people.map((subject) => ({ subject, dueAt: null, eventIds: [] })),
      )
      return people.length
    })
  }
}

async function scenario(steps: Step[], more: Partial<Graph> = {}): Promise<{ id: string; event: string }> {
  const event = unique('begin')
  const graph: Graph = { ...PLAIN, triggers: [on(event)], entry: { kind: 'each' }, steps, ...more }
  const id = await db.tx(async (ctx) => {
    const made = await scenarios.create(ctx, { name: event, starter: 'blank', language: 'ja' }, {})
    const saved = await scenarios.save(ctx, { id: made.id, name: event, graph, revision: made.revision })
    await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
    return made.id
  })
  return { id, event }
}

const query = async <R>(text: string, values: unknown[]): Promise<R[]> => (await db.house.pool.query(text, values)).rows as R[]
const tagsOf = async (subject: Subject): Promise<string[]> =>
  (await query<{ tags: string[] }>('SELECT tags FROM person WHERE bucket = $1 AND id = $2', [subject.bucket, subject.id]))[0]?.tags ?? []
const runsOf = async (subject: Subject, id: string) =>
  (await db.read((ctx) => people.runs(ctx, { person: subject.id }))).items.filter((run) => run.scenarioId === id)

describe('a run on a virtual clock', () => {
  test('NUR-02 step mail: day 0, 3 and 7, each step once and never before its time', async () => {
    const { event, id } = await scenario([tag('day0'), days('w3', 3), tag('day3'), days('w7', 4), tag('day7')])
    const who = await someone()
    await happens([who], event)
    expect(await tagsOf(who)).toEqual(['day0'])
    db.clock.advance(3 * 86_400_000 - 1)
    await sweep(db.house)
    expect(await tagsOf(who)).toEqual(['day0'])
    db.clock.advance(1)
    await sweep(db.house)
    expect(await tagsOf(who)).toEqual(['day0', 'day3'])
    db.clock.advance(30 * 86_400_000)
    await quiet()
    await sweep(db.house)
    expect(await tagsOf(who)).toEqual(['day0', 'day3', 'day7'])
    expect(await runsOf(who, id)).toMatchObject([
      { how: 'completed', steps: [{ step: 'day0' }, { step: 'w3' }, { step: 'day3' }, { step: 'w7' }, { step: 'day7' }] },
    ])
  })

  test('GEN-08 NUR-11 the wait until the next business day steps over the national holiday of 2026-11-23', async () => {
    const morning: Step = { kind: 'wait', id: 'w', name: '', until: { kind: 'businessDay', days: 1, time: '09:30' } }
    const { event, id } = await scenario([morning, tag('holiday-over')])
    const who = await someone()
    db.clock.set('2026-11-20T17:00:00+09:00')
    await happens([who], event)
    expect(await runsOf(who, id)).toMatchObject([{ step: 'w', dueAt: '2026-11-24T00:30:00.000Z' }])
    for (const at of ['2026-11-21T12:00:00+09:00', '2026-11-23T09:30:00+09:00', '2026-11-24T09:29:59+09:00']) {
      db.clock.set(at)
      await sweep(db.house)
      expect(await tagsOf(who)).toEqual([])
    }
    db.clock.set('2026-11-24T09:30:00+09:00')
    await sweep(db.house)
    expect(await tagsOf(who)).toEqual(['holiday-over'])
  })

  test('NUR-02 NUR-16 the goal ends a run anywhere, and nothing more comes of it', async () => {
    const won = unique('won')
    const { event, id } = await scenario([days('w', 3), tag('too-late')], { goal: { kind: 'event', match: { event: won, filters: [] } } })
    const who = await someone()
    await happens([who], event)
    await happens([who], won)
    db.clock.advance(10 * 86_400_000)
    await sweep(db.house)
    expect(await tagsOf(who)).toEqual([])
    expect(await runsOf(who, id)).toMatchObject([{ how: 'goal', step: null }])
    const told = await query<{ name: string }>("SELECT name FROM journal WHERE person_id = $1 AND name LIKE 'scenario.%' ORDER BY name", [
      who.id,
    ])
    expect(told.map((row) => row.name)).toEqual(['scenario.ended', 'scenario.entered', 'scenario.goal'])
  })

  test('NUR-04 NUR-16 what the person does takes the one branch; silence takes the other', async () => {
    const did = unique('did')
    const wait: Step = {
      kind: 'await',
      id: 'q',
      name: '',
      event: { kind: 'event', match: { event: did, filters: [] } },
      within: { amount: 2, unit: 'days' },
      branches: [
        { key: 'happened', name: '', weight: 0, steps: [tag('did')] },
        { key: 'timedOut', name: '', weight: 0, steps: [tag('silent')] },
      ],
    }
    const { event } = await scenario([wait, tag('both')])
    const [a, b] = [await someone(), await someone()]
    await happens([a, b].sort(bySubject), event)
    await happens([a], did)
    db.clock.advance(2 * 86_400_000)
    await sweep(db.house)
    expect(await tagsOf(a)).toEqual(['did', 'both'])
    expect(await tagsOf(b)).toEqual(['silent', 'both'])
  })

  test('NUR-10 a condition is asked of what earlier steps have written', async () => {
    const rule: Extract<Step, { kind: 'condition' }>['rule'] = {
      kind: 'event',
      match: { event: 'seen.pricing', filters: [] },
      count: { op: 'atLeast', n: 2 },
      period: { kind: 'ever' },
    }
    const asked: Step = {
      kind: 'condition',
      id: 'c',
      name: '',
      rule,
      branches: [
        { key: 'yes', name: '', weight: 0, steps: [tag('keen')] },
        { key: 'no', name: '', weight: 0, steps: [tag('cool')] },
      ],
    }
    const { event, id } = await scenario([asked])
    const [a, b] = [await someone(), await someone()]
    await happens([a], 'seen.pricing')
    await happens([a], 'seen.pricing')
    await happens([a, b].sort(bySubject), event)
    expect([await tagsOf(a), await tagsOf(b)]).toEqual([['keen'], ['cool']])
    expect((await runsOf(a, id))[0]?.steps[0]).toMatchObject({ way: 'yes', because: { kind: 'rule', yes: true } })
  })
})

describe('who enters', () => {
  test('once means once; history starts nothing', async () => {
    const { event, id } = await scenario([tag('in')], { entry: { kind: 'once' } })
    const who = await someone()
    await happens([who], event, {}, { historic: true })
    expect(await runsOf(who, id)).toEqual([])
    await happens([who], event)
    await happens([who], event)
    expect(await runsOf(who, id)).toHaveLength(1)
  })

  test('people let into a segment by an edit of its rule start nothing', async () => {
    const trigger = {
      kind: 'event',
      id: 's',
      match: { event: 'segment.entered', filters: [{ prop: 'segment', op: 'eq', value: 'edited' }] },
    } as const
    const { id } = await scenario([tag('in')], {
      triggers: [{ ...trigger, match: { ...trigger.match, filters: [...trigger.match.filters] } }],
    })
    const who = await someone()
    await happens([who], 'segment.entered', { segment: 'edited', byEdit: true })
    expect(await runsOf(who, id)).toEqual([])
    await happens([who], 'segment.entered', { segment: 'edited' })
    expect(await runsOf(who, id)).toHaveLength(1)
  })

  test('every N days lets somebody in again only after so many', async () => {
    const { event, id } = await scenario([tag('in')], { entry: { kind: 'every', days: 7 } })
    const who = await someone()
    await happens([who], event)
    db.clock.advance(6 * 86_400_000)
    await happens([who], event)
    expect(await runsOf(who, id)).toHaveLength(1)
    db.clock.advance(86_400_000)
    await happens([who], event)
    expect(await runsOf(who, id)).toHaveLength(2)
  })

  test('there is one run of a scenario at a time, even under "each time"', async () => {
    const { event, id } = await scenario([days('w', 1)])
    const who = await someone()
    await happens([who], event)
    await happens([who], event)
    expect(await runsOf(who, id)).toHaveLength(1)
  })

  test('QUA-05 crossing the threshold of one column lets somebody in, once', async () => {
    const trigger = { kind: 'score', id: 's', score: 'main', column: 'behaviour_plus', threshold: 50 } as const
    const { id } = await scenario([tag('hot')], { triggers: [trigger] })
    const who = await someone()
    const change = (was: number, is: number) => ({ name: 'main', was: { behaviour_plus: was }, is: { behaviour_plus: is } })
    await happens([who], 'score.changed', change(10, 40))
    await happens([who], 'score.changed', change(40, 60))
    await happens([who], 'score.changed', change(60, 80))
    expect(await runsOf(who, id)).toHaveLength(1)
  })

  test('a visitor may be let in as well as a lead', async () => {
    const { event, id } = await scenario([days('w', 1)])
    const device = unique('device')
    const who = await db.tx(async (ctx) => (await resolveDevices(ctx, [{ device, at: ctx.now, historic: false }])).get(device))
    if (!who) throw new Error('no visitor')
    await happens([who], event)
    expect(await runsOf(who, id)).toHaveLength(1)
  })
})

describe('versions and states', () => {
  test('people on their way stay on their version; whoever enters later takes the new one', async () => {
    const { event, id } = await scenario([days('w', 1), tag('old')])
    const [a, b] = [await someone(), await someone()]
    await happens([a], event)
    await db.tx(async (ctx) => {
      const { revision, draft } = await scenarios.get(ctx, { id })
      const saved = await scenarios.save(ctx, { id, name: event, graph: { ...draft, steps: [days('w', 1), tag('new')] }, revision })
      expect(saved.hasChanges).toBe(true)
      expect(await scenarios.publish(ctx, { id, revision: saved.revision })).toMatchObject({ liveVersion: 2, hasChanges: false })
    })
    await happens([b], event)
    db.clock.advance(86_400_000)
    await sweep(db.house)
    expect([await tagsOf(a), await tagsOf(b)]).toEqual([['old'], ['new']])
  })

  test('paused, nobody enters or moves; what people did meanwhile is not forgotten when it goes on', async () => {
    const did = unique('did')
    const wait: Step = {
      kind: 'await',
      id: 'q',
      name: '',
      event: { kind: 'event', match: { event: did, filters: [] } },
      within: { amount: 2, unit: 'days' },
      branches: [
        { key: 'happened', name: '', weight: 0, steps: [tag('did')] },
        { key: 'timedOut', name: '', weight: 0, steps: [tag('silent')] },
      ],
    }
    const { event, id } = await scenario([wait])
    const [a, b] = [await someone(), await someone()]
    await happens([a], event)
    await db.tx((ctx) => scenarios.setState(ctx, { id, to: 'paused', endRuns: false }))
    await happens([b], event)
    await happens([a], did)
    db.clock.advance(5 * 86_400_000)
    await sweep(db.house)
    expect([await tagsOf(a), await runsOf(b, id)]).toEqual([[], []])
    await db.tx((ctx) => scenarios.setState(ctx, { id, to: 'live', endRuns: false }))
    await sweep(db.house)
    expect(await tagsOf(a)).toEqual(['did'])
  })

  test('stopping ends the runs if asked to, page by page', async () => {
    const { event, id } = await scenario([days('w', 1), tag('never')])
    const who = await someone()
    await happens([who], event)
    await db.tx((ctx) => scenarios.setState(ctx, { id, to: 'stopped', endRuns: true }))
    await db.drain()
    db.clock.advance(2 * 86_400_000)
    await sweep(db.house)
    expect(await tagsOf(who)).toEqual([])
    expect(await runsOf(who, id)).toMatchObject([{ how: 'stopped' }])
  })

  test('NUR-02 a scenario that asks for a field, a form and a score nobody has is told so, and one that asks for what is there is not', async () => {
    const made = await db.tx((ctx) => scenarios.create(ctx, { name: 'names', starter: 'blank', language: 'ja' }, {}))
    const ask = (id: string, fact: string): Step => ({
      kind: 'condition',
      id,
      name: '',
      rule: { kind: 'fact', fact, is: { op: 'notEmpty' } },
      branches: ['yes', 'no'].map((key) => ({ key, name: '', weight: 0, steps: [] })),
    })
    const steps: Step[] = [
      ask('there', birthday.name),
      ask('lost', 'attrs.never_made'),
      { kind: 'points', id: 'p', name: '', score: 'never', amount: 1 },
      { kind: 'wait', id: 'w', name: '', until: { kind: 'field', field: 'department', days: 1, time: '09:00' } },
      tag('z'),
    ]
    const triggers = [{ kind: 'form' as const, id: 't', form: '00000000-0000-4000-8000-00000000f0f0' }]
    const graph = { ...made.draft, triggers, steps }
    const saved = await db.tx((ctx) => scenarios.save(ctx, { id: made.id, name: 'names', graph, revision: made.revision }))
    expect(saved.problems.map((one) => [one.at, one.code, one.what, one.severity])).toEqual([
      ['start', 'gone', 'form', 'warning'],
      ['lost', 'gone', 'fact', 'warning'],
      ['p', 'gone', 'score', 'warning'],
      ['w', 'gone', 'day', 'warning'],
    ])
  })

  test('an unfinished scenario is not published, and each problem names its step', async () => {
    const made = await db.tx((ctx) => scenarios.create(ctx, { name: 'unfinished', starter: 'blank', language: 'ja' }, {}))
    const steps: Step[] = [{ kind: 'mail', id: 'm', name: '', template: '', purpose: 'marketing' }]
    const saved = await db.tx((ctx) =>
      scenarios.save(ctx, { id: made.id, name: 'unfinished', graph: { ...made.draft, steps }, revision: made.revision }),
    )
    expect(saved.problems.map((one) => [one.at, one.code])).toEqual([
      ['start', 'noTrigger'],
      ['m', 'noTemplate'],
    ])
    await expect(db.tx((ctx) => scenarios.publish(ctx, { id: made.id, revision: saved.revision }))).rejects.toMatchObject({
      kind: 'unprocessable',
      errors: [
        { field: 'start', reason: 'noTrigger' },
        { field: 'm', reason: 'noTemplate' },
      ],
    })
    await expect(
      db.tx((ctx) => scenarios.save(ctx, { id: made.id, name: 'x', graph: made.draft, revision: made.revision })),
    ).rejects.toMatchObject({ kind: 'conflict' })
  })
})

describe('timers', () => {
  test('N1 two workers at once advance every due run exactly once', async () => {
    const { event, id } = await scenario([days('w', 1), tag('once')])
    const crowd: Subject[] = []
    for (let i = 0; i < 60; i++) crowd.push(await someone())
    await happens(crowd.sort(bySubject), event)
    db.clock.advance(86_400_000)
    const done = await Promise.all([sweep(db.house, 7), sweep(db.house, 11), sweep(db.house, 5)])
    expect(done.reduce((a, b) => a + b, 0)).toBe(60)
    const lines = await query<{ n: number }>('SELECT count(*)::int AS n FROM run_step WHERE scenario_id = $1', [id])
    expect(lines[0]?.n).toBe(120)
    const counts = await db.read((ctx) => people.counts(ctx, { id }))
    expect(counts.ways).toEqual([
      { step: 'end', way: 'completed', n: 60 },
      { step: 'once', way: 'next', n: 60 },
      { step: 'start', way: 'next', n: 60 },
      { step: 'w', way: 'next', n: 60 },
    ])
  })

  test('what came before the time-out is heard even when the timer is swept first', async () => {
    const did = unique('did')
    const wait: Step = {
      kind: 'await',
      id: 'q',
      name: '',
      event: { kind: 'event', match: { event: did, filters: [] } },
      within: { amount: 1, unit: 'days' },
      branches: [
        { key: 'happened', name: '', weight: 0, steps: [tag('did')] },
        { key: 'timedOut', name: '', weight: 0, steps: [tag('silent')] },
      ],
    }
    const { event } = await scenario([wait])
    const who = await someone()
    await happens([who], event)
    db.clock.advance(86_400_000 - 1)
    await db.tx((ctx) => append(ctx, [{ subject: who, id: eventId('test', unique('e')), name: did, occurredAt: ctx.now, props: {} }]))
    db.clock.advance(1)
    await sweep(db.house)
    await quiet()
    expect(await tagsOf(who)).toEqual(['did'])
  })

  test('one person for whom a scenario fails is parked with the reason; nobody else is held up', async () => {
    const { event, id } = await scenario([days('w', 1), tag('fine')])
    const crowd = [await someone(), await someone(), await someone()].sort(bySubject)
    await happens(crowd, event)
    const poisoned = crowd[1] as Subject
    await db.house.pool.query('UPDATE run SET version = 99 WHERE scenario_id = $1 AND person_id = $2', [id, poisoned.id])
    db.clock.advance(86_400_000)
    await sweep(db.house)
    expect(await Promise.all(crowd.map(tagsOf))).toEqual([['fine'], [], ['fine']])
    const [pulse] = await query<{ parked_reason: string }>('SELECT parked_reason FROM pulse WHERE person_id = $1', [poisoned.id])
    expect(pulse?.parked_reason).toContain('99')
  })
})

test('NUR-11 a date trigger lets in whoever has that day in the field, at that time, once', async () => {
  const trigger = { kind: 'date', id: 'd', field: 'attrs.renewal', days: -30, time: '09:00', yearly: false } as const
  db.clock.set('2027-01-04T10:00:00+09:00')
  const { id } = await scenario([tag('renewal')], { triggers: [trigger] })
  const [a, b] = [await someone(), await someone()]
  const renew = (who: Subject, day: string) =>
    query('UPDATE person SET attrs = jsonb_build_object($3::text, $4::text) WHERE bucket = $1 AND id = $2', [
      who.bucket,
      who.id,
      'renewal',
      day,
    ])
  await renew(a, '2027-02-04')
  await renew(b, '2027-02-05')
  db.clock.set('2027-01-05T08:59:00+09:00')
  expect(await sweepDates(db.house)).toBe(0)
  db.clock.set('2027-01-05T09:00:00+09:00')
  expect(await sweepDates(db.house)).toBe(1)
  expect(await sweepDates(db.house)).toBe(0)
  expect([await tagsOf(a), await tagsOf(b)]).toEqual([['renewal'], []])
  db.clock.set('2027-01-06T12:00:00+09:00')
  expect(await Promise.all([sweepDates(db.house), sweepDates(db.house)]).then((n) => n.reduce((x, y) => x + y))).toBe(1)
  expect(await runsOf(b, id)).toHaveLength(1)
})

test('N5 of two runs of one scenario the older goes on when two people become one; the younger is closed', async () => {
  const { event, id } = await scenario([days('w', 1), tag('done')])
  const lead = await someone()
  const device = unique('device')
  const visitor = await db.tx(async (ctx) => (await resolveDevices(ctx, [{ device, at: ctx.now, historic: false }])).get(device))
  if (!visitor) throw new Error('no visitor')
  const [known] = await query<{ mail: string }>('SELECT mail FROM person WHERE id = $1', [lead.id])
  await happens([lead], event)
  db.clock.advance(3_600_000)
  await happens([visitor], event)
  await db.tx((ctx) => identify(ctx, [{ mail: known?.mail ?? '', device, route: 'form', at: ctx.now }]))
  await quiet()
  expect((await runsOf(lead, id)).map((run) => run.how)).toEqual(['merged', null])
  db.clock.advance(86_400_000)
  await sweep(db.house)
  await quiet()
  expect(await tagsOf(lead)).toEqual(['done'])
})

test('segments can ask who is on the way through a scenario, who finished it, and who reached its goal', async () => {
  const won = unique('won')
  const { event } = await scenario([days('w', 1)], { goal: { kind: 'event', match: { event: won, filters: [] } } })
  const [a, b, c] = [await someone(), await someone(), await someone()]
  await happens([a, b, c].sort(bySubject), event)
  await happens([b], won)
  db.clock.advance(3_600_000)
  const values = async (name: string) => {
    const fact = facts.find((one) => one.name === name)
    if (!fact) throw new Error(name)
    const loaded = await db.read((ctx) => fact.load(ctx, [a, b, c]))
    const asked = await db.read((ctx) =>
      sql<{
        id: string
        names: string[]
      }>`SELECT p.id, ${fact.sql('p')} AS names FROM person p WHERE p.id = ANY(${[a.id, b.id, c.id]}::uuid[])`.execute(ctx.db),
    )
    for (const row of asked.rows) expect(row.names).toEqual(loaded.get(row.id) ?? [])
    return [a, b, c].map((who) => loaded.get(who.id) ?? [])
  }
  expect(await values('scenario.active')).toEqual([[event], [], [event]])
  expect(await values('scenario.reached')).toEqual([[], [event], []])
  expect(await values('scenario.finished')).toEqual([[], [event], []])
})
