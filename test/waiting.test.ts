// What happens on the way through scenarios: waits, ways, control groups, exits, stops of the system, and hands.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { append, park } from '#kernel/journal.ts'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { compileOrRefuse, make } from '#loop/deliver/template/service.ts'
import { armFor, unitOf } from '#loop/identify/arm/decide.ts'
import { eraseLead } from '#loop/identify/change/service.ts'
import { grantConsent, loadPeople } from '#loop/identify/service.ts'
import { type Graph, PLAIN, type Step } from '#loop/orchestrate/graph/contract.ts'
import * as acts from '#loop/orchestrate/people/acts.ts'
import * as people from '#loop/orchestrate/people/service.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { sweep } from '#loop/orchestrate/timers/sweep.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { archive } from '#loop/segment/archive/service.ts'
import { fillSegment } from '#loop/segment/fill/jobs.ts'
import { change } from '#loop/segment/service.ts'
import { testHouse } from './house.ts'
import { branch, days, fact, type Journeys, on, openJourneys, tag, wait } from './journey.ts'
import { race } from './race.ts'

let j: Journeys
beforeAll(async () => {
  j = await openJourneys(await testHouse())
})
afterAll(() => j.db.close())
let week = 0
// A Monday morning without a holiday near.
beforeEach(() => j.db.clock.set(new Date(Date.parse('2027-01-18T10:00:00+09:00') + ++week * 28 * DAY)))

const at = (ms: number): string => new Date(j.db.clock.now().getTime() + ms).toISOString()
const dayIn = (n: number): string => new Date(j.db.clock.now().getTime() + 9 * HOUR + n * DAY).toISOString().slice(0, 10)
const standing = (id: string, step: string) => j.db.read((ctx) => people.people(ctx, { id, step, limit: 50 }))
const left = (id: string, step: string, way = 'next') => j.db.read((ctx) => people.people(ctx, { id, step, way, limit: 50 }))

