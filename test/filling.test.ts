// What happens to people while a version is being filled.
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '#kernel/ctx.ts'
import { bucketOf, bySubject, type Subject } from '#kernel/db/buckets.ts'
import { append, eventId, makePulses } from '#kernel/journal.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { publish as publishScore, saveDraft } from '#loop/score/manage/service.ts'
import { FIRST_SETTINGS, type ScoreRule } from '#loop/score/rules/contract.ts'
import { archive, restore } from '#loop/segment/archive/service.ts'
import { turnCompanies } from '#loop/segment/companies/service.ts'
import { fillSegment } from '#loop/segment/fill/jobs.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { change, create, get, history, members, preview } from '#loop/segment/service.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'
import { race } from './race.ts'
import { until } from './world.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

const viewed = (n: number): Rule => ({
  kind: 'event',
  match: { event: 'page.viewed', filters: [] },
  count: { op: 'atLeast', n },
  period: { kind: 'last', n: 30, unit: 'days' },
})

let serial = 0
async function people(n: number): Promise<Subject[]> {
  return db.tx(async (ctx) => {
    const made = Array.from({ length: n }, () => ctx.id())
      .map((id) => ({ id, bucket: bucketOf(id) }))
      .sort(bySubject)
    for (const { id, bucket } of made)
      await sql`INSERT INTO person (bucket, id, identified_at, created_at) VALUES (${bucket}, ${id}, ${ctx.now}, ${ctx.now})`.execute(
        ctx.db,
      )
    await makePulses(ctx, made)
    return made
  })
}

const view = (subjects: readonly Subject[], silent = false) =>
  db.tx((ctx) =>
    append(
      ctx,
      subjects.map((subject) => ({
        subject,
        id: eventId('fill', String(++serial)),
        name: 'page.viewed',
        occurredAt: ctx.now,
        props: {},
        silent,
      })),
    ),
  )
const segment = (rule: Rule) =>
  db.tx((ctx) => create(ctx, { name: `満たす ${++serial}`, description: '', audience: 'leads', startsScenarios: false, rule }))
const inside = async (id: string) => (await db.read((ctx) => members(ctx, { id, limit: 200 }))).items.map((one) => one.id).sort()

/** Runs the queued fill up to its first page, which waits for `first`; does `meanwhile`; lets it end. */
async function whileFilling(first: Subject, meanwhile: () => Promise<unknown>): Promise<void> {
  const holder = new pg.Client({ connectionString: db.url })
  await holder.connect()
  await holder.query('BEGIN')
  await holder.query('SELECT 1 FROM pulse WHERE bucket = $1 AND person_id = $2 FOR UPDATE', [first.bucket, first.id])
  const fill = db.drain()
  try {
    // Of this database only: other files wait for locks of their own on the same server.
    const waits = 'SELECT 1 FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE NOT l.granted AND a.datname = current_database()'
    await until(async () => (await holder.query(waits)).rows.length > 0)
    await meanwhile()
  } finally {
    await holder.query('COMMIT')
    await holder.end()
    await fill
  }
  await db.drain()
  await turnUntilQuiet(db.house)
}

test('M1 N5 what people do between the full compute and its writing is not written over, and whoever is gone by then leaves nothing', async () => {
  const all = await people(12)
  const [first, comes, gone] = [all[0] as Subject, all[5] as Subject, all[7] as Subject]
  await view(all.filter((one) => one !== comes))
  await view(all.filter((one) => one !== comes))
  await turnUntilQuiet(db.house)
  const { id } = await segment(viewed(2))
  await whileFilling(first, async () => {
    await view([comes])
    await view([comes])
    await turnUntilQuiet(db.house)
    await db.house.pool.query('DELETE FROM membership WHERE person_id = $1', [gone.id])
    await db.house.pool.query('DELETE FROM person WHERE id = $1', [gone.id])
  })
  const wanted = all.filter((one) => one !== gone).map((one) => one.id)
  expect(await inside(id)).toEqual(wanted.sort())
  const rows = await db.house.pool.query('SELECT count(*)::int AS n FROM membership WHERE segment_id = $1 AND person_id = $2', [
    id,
    gone.id,
  ])
  expect(rows.rows[0]).toEqual({ n: 0 })
  const left = await db.house.pool.query('SELECT count(*)::int AS n FROM segment_fill')
  expect(left.rows[0]).toEqual({ n: 0 })
  db.clock.advance(31 * 86_400_000)
  await turnUntilQuiet(db.house)
  expect(await inside(id)).toEqual([])
})

