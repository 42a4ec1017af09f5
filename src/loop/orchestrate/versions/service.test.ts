import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import { bySubject, type Subject } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { append, claim, eventId, settle, takeNews } from '#kernel/journal.ts'
import { identify } from '#loop/identify/service.ts'
import { personTables as identifyTables } from '#loop/identify/tables.ts'
import { SYSTEM, type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { days, tag } from '../../../../test/journey.ts'
import { edited, type Figure, hit, model, unique } from '../../../../test/scenarioModel.ts'
import { property, seeded } from '../../../../test/world.ts'
import { type Graph, PLAIN, type Step, stepsOf } from '../graph/contract.ts'
import { jobs as scenarioJobs } from '../jobs.ts'
import { react } from '../run/service.ts'
import * as scenarios from '../service.ts'
import { personTables } from '../tables.ts'
import { sweep } from '../timers/sweep.ts'
import type { MoveAsk } from './contract.ts'
import { goOnMoving, jobs } from './jobs.ts'
import { movePage, STALLED_AFTER } from './moves.ts'
import * as versions from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ ports: { personTables: [...identifyTables, ...personTables], facts: [] }, jobs: [...scenarioJobs, ...jobs] })
})
afterAll(() => db.close())

async function people(n: number): Promise<Subject[]> {
  const asks = Array.from({ length: n }, () => unique('lead'))
  const named = await db.tx((ctx) =>
    identify(
      ctx,
      asks.map((name) => ({ mail: `${name}@example.co.jp`, route: 'hand' as const, at: ctx.now })),
    ),
  )
  await quiet()
  return named.map(({ subject }) => subject).sort(bySubject)
}

const everyBucket = Array.from({ length: 256 }, (_, i) => i)
async function quiet(): Promise<void> {
  for (let claimed = 1; claimed > 0; )
    claimed = await withTx(db.house, SYSTEM, async (locked) => {
      const found = await claim(locked, everyBucket, 100)
      const { ctx, news } = await takeNews(locked, found)
      await react(ctx, { at: ctx.now, people: found, news, wake: () => {}, changed: new Map() })
      await settle(
        ctx,
        found.map((subject) => ({ subject, dueAt: null, eventIds: [] })),
      )
      return found.length
    })
}

async function happens(subjects: readonly Subject[], name: string): Promise<void> {
  await db.tx((ctx) =>
    append(
      ctx,
      subjects.map((subject) => ({ subject, id: eventId('test', unique('e')), name, occurredAt: ctx.now, props: {} })),
    ),
  )
  await quiet()
}

const graphOf = (event: string, steps: readonly Step[]): Graph => ({
  ...PLAIN,
  triggers: [{ kind: 'event', id: 't', match: { event, filters: [] } }],
  entry: { kind: 'each' },
  steps: [...steps],
})

async function scenario(steps: Step[]): Promise<{ id: string; event: string }> {
  const event = unique('begin')
  const { id } = await db.tx((ctx) => scenarios.create(ctx, { name: event, starter: 'blank', language: 'ja' }, {}))
  await publish(id, event, steps)
  return { id, event }
}

const publish = (id: string, event: string, steps: readonly Step[], moves?: MoveAsk[], note?: string) =>
  db.tx(async (ctx) => {
    const { revision, name } = await scenarios.get(ctx, { id })
    const saved = await scenarios.save(ctx, { id, name, graph: graphOf(event, steps), revision })
    return scenarios.publish(ctx, { id, revision: saved.revision, ...(moves ? { moves } : {}), ...(note ? { note } : {}) })
  })

interface Stored {
  readonly person_id: string
  readonly version: number
  readonly entry_version: number | null
  readonly step: string | null
  readonly due_at: Date | null
  readonly how: string | null
}
const query = async <R>(text: string, values: unknown[]): Promise<R[]> => (await db.house.pool.query(text, values)).rows as R[]
const runsOf = (id: string) =>
  query<Stored>(
    'SELECT person_id, version, entry_version, step, due_at, how FROM run WHERE scenario_id = $1 ORDER BY bucket, person_id, entered_at, id',
    [id],
  )