describe('waits and ways', () => {
  test('NUR-11 until 30 days before the contract ends; an earlier end lets on at once, a later one waits longer, none is none', async () => {
    const id = await j.scenario(
      [on('custom.signed')],
      [wait('w', { kind: 'field', field: 'attrs.contract_end', days: -30, time: '09:00' }), tag('renew')],
    )
    const [kept, sooner, postponed, none] = [await j.someone(), await j.someone(), await j.someone(), await j.someone()]
    for (const who of [kept, sooner, postponed]) await j.setDay(who, dayIn(100))
    for (const who of [kept, sooner, postponed, none]) await j.happens(who, 'custom.signed')
    expect(await j.runsOf(none, id)).toMatchObject([{ how: 'completed', steps: [{ because: { kind: 'done', outcome: 'noDate' } }, {}] }])
    await j.setDay(sooner, dayIn(20))
    expect(await j.tagsOf(sooner)).toEqual(['renew'])
    await j.setDay(postponed, dayIn(200))
    await j.later(70 * DAY)
    expect([await j.tagsOf(kept), await j.tagsOf(postponed)]).toEqual([['renew'], []])
    await j.later(100 * DAY)
    expect(await j.tagsOf(postponed)).toEqual(['renew'])
  })

  test('NUR-34 a mail waits for the hour its reader reads at; who is known too little follows the others, a control share goes at once', async () => {
    const [own, fresh] = [await j.someone(), await j.someone()]
    const read = async (who: Subject, hour: number, n: number): Promise<void> => {
      const sent = new Date(j.db.clock.now().getTime() - 20 * DAY)
      for (let i = 0; i < n; i++)
        await j.db.house.pool.query(
          `INSERT INTO delivery (bucket, person_id, id, what, source, version_id, purpose, status, not_before, created_at, sent_at, opened_at)
          VALUES ($1, $2, gen_random_uuid(), $3, '00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'marketing', 'sent', $4, $4, $4, $5)`,
          [who.bucket, who.id, j.unique('read'), sent, new Date(sent.getTime() + (hour - 10) * HOUR + DAY)],
        )
    }
    await read(own, 14, 6)
    await read(await j.someone(), 20, 30)
    const best = (control: number) => wait('w', { kind: 'bestHour', within: 168, control })
    const id = await j.scenario([on('custom.best')], [best(0), tag('sent')])
    for (const who of [own, fresh]) await j.happens(who, 'custom.best')
    const due = async (who: Subject) => new Date((await j.runsOf(who, id))[0]?.dueAt ?? 0).getTime()
    const hourIn = (ms: number): number => new Date(ms + 9 * HOUR).getUTCHours()
    expect([hourIn(await due(own)), hourIn(await due(fresh))]).toEqual([14, 20])
    const split = await j.scenario([on('custom.split')], [best(50), tag('sent2')])
    const many = await Promise.all(Array.from({ length: 24 }, () => j.someone()))
    for (const who of many) await j.happens(who, 'custom.split')
    const arms = await Promise.all(many.map(async (who) => (await j.runsOf(who, split))[0]?.steps[0]?.because))
    const control = arms.filter((because) => because?.['arm'] === 'control').length
    expect(control).toBeGreaterThan(4)
    expect(control).toBeLessThan(20)
  })

  test('QUA-16 product × rank: several ways in one step, the first that is true is taken', async () => {
    const interested = (product: string) => fact('tags', { op: 'in', values: [product] })
    const both = (...rules: ReturnType<typeof fact>[]) => ({ kind: 'and' as const, rules })
    const ways: Step = {
      kind: 'switch',
      id: 's',
      name: '',
      cases: [
        { key: 'a', name: 'A × B', rule: both(interested('product-a'), fact('tags', { op: 'in', values: ['rank-b'] })) },
        { key: 'b', name: 'B × C', rule: both(interested('product-b'), fact('tags', { op: 'in', values: ['rank-c'] })) },
      ],
      branches: [branch('a', tag('call')), branch('b', tag('seminar')), branch('else', tag('newsletter'))],
    }
    await j.scenario([on('custom.asks')], [ways])
    const make = async (...tags: string[]): Promise<Subject> => {
      const who = await j.someone()
      for (const one of tags) await j.giveTag(who, one)
      await j.happens(who, 'custom.asks')
      return who
    }
    const all = [await make('product-a', 'rank-b'), await make('product-b', 'rank-c'), await make('product-a', 'rank-c')]
    expect((await Promise.all(all.map(j.tagsOf))).map((tags) => tags.at(-1))).toEqual(['call', 'seminar', 'newsletter'])
  })

  test('NUR-02 an exit rule ends a run anywhere, as exited; leaving a segment is one', async () => {
    const id = await j.segment(fact('tags', { op: 'in', values: ['prospect'] }))
    const made = await j.scenario([on('custom.go')], [days('w', 7), tag('after')], {
      exits: [{ kind: 'segment', segment: id, on: 'left' }],
    })
    const who = await j.someone()
    await j.giveTag(who, 'prospect')
    await j.happens(who, 'custom.go')
    await j.db.house.pool.query("UPDATE person SET tags = '{}' WHERE id = $1", [who.id])
    await j.happens(who, 'field.changed', { fields: ['tags'] })
    await j.later(8 * DAY)
    expect(await j.runsOf(who, made)).toMatchObject([
      { how: 'exited', steps: [{ step: 'w', way: 'exit', because: { name: 'segment.left' } }] },
    ])
    expect(await j.tagsOf(who)).toEqual([])
  })

  test('NUR-02 QUA-07 a segment by which a scenario under way begins or ends is not put away; once that is stopped it is', async () => {
    const [start, exit] = [
      await j.segment(fact('tags', { op: 'in', values: ['a'] })),
      await j.segment(fact('tags', { op: 'in', values: ['b'] })),
    ]
    const made = await j.scenario([{ kind: 'segment', id: 't', segment: start, on: 'entered' }], [days('w', 7)], {
      exits: [{ kind: 'segment', segment: exit, on: 'entered' }],
    })
    const named = {
      code: 'segment.acted',
      message: expect.stringContaining((await j.db.read((ctx) => scenarios.get(ctx, { id: made }))).name),
    }
    for (const id of [start, exit]) await expect(j.db.tx((ctx) => archive(ctx, { id }))).rejects.toMatchObject(named)
    await j.db.tx((ctx) => scenarios.setState(ctx, { id: made, to: 'stopped', endRuns: true }))
    for (const id of [start, exit]) await j.db.tx((ctx) => archive(ctx, { id }))
  })

  test('NUR-02 QUA-07 a segment that is put away while a scenario with it is published: whoever comes first wins, and the other is told so', async () => {
    for (const isArchiveFirst of [false, true]) {
      const id = await j.segment(fact('tags', { op: 'in', values: ['a'] }))
      const made = await j.db.tx((ctx) => scenarios.create(ctx, { name: j.unique('at once'), starter: 'blank', language: 'ja' }, {}))
      const rule = { kind: 'segment' as const, segment: id, isIn: true }
      const asks: Step = { kind: 'condition', id: 'c', name: '', rule, branches: [branch('yes', tag('x')), branch('no')] }
      const graph: Graph = {
        ...PLAIN,
        entry: { kind: 'once' },
        triggers: [on('custom.go')],
        steps: [asks],
        exits: [{ kind: 'segment', segment: id, on: 'entered' }],
      }
      const { revision } = await j.db.tx((ctx) => scenarios.save(ctx, { id: made.id, name: made.name, graph, revision: made.revision }))
      const publish = (ctx: Ctx) => scenarios.publish(ctx, { id: made.id, revision })
      const putAway = (ctx: Ctx) => archive(ctx, { id })
      const told = await (isArchiveFirst ? race(j.db, putAway, publish) : race(j.db, publish, putAway))
      expect(told).toMatchObject({ code: isArchiveFirst ? 'scenario.unfinished' : 'segment.acted' })
    }
  })

  test('NUR-02 a new name is a saving like any other: a colleague does not write over it unseen, and it leaves nothing to publish', async () => {
    const made = await j.scenario([on('custom.named')], [days('w', 7)])
    const before = await j.db.read((ctx) => scenarios.get(ctx, { id: made }))
    const save = (name: string, revision: number) =>
      j.db.tx((ctx) => scenarios.save(ctx, { id: made, name, graph: before.draft, revision }))
    const renamed = await save(j.unique('renamed'), before.revision)
    expect(renamed).toMatchObject({ revision: before.revision + 1, hasChanges: false })
    await expect(save('same base', before.revision)).rejects.toMatchObject({ code: 'scenario.changed' })
    expect((await save(renamed.name, renamed.revision)).revision).toBe(renamed.revision)
  })

  test('NUR-02 I5 a step is not called what means something else already', async () => {
    const made = await j.scenario([on('custom.called')], [days('w', 7)])
    const { name, draft, revision } = await j.db.read((ctx) => scenarios.get(ctx, { id: made }))
    for (const id of ['start', 'end', 'goal', 'exits', '__proto__', 'constructor', 'toString'])
      await expect(
        j.db.tx((ctx) => scenarios.save(ctx, { id: made, name, revision, graph: { ...draft, steps: [days(id, 1)] } })),
      ).rejects.toMatchObject({ code: 'scenario.stepId', errors: [{ reason: expect.stringContaining(id) }] })
  })

  test('NUR-02 M1 whom the edit of a rule lets into the segment of an exit leaves the scenario, though no other rule reads it; it starts nothing', async () => {
    const id = await j.segment(fact('tags', { op: 'in', values: ['nobody-yet'] }))
    const exits: Graph['exits'] = [{ kind: 'segment', segment: id, on: 'entered' }]
    const made = await j.scenario([on('custom.before')], [days('w', 7)], { exits })
    const started = await j.scenario([{ kind: 'segment', id: 't', segment: id, on: 'entered' }], [tag('no')])
    const who = await j.someone()
    await j.giveTag(who, 'customer')
    await j.happens(who, 'custom.before')
    await j.db.tx((ctx) => change(ctx, { id, rule: fact('tags', { op: 'in', values: ['customer'] }), startsScenarios: false }))
    await fillSegment.run(j.db.house, { segment: id, version: 2 })
    await turnUntilQuiet(j.db.house)
    expect(await j.runsOf(who, made)).toMatchObject([{ how: 'exited', steps: [{ step: 'w', way: 'exit' }] }])
    expect(await j.runsOf(who, started)).toEqual([])
  })

  test('M7 a scenario holds back its share by company, and says so without letting them in; a holdout step has a way for each arm', async () => {
    const whole = await j.scenario([on('custom.lift')], [tag('treated')], { holdout: 50 })
    const parts: Step = {
      kind: 'holdout',
      id: 'h',
      name: '',
      share: 50,
      branches: [branch('treated', tag('in')), branch('held', tag('out'))],
    }
    const inner = await j.scenario([on('custom.lift')], [parts])
    const many = await Promise.all(Array.from({ length: 12 }, () => j.someone()))
    const colleagues = await j.colleagues(4)
    const companies = await j.db.read((ctx) => loadPeople(ctx, [...many, ...colleagues]))
    const unit = (who: Subject) => unitOf(who.id, companies.get(who.id)?.company_id ?? null)
    expect(new Set(colleagues.map(unit)).size).toBe(1)
    for (const who of [...many, ...colleagues]) await j.happens(who, 'custom.lift')
    for (const who of [...many, ...colleagues]) {
      const held = armFor(`${whole}:`, unit(who), 50) === 'held'
      expect((await j.runsOf(who, whole))[0]?.how).toBe(held ? 'held' : 'completed')
      const out = armFor(`${inner}:h`, unit(who), 50) === 'held'
      expect([...(await j.tagsOf(who))].sort()).toEqual([out ? 'out' : 'in', ...(held ? [] : ['treated'])].sort())
    }
    const counts = await j.db.read((ctx) => people.counts(ctx, { id: whole }))
    const n = (way: string) => counts.ways.find((one) => one.step === 'start' && one.way === way)?.n ?? 0
    expect(n('held') + n('next')).toBe(16)
    expect(n('held')).toBeGreaterThan(0)
    expect([(await left(whole, 'start', 'held')).items.length, (await left(whole, 'start')).items.length]).toEqual([n('held'), n('next')])
  })
})