test('M1 N5 a reaction that finds nothing while the version is filled leaves a mark, so that the older answer of the compute does not win', async () => {
  const all = await people(8)
  const [first, goes] = [all[0] as Subject, all[4] as Subject]
  await view(all)
  await turnUntilQuiet(db.house)
  const { id } = await segment({ kind: 'and', rules: [viewed(1), { kind: 'fact', fact: 'city', is: { op: 'empty' } }] })
  await whileFilling(first, async () => {
    await db.house.pool.query("UPDATE person SET city = '港区' WHERE id = $1", [goes.id])
    await db.tx((ctx) =>
      append(ctx, [{ subject: goes, id: eventId('fill', String(++serial)), name: 'field.changed', occurredAt: ctx.now, props: {} }]),
    )
    await turnUntilQuiet(db.house)
  })
  expect(await inside(id)).toEqual(
    all
      .filter((one) => one !== goes)
      .map((one) => one.id)
      .sort(),
  )
  const marks = await db.house.pool.query('SELECT count(*)::int AS n FROM membership WHERE segment_id = $1 AND NOT is_in', [id])
  expect(marks.rows[0]).toEqual({ n: 0 })
})

test('M1 N5 a new rule is in force for everybody at one instant; its history is written afterwards, whatever people do meanwhile and however often it is begun', async () => {
  const all = await people(8)
  const [held, goes] = [all[0] as Subject, all[4] as Subject]
  const ids = all.map((one) => one.id)
  const live = async (city: string) => {
    await db.house.pool.query('UPDATE person SET city = $1 WHERE id = ANY($2)', [city, ids])
    return { kind: 'fact', fact: 'city', is: { op: 'eq', value: city } } as const
  }
  const away = `港${++serial}`
  const { id } = await segment(await live(`町${++serial}`))
  await whileFilling(held, async () => {
    expect(await inside(id)).toEqual([...ids].sort())
    expect((await db.read((ctx) => history(ctx, { id, limit: 200 }))).items).toEqual([])
    await db.house.pool.query('UPDATE person SET city = $2 WHERE id = $1', [goes.id, away])
    await db.tx((ctx) =>
      append(ctx, [{ subject: goes, id: eventId('fill', String(++serial)), name: 'field.changed', occurredAt: ctx.now, props: {} }]),
    )
    await turnUntilQuiet(db.house)
    expect(await inside(id)).toEqual(ids.filter((one) => one !== goes.id).sort())
  })
  await fillSegment.run(db.house, { segment: id, version: 1 })
  const stays = (await db.read((ctx) => history(ctx, { id, limit: 200 }))).items
  expect(stays.map((one) => one.person.id).sort()).toEqual([...ids].sort())
  expect(stays.filter((one) => one.leftAt !== null)).toMatchObject([{ person: { id: goes.id }, byEdit: true, leftByEdit: false }])
  // The numbers of the week leave the edit aside, and open exactly whom they count.
  const week = async (which: 'entered' | 'left') =>
    (await db.read((ctx) => history(ctx, { id, limit: 200, week: which }))).items.map((one) => one.person.id)
  expect([await week('entered'), await week('left')]).toEqual([[], [goes.id]])
  expect(await db.read((ctx) => get(ctx, { id }))).toMatchObject({ entered: 0, left: 1 })
  const told = async () =>
    (await db.house.pool.query("SELECT name, count(*)::int AS n FROM journal WHERE props->>'segment' = $1 GROUP BY 1 ORDER BY 1", [id]))
      .rows
  expect(await told()).toEqual([
    { name: 'segment.entered', n: 7 },
    { name: 'segment.left', n: 1 },
  ])
  await db.tx((ctx) => change(ctx, { id, rule: { kind: 'fact', fact: 'city', is: { op: 'eq', value: away } }, startsScenarios: false }))
  await db.drain()
  await fillSegment.run(db.house, { segment: id, version: 1 })
  expect(await inside(id)).toEqual([goes.id])
  expect(await told()).toEqual([
    { name: 'segment.entered', n: 8 },
    { name: 'segment.left', n: 8 },
  ])
})

test('M1 N5 QUA-15 a rule edited while it is being filled: the newer one wins, and nothing of the dropped one is left', async () => {
  const all = await people(9)
  await view(all.slice(0, 6))
  await view(all.slice(0, 3))
  await turnUntilQuiet(db.house)
  const { id } = await segment(viewed(1))
  await whileFilling(all[0] as Subject, () => db.tx((ctx) => change(ctx, { id, rule: viewed(2), startsScenarios: false })))
  const wanted = all.slice(0, 3).map((one) => one.id)
  expect(await inside(id)).toEqual(wanted.sort())
  const asked = await db.tx((ctx) => preview(ctx, { rule: viewed(2), audience: 'leads' }))
  expect(asked.count).toBe(3)
  const versions = await db.house.pool.query('SELECT DISTINCT version FROM membership WHERE segment_id = $1', [id])
  expect(versions.rows).toEqual([{ version: 2 }])
})