const passedOf = async (id: string) =>
  (
    await query<{ person_id: string; line: string }>(
      "SELECT person_id, step || '>' || way AS line FROM run_step WHERE scenario_id = $1 ORDER BY bucket, person_id, left_at, run_id, ordinal",
      [id],
    )
  ).map(({ person_id, line }) => `${person_id} ${line}`)

describe('M6 publishing with people on their way', () => {
  test('M6 people stay on their version when nothing else is said, and are moved by the map when it is', async () => {
    const { id, event } = await scenario([days('w', 3), tag('old'), days('v', 3)])
    const [one, two] = (await people(2)) as [Subject, Subject]
    await happens([one], event)
    await publish(id, event, [days('w', 3), tag('new')])
    expect(await runsOf(id)).toMatchObject([{ version: 1, step: 'w' }])
    await happens([two], event)
    await publish(id, event, [days('x', 9), tag('newest')], [{ from: 1, map: { w: 'x' }, waits: 'keep' }], 'longer')
    await db.drain()
    const due = new Date(db.clock.now().getTime() + 3 * DAY)
    const all = new Map((await runsOf(id)).map((run) => [run.person_id, run]))
    expect(all.get(one.id)).toMatchObject({ version: 3, entry_version: 1, step: 'x', due_at: due })
    expect(all.get(two.id)).toMatchObject({ version: 2, entry_version: null, step: 'w', due_at: due })
    db.clock.advance(3 * DAY)
    await sweep(db.house)
    expect((await passedOf(id)).sort()).toEqual(
      [`${one.id} w>moved`, `${one.id} x>next`, `${one.id} newest>next`, `${two.id} w>next`, `${two.id} new>next`].sort(),
    )
    const { items } = await db.read((ctx) => scenarios.versions(ctx, { id }))
    expect(items.map(({ version, note, copyOf, publishedBy }) => [version, note, copyOf, publishedBy])).toEqual([
      [3, 'longer', null, 'test'],
      [2, '', null, 'test'],
      [1, '', null, 'test'],
    ])
  })

  test('M6 a wait that begins anew is as long as the newer version says; a step that is no wait is taken at once; the end ends', async () => {
    const { id, event } = await scenario([days('a', 3), days('b', 3)])
    const who = await people(1)
    await happens(who, event)
    db.clock.advance(DAY)
    await publish(id, event, [tag('t'), days('a', 5)], [{ from: 1, map: {}, waits: 'restart' }])
    await db.drain()
    expect(await runsOf(id)).toMatchObject([{ step: 'a', due_at: new Date(db.clock.now().getTime() + 5 * DAY) }])
    await publish(id, event, [tag('t'), days('a', 5), tag('z')], [{ from: 2, map: { a: 't' }, waits: 'keep' }])
    await db.drain()
    expect((await passedOf(id)).map((line) => line.slice(37))).toEqual(['a>moved', 'a>moved', 't>next'])
    await quiet()
    await publish(id, event, [tag('t'), tag('z')], [{ from: 3, map: { a: null }, waits: 'keep' }])
    await db.drain()
    expect(await runsOf(id)).toMatchObject([{ step: null, how: 'completed', version: 4 }])
    expect((await db.read((ctx) => versions.moves(ctx, { id }))).items[0]).toMatchObject({ state: 'done', total: 1, moved: 1, ended: 1 })
  })

  test('M6 one click brings an older version back, everybody with it; unpublished changes of the draft stay', async () => {
    const { id, event } = await scenario([days('w', 3), tag('good')])
    const [one, two] = (await people(2)) as [Subject, Subject]
    await happens([one], event)
    await publish(id, event, [days('w', 3), tag('bad')], [{ from: 1, map: {}, waits: 'keep' }])
    await db.drain()
    await happens([two], event)
    await db.tx((ctx) => versions.rollback(ctx, { id, to: 1 }))
    await db.drain()
    expect(await runsOf(id)).toMatchObject([{ version: 3 }, { version: 3 }])
    const after = await db.read((ctx) => scenarios.get(ctx, { id }))
    expect(after).toMatchObject({ liveVersion: 3, hasChanges: false, draft: { steps: [{ id: 'w' }, { id: 'good' }] } })
    expect((await db.read((ctx) => scenarios.versions(ctx, { id }))).items[0]).toMatchObject({ version: 3, copyOf: 1, isLive: true })
    db.clock.advance(3 * DAY)
    await sweep(db.house)
    expect((await passedOf(id)).filter((line) => line.includes(' bad>'))).toEqual([])
    await db.tx((ctx) => scenarios.save(ctx, { id, name: 'n', graph: graphOf(event, [tag('idea')]), revision: after.revision }))
    await db.tx((ctx) => versions.rollback(ctx, { id, to: 2 }))
    expect(await db.read((ctx) => scenarios.get(ctx, { id }))).toMatchObject({ hasChanges: true, draft: { steps: [{ id: 'idea' }] } })
  })

  test('M6 a move goes page by page and can be broken off anywhere; paused it rests; nobody is moved twice', async () => {
    const { id, event } = await scenario([days('w', 3), tag('t')])
    const all = await people(7)
    await happens(all, event)
    await publish(id, event, [days('x', 3)], [{ from: 1, map: { w: 'x' }, waits: 'keep' }])
    const page = () => db.tx((ctx) => movePage(ctx, id, 3))
    const moved = async () => (await db.read((ctx) => versions.moves(ctx, { id }))).items[0]
    expect(await page()).toBe(true)
    expect(await moved()).toMatchObject({ total: 7, moved: 3, state: 'running' })
    const cut = db.tx(async (ctx) => {
      await movePage(ctx, id, 3)
      throw new Error('power cut')
    })
    await expect(cut).rejects.toThrow('power cut')
    expect(await moved()).toMatchObject({ moved: 3 })
    await db.tx((ctx) => scenarios.setState(ctx, { id, to: 'paused', endRuns: false }))
    expect(await page()).toBe(false)
    await db.tx((ctx) => scenarios.setState(ctx, { id, to: 'live', endRuns: false }))
    await db.drain()
    expect(await moved()).toMatchObject({ total: 7, moved: 7, ended: 0, state: 'done' })
    expect((await runsOf(id)).map(({ version, step }) => [version, step])).toEqual(all.map(() => [2, 'x']))
    expect(await passedOf(id)).toEqual(all.map(({ id: person }) => `${person} w>moved`))
  })

  test('M6 a move that nobody works at any more, because its job has used up its tries, is said to stand still and is taken up again', async () => {
    const { id, event } = await scenario([days('w', 300), tag('t')])
    const all = await people(5)
    await happens(all, event)
    await publish(id, event, [days('x', 300)], [{ from: 1, map: { w: 'x' }, waits: 'keep' }])
    await db.tx((ctx) => movePage(ctx, id, 2))
    // Whatever would have worked at it is gone.
    await query("DELETE FROM jobs.job WHERE name = 'orchestrate.move-people'", [])
    const moved = async () => (await db.read((ctx) => versions.moves(ctx, { id }))).items[0]
    const look = () => goOnMoving.run(db.house, {})
    await look()
    await db.drain()
    expect(await moved()).toMatchObject({ moved: 2, stalled: false })
    db.clock.advance(STALLED_AFTER + 1)
    expect(await moved()).toMatchObject({ moved: 2, stalled: true, state: 'running' })
    await db.tx((ctx) => scenarios.setState(ctx, { id, to: 'paused', endRuns: false }))
    expect(await moved()).toMatchObject({ stalled: false })
    await look()
    await db.drain()
    expect(await moved()).toMatchObject({ moved: 2, state: 'running' })
    await db.tx((ctx) => scenarios.setState(ctx, { id, to: 'live', endRuns: false }))
    await query("DELETE FROM jobs.job WHERE name = 'orchestrate.move-people'", [])
    await look()
    await db.drain()
    expect(await moved()).toMatchObject({ moved: 5, state: 'done', stalled: false })
    expect((await runsOf(id)).map(({ version, step }) => [version, step])).toEqual(all.map(() => [2, 'x']))
    // By hand the same, without waiting for the next look.
    await publish(id, event, [days('y', 300)], [{ from: 2, map: { x: 'y' }, waits: 'keep' }])
    await query("DELETE FROM jobs.job WHERE name = 'orchestrate.move-people'", [])
    await db.tx((ctx) => versions.goOnMoving(ctx, { id }))
    await db.drain()
    expect((await runsOf(id)).map(({ version, step }) => [version, step])).toEqual(all.map(() => [3, 'y']))
  })

  test('M6 of two moves of a scenario the one that waits for its turn does not stand still, and nobody is called to take it up', async () => {
    const { id, event } = await scenario([days('w', 300)])
    await happens(await people(3), event)
    await publish(id, event, [days('x', 300)])
    await happens(await people(3), event)
    const ask = (from: number, at: string): MoveAsk => ({ from, map: { [at]: 'y' }, waits: 'keep' })
    await publish(id, event, [days('y', 300)], [ask(1, 'w'), ask(2, 'x')])
    await query("DELETE FROM jobs.job WHERE name = 'orchestrate.move-people'", [])
    db.clock.advance(STALLED_AFTER + 1)
    const standing = async () => (await db.read((ctx) => versions.moves(ctx, { id }))).items.map(({ stalled }) => stalled)
    expect(await standing()).toEqual([true, true])
    await db.tx((ctx) => movePage(ctx, id, 2))
    expect(await standing()).toEqual([false, false])
    await goOnMoving.run(db.house, {})
    await db.drain()
    expect((await runsOf(id)).filter(({ version }) => version === 3)).toHaveLength(2)
    db.clock.advance(STALLED_AFTER + 1)
    await goOnMoving.run(db.house, {})
    await db.drain()
    expect((await runsOf(id)).map(({ version, step }) => [version, step])).toEqual(Array.from({ length: 6 }, () => [3, 'y']))
  })

  test('M6 what was heard before the move counts where it happened: the reactor comes first', async () => {
    const event = unique('clicked')
    const { id, event: begin } = await scenario([hit('h', event, 5, [tag('yes')], [])])
    const [one] = (await people(1)) as [Subject]
    await happens([one], begin)
    await db.tx((ctx) => append(ctx, [{ subject: one, id: eventId('test', unique('e')), name: event, occurredAt: ctx.now, props: {} }]))
    await publish(id, begin, [days('w', 5), tag('no')], [{ from: 1, map: { h: 'w' }, waits: 'keep' }])
    await db.tx((ctx) => movePage(ctx, id))
    await quiet()
    await db.drain()
    expect(await runsOf(id)).toMatchObject([{ version: 1, how: 'completed' }])
    expect((await passedOf(id)).map((line) => line.slice(37))).toEqual(['h>happened', 'yes>next'])
  })

  test('M6 a map with steps that are not there is refused, and so is a version that is not there', async () => {
    const { id, event } = await scenario([days('w', 3)])
    const bad = publish(id, event, [days('v', 3)], [{ from: 1, map: { w: 'nowhere' }, waits: 'keep' }])
    await expect(bad).rejects.toMatchObject({ code: 'scenario.badMap', errors: [{ field: 'w', reason: 'noSuchTarget' }] })
    await expect(publish(id, event, [days('v', 3)], [{ from: 8, map: {}, waits: 'keep' }])).rejects.toMatchObject({ kind: 'missing' })
    await expect(db.tx((ctx) => versions.rollback(ctx, { id, to: 9 }))).rejects.toMatchObject({ kind: 'missing' })
  })
})