describe('time', () => {
  test('N4 after three days down what is overdue happens once, and by the late rule of its scenario', async () => {
    const steps = (name: string): Step[] => [
      wait('w', { kind: 'for', amount: 6, unit: 'hours', businessHours: false }),
      tag(`${name}-in`),
      { kind: 'mail', id: `m-${name}`, name: '', template: '', purpose: 'marketing' },
    ]
    const mail = async (name: string, late: 'run' | 'skip' | 'nextWindow') => {
      const rule = late === 'skip' ? { kind: late, hours: 24 } : { kind: late }
      const template = '11111111-1111-4111-8111-111111111111'
      await j.db.house.pool.query(
        `INSERT INTO template (id, name, version_id, created_at, updated_at) VALUES ($1, 't', gen_random_uuid(), now(), now()) ON CONFLICT DO NOTHING`,
        [template],
      )
      const list = steps(name).map((step) => (step.kind === 'mail' ? { ...step, template } : step))
      return j.scenario([on(`custom.${name}`)], list, { late: rule })
    }
    const [run, skip, later] = [await mail('run', 'run'), await mail('skip', 'skip'), await mail('window', 'nextWindow')]
    const [a, b, c] = [await j.someone(), await j.someone(), await j.someone()]
    await j.happens(a, 'custom.run')
    await j.happens(b, 'custom.skip')
    await j.happens(c, 'custom.window')
    // Nothing turns until Thursday, three o'clock at night.
    await j.later(2 * DAY + 17 * HOUR)
    expect([await j.tagsOf(a), await j.tagsOf(b), await j.tagsOf(c)]).toEqual([['run-in'], ['skip-in'], []])
    expect((await j.runsOf(b, skip))[0]?.steps.at(-1)).toMatchObject({ step: 'm-skip', because: { kind: 'late', hours: 59 } })
    expect((await j.runsOf(a, run))[0]?.steps.at(-1)).toMatchObject({ because: { kind: 'done', outcome: 'no_basis' } })
    await j.later(6 * HOUR)
    expect(await j.tagsOf(c)).toEqual(['window-in'])
    expect((await j.runsOf(c, later))[0]?.steps).toHaveLength(3)
    await j.later(DAY)
    expect((await j.runsOf(a, run))[0]?.steps).toHaveLength(3)
  })

  test('N4 what is overdue is worked off in the order it was due, whoever it is', async () => {
    const id = await j.scenario([on('custom.queue')], [days('w', 1), tag('done')])
    // Against the order of their keys, so that no index gives it by itself.
    const crowd = distinctSubjects(await Promise.all(Array.from({ length: 6 }, () => j.someone()))).reverse()
    for (const who of crowd) {
      await j.happens(who, 'custom.queue')
      j.db.clock.advance(HOUR)
    }
    j.db.clock.advance(3 * DAY)
    expect(await sweep(j.db.house, 1)).toBe(6)
    // One person to a transaction: their numbers tell the order.
    const { rows } = await j.db.house.pool.query<{ person_id: string }>(
      "SELECT person_id FROM run_step WHERE scenario_id = $1 AND step = 'w' ORDER BY xmin::text::bigint",
      [id],
    )
    expect(rows.map((row) => row.person_id)).toEqual(crowd.map((who) => who.id))
  })

  test('N4 NUR-02 who goes on alike goes on together, each once and with a history of their own; who has news or is parked is left out', async () => {
    const id = await j.scenario([on('custom.together')], [days('w', 1), days('x', 2), tag('done')])
    const crowd = await Promise.all(Array.from({ length: 14 }, () => j.someone()))
    for (const who of crowd) {
      await j.happens(who, 'custom.together')
      j.db.clock.advance(7 * MINUTE)
    }
    const [told, parked] = crowd
    await j.db.tx((ctx) => park(ctx, parked as Subject, 'boom'))
    j.db.clock.advance(2 * DAY)
    await j.db.tx((ctx) => append(ctx, [{ subject: told as Subject, id: ctx.id(), name: 'custom.other', occurredAt: ctx.now, props: {} }]))
    const now = j.db.clock.now()
    expect(await sweep(j.db.house, 5)).toBe(12)
    const { rows } = await j.db.house.pool.query(
      `SELECT r.person_id, r.step, r.steps, r.arrived_at, r.due_at, r.status, r.entered_at, h.step AS at, h.way, h.ordinal, h.arrived_at AS came, h.left_at, h.because
      FROM run r LEFT JOIN run_step h ON h.run_id = r.id WHERE r.scenario_id = $1 ORDER BY r.entered_at, h.ordinal`,
      [id],
    )
    const waits = { status: 'active', step: 'w', steps: 0, at: null, way: null }
    const wentOn = { status: 'active', step: 'x', steps: 1, at: 'w', way: 'next', ordinal: 0, arrived_at: now, left_at: now }
    expect(rows).toEqual(
      crowd.map((who, i) => {
        const entered = rows[i]['entered_at'] as Date
        const due = new Date(entered.getTime() + DAY)
        const own = { ...rows[i], person_id: who.id, ...(i < 2 ? { ...waits, due_at: due } : wentOn) }
        return i < 2
          ? own
          : { ...own, due_at: new Date(now.getTime() + 2 * DAY), came: entered, because: { kind: 'waited', until: due.toISOString() } }
      }),
    )
    const counts = await j.db.read((ctx) => people.counts(ctx, { id }))
    expect(counts.ways.filter((way) => way.step === 'w')).toEqual([{ step: 'w', way: 'next', n: 12 }])
  })

  test('N1 workers at once take people on together who go on alike, each once and never early, while some of them end it', async () => {
    const exits: Graph['exits'] = [{ kind: 'event', match: { event: 'custom.leave', filters: [] } }]
    const id = await j.scenario([on('custom.crowd')], [days('w', 1), days('x', 1), days('y', 1), tag('last')], { exits })
    const crowd = await Promise.all(Array.from({ length: 48 }, () => j.someone()))
    for (const who of crowd) await j.happens(who, 'custom.crowd')
    for (const leaving of [crowd.slice(0, 7), crowd.slice(20, 27), []]) {
      j.db.clock.advance(DAY)
      const acts = async () => {
        for (const who of leaving) await j.happens(who, 'custom.leave')
      }
      await Promise.all([sweep(j.db.house, 7), acts(), sweep(j.db.house, 5), sweep(j.db.house, 3)])
      await sweep(j.db.house, 4)
    }
    const runs = await j.db.house.pool.query<{ how: string; steps: number; lines: { step: string; way: string; waited: boolean }[] }>(
      `SELECT r.how, r.steps, (SELECT json_agg(json_build_object('step', h.step, 'way', h.way, 'waited', h.left_at >= h.arrived_at + interval '1 day') ORDER BY h.ordinal)
        FROM run_step h WHERE h.run_id = r.id) AS lines FROM run r WHERE r.scenario_id = $1`,
      [id],
    )
    const [all, ways] = [['w', 'x', 'y', 'last'], new Map<string, number>()]
    for (const { how, steps, lines } of runs.rows) {
      expect(lines.map(({ step }) => step)).toEqual(all.slice(0, steps))
      expect(lines.every(({ step, way, waited }) => way === 'exit' || step === 'last' || waited)).toBe(true)
      expect([how, lines.at(-1)?.way]).toEqual(steps === 4 ? ['completed', 'next'] : ['exited', 'exit'])
      for (const { step, way } of lines) ways.set(`${step} ${way}`, (ways.get(`${step} ${way}`) ?? 0) + 1)
    }
    expect(runs.rows.filter(({ how }) => how === 'exited')).toHaveLength(14)
    const counted = (await j.db.read((ctx) => people.counts(ctx, { id }))).ways.filter(({ step }) => all.includes(step))
    expect(new Map(counted.map(({ step, way, n }) => [`${step} ${way}`, n]))).toEqual(ways)
  })

  test('N5 whoever is erased during a wait is gone from the scenario, and nothing more is done for them', async () => {
    const id = await j.scenario([on('custom.erase')], [days('w', 1), tag('never')])
    const who = await j.someone()
    await j.happens(who, 'custom.erase')
    await j.db.tx((ctx) => eraseLead(ctx, { id: who.id }))
    await j.later(2 * DAY)
    expect((await j.db.house.pool.query('SELECT 1 FROM run WHERE scenario_id = $1', [id])).rowCount).toBe(0)
  })

  test('N3 a daily hour that does not exist is the next one that does, on a live run', async () => {
    await j.db.tx((ctx) => updateCompany(ctx, { timeZone: 'America/New_York' }))
    await j.scenario([on('custom.dst')], [wait('w', { kind: 'timeOfDay', time: '02:30', businessDays: false, weekdays: [] }), tag('one')])
    const who = await j.someone()
    j.db.clock.set('2027-03-14T06:00:00Z')
    await j.happens(who, 'custom.dst')
    j.db.clock.set('2027-03-14T06:59:59Z')
    await j.later(0)
    expect(await j.tagsOf(who)).toEqual([])
    await j.later(1_000)
    expect(await j.tagsOf(who)).toEqual(['one'])
    await j.db.tx((ctx) => updateCompany(ctx, { timeZone: 'Asia/Tokyo' }))
  })
})