test('QUA-15 who came by a full compute is told with the facts that decided, in the list, in the history and to the journal', async () => {
  const [who] = (await people(1)) as [Subject]
  await view([who])
  await turnUntilQuiet(db.house)
  const { id } = await segment(viewed(1))
  await db.drain()
  const because = [expect.objectContaining({ isIn: true, seen: 1 })]
  expect((await db.read((ctx) => members(ctx, { id, limit: 200 }))).items.find((one) => one.id === who.id)?.because).toEqual(because)
  expect((await db.read((ctx) => history(ctx, { id, limit: 200 }))).items.find((one) => one.person.id === who.id)?.because).toEqual(because)
  const told = await db.house.pool.query("SELECT props FROM journal WHERE person_id = $1 AND props->>'segment' = $2", [who.id, id])
  expect(told.rows.map((row) => row.props.because)).toEqual([because])
})

/** Nobody gets at the journal while `work` runs. */
async function withJournalLocked(work: () => Promise<unknown>): Promise<void> {
  const holder = new pg.Client({ connectionString: db.url })
  await holder.connect()
  await holder.query('BEGIN; LOCK TABLE journal IN ACCESS EXCLUSIVE MODE')
  await work()
  await holder.query('ROLLBACK')
  await holder.end()
}

test('M9 QUA-15 archiving a segment is taken back: the same people are in since then, and who had left by the archiving is told apart', async () => {
  const all = await people(3)
  await view(all)
  await turnUntilQuiet(db.house)
  const { id } = await segment(viewed(1))
  await db.drain()
  const before = await inside(id)
  const stays = async () => (await db.read((ctx) => history(ctx, { id, limit: 200 }))).items.filter((one) => one.leftAt === null).length
  await db.tx((ctx) => archive(ctx, { id }))
  await db.tx((ctx) => restore(ctx, { id }))
  await db.drain()
  expect(await inside(id)).toEqual(before)
  expect(await stays()).toBe(before.length)
  await db.tx((ctx) => archive(ctx, { id }))
  await db.drain()
  const left = await db.house.pool.query('SELECT count(*)::int AS n FROM segment_stay WHERE segment_id = $1 AND left_by_edit', [id])
  expect(left.rows[0]).toEqual({ n: before.length })
  await db.tx((ctx) => restore(ctx, { id }))
  await db.drain()
  expect(await inside(id)).toEqual(before)
  await expect(db.tx((ctx) => restore(ctx, { id }))).rejects.toMatchObject({ code: 'segment.unknown' })
})

test('QUA-15 a segment is not put away beneath a rule that is just being kept, and two do not come to read each other at once', async () => {
  const reading = (id: string): Rule => ({ kind: 'segment', segment: id, isIn: true })
  const about = { description: '', audience: 'leads' as const, startsScenarios: false }
  for (const isArchiveFirst of [false, true]) {
    const { id } = await segment(viewed(1))
    const keep = (ctx: Ctx) => create(ctx, { ...about, name: `読む ${id}`, rule: reading(id) })
    const putAway = (ctx: Ctx) => archive(ctx, { id })
    expect(await (isArchiveFirst ? race(db, putAway, keep) : race(db, keep, putAway))).toMatchObject({
      code: isArchiveFirst ? 'segment.rule' : 'segment.read',
    })
  }
  const [one, two] = [await segment(viewed(1)), await segment(viewed(2))]
  const read = (reader: string, id: string) => (ctx: Ctx) => change(ctx, { id: reader, rule: reading(id), startsScenarios: false })
  expect(await race(db, read(one.id, two.id), read(two.id, one.id))).toMatchObject({ code: 'segment.cycle' })
  await db.drain()
})

test('X6 QUA-15 a rule that cannot be counted or computed in time is stopped and says so; the rule before it stays in force', async () => {
  const all = await people(3)
  await view(all.slice(0, 1))
  await turnUntilQuiet(db.house)
  const { id } = await segment(viewed(1))
  await db.drain()
  const before = await inside(id)
  await db.tx((ctx) => change(ctx, { id, rule: viewed(2), startsScenarios: false }))
  await withJournalLocked(async () => {
    const counting = db.read((ctx) => preview(ctx, { rule: viewed(2), audience: 'leads' }, 50))
    await expect(counting).rejects.toMatchObject({ kind: 'unprocessable', code: 'segment.slow' })
    await fillSegment.run(db.house, { segment: id, version: 2, mostSeconds: 0.05 })
  })
  await db.drain()
  expect(await db.read((ctx) => get(ctx, { id }))).toMatchObject({ fault: 'slow', filling: null, liveVersion: 1, rule: viewed(1) })
  expect(await inside(id)).toEqual(before)
  await db.tx((ctx) => change(ctx, { id, rule: viewed(3), startsScenarios: false }))
  await db.drain()
  expect(await db.read((ctx) => get(ctx, { id }))).toMatchObject({ fault: null, liveVersion: 3, rule: viewed(3) })
})