test('M6 over random edits, maps, moves, rollbacks, events and days nobody is lost, doubled or elsewhere than a naive model says', async () => {
  const crowd = await people(4)
  const whole = async (seed: number): Promise<void> => {
    const draw = seeded(seed)
    const pick = (n: number) => Math.floor(draw() * n)
    const event = unique('hit')
    const first: Step[] = [days(unique('s'), 2), hit(unique('s'), event, 2, [tag(unique('s'))], [days(unique('s'), 1)]), tag(unique('s'))]
    const { id, event: begin } = await scenario(first)
    const published: (readonly Step[])[] = [first]
    const figures = new Map<string, Figure[]>(crowd.map((one) => [one.id, []]))
    const active = () => [...figures.values()].flat().filter((one) => !one.ended)
    const now = () => db.clock.now().getTime()
    const stepsAt = (figure: Figure): readonly Step[] => published[figure.version - 1] ?? []
    const some = () => crowd.filter(() => draw() < 0.6)
    const moveAll = (asks: readonly MoveAsk[], to: number) => {
      for (const ask of asks)
        for (const figure of active().filter((one) => one.version === ask.from))
          model.move(figure, published[ask.from - 1] ?? [], published[to - 1] ?? [], ask, to, now())
    }
    const asksFor = (after: readonly Step[]): MoveAsk[] =>
      [...new Set(active().map(({ version }) => version))]
        .filter(() => draw() < 0.7)
        .map((from) => {
          const ids = stepsOf(published[from - 1] ?? []).map((step) => step.id)
          const targets = [...stepsOf(after).map((step) => step.id), null]
          const map = Object.fromEntries(ids.filter(() => draw() < 0.2).map((one) => [one, targets[pick(targets.length)] ?? null]))
          return { from, map, waits: draw() < 0.5 ? 'keep' : 'restart' } as const
        })
    for (let turn = 0; turn < 9; turn++) {
      const what = turn === 0 ? 0 : draw()
      if (what < 0.2) {
        const entering = some()
        await happens(entering, begin)
        for (const { id: person } of entering) {
          const mine = figures.get(person) as Figure[]
          if (mine.some((one) => !one.ended)) continue
          const figure: Figure = { version: published.length, at: null, due: null, ended: false, passed: [] }
          mine.push(figure)
          model.walk(figure, [published.at(-1) ?? []], now())
        }
      } else if (what < 0.4) {
        db.clock.advance((1 + pick(2)) * DAY)
        await quiet()
        while (await sweep(db.house)) await quiet()
        for (let more = true; more; ) {
          more = false
          for (const figure of active()) {
            if (figure.due === null || figure.due > now()) continue
            const step = stepsOf(stepsAt(figure)).find((one) => one.id === figure.at)
            model.leave(figure, stepsAt(figure), step?.kind === 'await' ? 'timedOut' : 'next', now())
            more = true
          }
        }
      } else if (what < 0.55) {
        const hitting = some()
        await happens(hitting, event)
        for (const one of hitting)
          for (const figure of (figures.get(one.id) as Figure[]).filter((f) => !f.ended))
            if (stepsOf(stepsAt(figure)).find((step) => step.id === figure.at)?.kind === 'await')
              model.leave(figure, stepsAt(figure), 'happened', now())
      } else if (what < 0.85) {
        const next = edited(published.at(-1) ?? [], event, draw)
        if (!next.length || JSON.stringify(next) === JSON.stringify(published.at(-1))) continue
        const asks = asksFor(next)
        await publish(id, begin, next, asks)
        published.push(next)
        while (await db.tx((ctx) => movePage(ctx, id, 2)));
        moveAll(asks, published.length)
      } else if (published.length > 1) {
        const to = 1 + pick(published.length - 1)
        const proposed = draw() < 0.5
        const asks: MoveAsk[] = proposed
          ? [...new Set(active().map(({ version }) => version))].map((from) => ({ from, map: {}, waits: 'keep' }))
          : asksFor(published[to - 1] ?? [])
        await db.tx((ctx) => versions.rollback(ctx, { id, to, ...(proposed ? {} : { moves: asks }) }))
        published.push(published[to - 1] ?? [])
        while (await db.tx((ctx) => movePage(ctx, id, 2)));
        moveAll(asks, published.length)
      }
      const shown = (await runsOf(id)).map(
        (run) => `${run.person_id} v${run.version} ${run.step} ${run.due_at?.getTime() ?? null} ${run.how}`,
      )
      const meant = crowd.flatMap((one) =>
        (figures.get(one.id) as Figure[]).map((f) => `${one.id} v${f.version} ${f.at} ${f.due} ${f.ended ? 'completed' : null}`),
      )
      expect(shown.sort()).toEqual(meant.sort())
    }
    const lines = crowd.flatMap((one) => (figures.get(one.id) as Figure[]).flatMap((f) => f.passed.map((line) => `${one.id} ${line}`)))
    expect((await passedOf(id)).sort()).toEqual(lines.sort())
    await db.house.pool.query(
      "UPDATE run SET status = 'ended', how = 'stopped', due_at = NULL WHERE scenario_id = $1 AND status = 'active'",
      [id],
    )
    await db.tx((ctx) => scenarios.setState(ctx, { id, to: 'stopped', endRuns: false }))
  }
  const runs = Number(process.env.TEST_RUNS ?? 60)
  await fc.assert(fc.asyncProperty(fc.integer(), whole), { ...property, numRuns: runs, endOnFailure: true })
}, 1_800_000)