describe('hands', () => {
  test('GEN-07 why somebody stands where they stand is said, and they can be moved, hurried, taken out, put back and tried again', async () => {
    const id = await j.scenario([on('custom.hand')], [days('w', 3), tag('x'), days('v', 3), tag('y')])
    const [one, two, three] = [await j.someone(), await j.someone(), await j.someone()]
    for (const who of [one, two, three]) await j.happens(who, 'custom.hand')
    const runs = (await standing(id, 'w')).items
    const run = (who: Subject) => ({ person: who.id, run: runs.find((item) => item.personId === who.id)?.runId ?? '' })
    expect(runs.map(({ hold }) => hold)).toEqual(Array(3).fill({ kind: 'wait', until: at(3 * DAY), what: null, step: null }))
    await j.db.tx((ctx) => park(ctx, three, 'boom'))
    expect((await standing(id, 'w')).items.find((item) => item.personId === three.id)?.hold).toMatchObject({ kind: 'parked', what: 'boom' })
    const { moved, back } = await j.db.tx((ctx) => acts.move(ctx, { id, runs: [run(one), run(two)], to: 'v' }))
    expect([moved, (await standing(id, 'v')).items.length]).toEqual([2, 2])
    await j.db.tx((ctx) => acts.move(ctx, { id, runs: back.filter(({ person }) => person === one.id), to: back[0]?.to ?? '' }))
    expect((await standing(id, 'w')).items).toHaveLength(2)
    await j.db.tx((ctx) => acts.hurry(ctx, { id, runs: [run(two)] }))
    expect(await j.tagsOf(two)).toEqual(['y'])
    const out = await j.db.tx((ctx) => acts.remove(ctx, { id, runs: [run(one)] }))
    expect(out).toEqual({ removed: 1, back: [{ ...run(one), to: 'w' }] })
    expect(await j.runsOf(one, id)).toMatchObject([{ how: 'stopped' }])
    await j.db.tx((ctx) => acts.putBack(ctx, { id, runs: out.back }))
    expect(await j.runsOf(one, id)).toMatchObject([{ how: null, step: 'w', dueAt: at(3 * DAY) }])
    await j.turn()
    await j.later(4 * DAY)
    expect([await j.tagsOf(one), await j.tagsOf(three)]).toEqual([['x'], []])
    await j.db.tx((ctx) => acts.retry(ctx, { id, runs: [run(three)] }))
    await j.later(0)
    expect(await j.tagsOf(three)).toEqual(['x'])
    const counts = await j.db.read((ctx) => people.counts(ctx, { id }))
    expect(counts.ways.find((way) => way.step === 'end' && way.way === 'stopped')?.n ?? 0).toBe(0)
  })

  test('GEN-07 who may not be reached is said to be so at the mail; once they agree, the mail goes out when it is tried again, once', async () => {
    const draft: Draft = { subject: 'お礼', preheader: '', blocks: [{ id: 'f', kind: 'footer', note: '' }] }
    const compiled = await compileOrRefuse(draft)
    const template = await j.db.tx((ctx) => make(ctx, { name: 'お礼', draft }, compiled))
    const mail: Step = { kind: 'mail', id: 'm', name: '', template: template.id, purpose: 'marketing' }
    const id = await j.scenario([on('custom.mail')], [mail, days('w', 5)])
    const who = await j.someone()
    await j.happens(who, 'custom.mail')
    const [item] = (await left(id, 'm')).items
    expect(item?.hold).toEqual({ kind: 'unreachable', until: null, what: 'no_basis', step: null })
    expect((await standing(id, 'w')).items[0]?.hold).toMatchObject({ kind: 'unreachable', step: 'm' })
    await j.db.tx((ctx) => grantConsent(ctx, { subject: who, purpose: 'marketing', basis: 'consent', at: ctx.now, route: 'form' }))
    const asked = { id, step: 'm', runs: [{ person: who.id, run: item?.runId ?? '' }] }
    await j.db.tx((ctx) => acts.retry(ctx, asked))
    expect((await left(id, 'm')).items[0]).toMatchObject({ hold: { kind: 'queued' }, because: { kind: 'done' } })
    await j.db.tx((ctx) => acts.retry(ctx, asked))
    expect((await j.db.house.pool.query('SELECT 1 FROM delivery WHERE person_id = $1', [who.id])).rowCount).toBe(1)
    // What a template could not be made into for this person is mended in the template, and tried again in its words of now.
    await j.db.house.pool.query("UPDATE delivery SET status = 'refused', reason = 'template: too long' WHERE person_id = $1", [who.id])
    expect((await left(id, 'm')).items[0]?.hold).toMatchObject({ kind: 'mailFault', what: 'template: too long' })
    const mended = await compileOrRefuse({ ...draft, subject: 'お礼（直した文面）' })
    const newer = await j.db.tx((ctx) => make(ctx, { name: 'お礼', draft: { ...draft, subject: 'お礼（直した文面）' } }, mended))
    await j.db.house.pool.query('UPDATE template SET version_id = $2 WHERE id = $1', [template.id, newer.versionId])
    await j.db.tx((ctx) => acts.retry(ctx, asked))
    const { rows } = await j.db.house.pool.query('SELECT status, reason, version_id FROM delivery WHERE person_id = $1', [who.id])
    expect(rows).toEqual([{ status: 'queued', reason: null, version_id: newer.versionId }])
    await j.db.tx((ctx) => scenarios.setState(ctx, { id, to: 'paused', endRuns: false }))
    expect((await standing(id, 'w')).items[0]?.hold).toMatchObject({ kind: 'paused' })
    await expect(j.db.tx((ctx) => acts.move(ctx, { ...asked, to: 'w' }))).rejects.toMatchObject({ code: 'scenario.paused' })
  })
})