test('N5 QUA-11 QUA-13 rules edited while everybody is re-scored: the older edit is given up, nobody ever has points of both, sums of companies follow', async () => {
  const all = await people(6)
  const points = (n: number): ScoreRule[] => [
    {
      id: '00000000-0000-4000-8000-00000000f111',
      kind: 'behaviour',
      label: '',
      match: { event: 'page.viewed', filters: [] },
      points: n,
      limit: { kind: 'each' },
      expiresDays: null,
    },
  ]
  const edit = async (n: number) => {
    await db.tx((ctx) => saveDraft(ctx, { name: 'main', rules: points(n), settings: FIRST_SETTINGS }))
    await db.tx((ctx) => publishScore(ctx, { name: 'main', startsScenarios: false }))
  }
  const company = await db.tx(async (ctx) => {
    const id = ctx.id()
    await sql`INSERT INTO company (id, name, made_by, created_at, changed_at) VALUES (${id}, '株式会社見本', 'test', ${ctx.now}, ${ctx.now})`.execute(
      ctx.db,
    )
    for (const one of all)
      await sql`INSERT INTO company_person (bucket, person_id, company_id, linked_by, since) VALUES (${one.bucket}, ${one.id}, ${id}, 'test', ${ctx.now})`.execute(
        ctx.db,
      )
    return id
  })
  await edit(1)
  await db.drain()
  await view(all)
  await turnUntilQuiet(db.house)
  const seen = async () =>
    (
      await db.house.pool.query(
        `SELECT DISTINCT s.total::int AS total FROM score s JOIN score_model m ON m.name = s.model AND m.live_version = s.version WHERE s.model = 'main' AND s.person_id = ANY($1)`,
        [all.map((one) => one.id)],
      )
    ).rows.map((row) => row.total)
  expect(await seen()).toEqual([1])
  await edit(10)
  await whileFilling(all[0] as Subject, async () => {
    await edit(100)
    expect(await seen()).toEqual([1])
    await view(all.slice(5))
  })
  expect((await seen()).sort((a, b) => a - b)).toEqual([100, 200])
  const versions = await db.house.pool.query(
    "SELECT DISTINCT version FROM score WHERE model = 'main' AND person_id = ANY($1) UNION SELECT DISTINCT version FROM score_entry WHERE model = 'main' AND person_id = ANY($1)",
    [all.map((one) => one.id)],
  )
  expect(versions.rows).toHaveLength(1)
  while ((await db.tx((ctx) => turnCompanies(ctx))) > 0) await turnUntilQuiet(db.house)
  const sums = await db.house.pool.query('SELECT score::int AS score FROM company WHERE id = $1', [company])
  expect(sums.rows[0]).toEqual({ score: 5 * 100 + 200 })
})

test('QUA-14 QUA-15 a rule that is taken back while it is computed does not come into force, and one made from what a colleague changed since is refused', async () => {
  const [who] = await people(1)
  if (!who) throw new Error('somebody')
  await view([who])
  const { id } = await segment(viewed(1))
  await db.drain()
  await turnUntilQuiet(db.house)
  expect(await inside(id)).toContain(who.id)

  const edit = (rule: Rule, basedOn?: number) => db.tx((ctx) => change(ctx, { id, rule, basedOn, startsScenarios: false }))
  const [opened, second] = [await db.read((ctx) => get(ctx, { id })), await edit(viewed(2), 1)]
  expect(second).toMatchObject({ liveVersion: 1, rule: viewed(1), filling: { version: 2, rule: viewed(2) } })
  await expect(edit(viewed(3), opened.liveVersion ?? 0)).rejects.toMatchObject({ kind: 'conflict', code: 'segment.changed' })

  await edit(viewed(1), 2)
  await db.drain()
  await turnUntilQuiet(db.house)
  expect(await db.read((ctx) => get(ctx, { id }))).toMatchObject({ liveVersion: 3, rule: viewed(1), filling: null })
  expect(await inside(id)).toContain(who.id)
})
