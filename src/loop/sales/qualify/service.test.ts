// Qualification, the definition of an MQL, the guard and the list of whom to call. Real database, virtual clock.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addUser } from '#access/users/service.ts'
import { DAY, HOUR } from '#kernel/clock.ts'
import type { Actor, Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { JsonObject } from '#kernel/json.ts'
import { facts as identifyFacts } from '#loop/identify/facts.ts'
import { identify } from '#loop/identify/service.ts'
import { personTables as peopleTables } from '#loop/identify/tables.ts'
import { facts as scoreFacts } from '#loop/score/facts.ts'
import { jobs as segmentJobs } from '#loop/segment/fill/jobs.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { change as changeSegment, create as createSegment, preview } from '#loop/segment/service.ts'
import { personTables as segmentTables } from '#loop/segment/tables.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import * as handoffReads from '../handoff/reads.ts'
import { accept, handOff, makeByHand } from '../handoff/service.ts'
import { personTables as salesTables } from '../tables.ts'
import { facts } from './facts.ts'
import { NO_GUARD } from './guard/contract.ts'
import * as guard from './guard/service.ts'
import * as mql from './mql/service.ts'
import * as priority from './priority/service.ts'
import * as qualify from './service.ts'
import { personTables } from './tables.ts'

let world: TestDatabase
let seller: Actor & { kind: 'user' }
let marketer: Actor & { kind: 'user' }
let serial = 0

beforeAll(async () => {
  world = await testDatabase({
    ports: {
      personTables: [...peopleTables, ...segmentTables, ...salesTables, ...personTables],
      facts: [...identifyFacts, ...scoreFacts, ...facts],
    },
    jobs: segmentJobs,
  })
  const user = (name: string, role: 'sales' | 'marketer') =>
    world.tx((ctx) => addUser(ctx, { name, email: `${role}@example.co.jp`, password: 'correct horse battery', language: 'ja', role }))
  seller = { kind: 'user', id: await user('見本 営業', 'sales'), name: '見本 営業', role: 'sales' }
  marketer = { kind: 'user', id: await user('見本 企画', 'marketer'), name: '見本 企画', role: 'marketer' }
})
afterAll(() => world.close())

const as = <T>(run: (ctx: Ctx) => Promise<T>) => world.tx(run, seller)
const plan = <T>(run: (ctx: Ctx) => Promise<T>) => world.tx(run, marketer)

async function aLead(fields: JsonObject = {}): Promise<Subject> {
  const [outcome] = await world.tx((ctx) =>
    identify(ctx, [{ route: 'hand', at: ctx.now, mail: `lead${++serial}@example.jp`, fields: { familyName: `見本${serial}`, ...fields } }]),
  )
  if (!outcome) throw new Error('no lead')
  return outcome.subject
}
const journal = async (subject: Subject, name: string) =>
  (await world.house.db.selectFrom('journal').selectAll().where('person_id', '=', subject.id).where('name', '=', name).execute()).map(
    (row) => row.props as JsonObject,
  )
const fact = (subject: Subject, name: string) =>
  world.read(async (ctx) => (await facts.find((one) => one.name === name)?.load(ctx, [subject]))?.get(subject.id) ?? null)
const say = (lead: Subject, field: string, status: 'unknown' | 'partly' | 'confirmed' | 'negative', evidence = '') =>
  as((ctx) => qualify.set(ctx, { leadId: lead.id, framework: 'bant', field, status, evidence, activityId: null }))
const handedBy = (lead: Subject, cause: string) =>
  world.tx((ctx) => handOff(ctx, [{ subject: lead, reason: 'hot', causeId: cause, hop: 0 }]))
const cause = () => world.tx(async (ctx) => ctx.id())
const isLead: Rule = { kind: 'fact', fact: 'prefecture', is: { op: 'eq', value: '東京都' } }

test('QUA-19 BANT keeps status and evidence of four fields, says how complete it is, and the journal keeps what it was', async () => {
  const lead = await aLead()
  expect(await world.read((ctx) => qualify.get(ctx, { leadId: lead.id }))).toMatchObject({ framework: 'bant', completeness: 0 })
  await say(lead, 'budget', 'partly', '今期は200万円まで')
  const whole = await say(lead, 'budget', 'confirmed', '稟議が下りた')
  expect(whole.completeness).toBe(25)
  expect(whole.answers.filter((one) => one.framework === 'bant')).toHaveLength(4)
  expect(whole.answers[0]).toMatchObject({
    ...{ field: 'budget', status: 'confirmed', evidence: '稟議が下りた', heardOn: '2026-04-08', changedBy: '見本 営業' },
  })
  await say(lead, 'budget', 'confirmed', '稟議が下りた')
  expect(await journal(lead, 'qualification.changed')).toMatchObject([
    { field: 'budget', from: 'unknown', to: 'partly', text: '今期は200万円まで', by: '見本 営業' },
    { field: 'budget', from: 'partly', to: 'confirmed' },
  ])
  await expect(say(lead, 'challenges', 'confirmed')).rejects.toMatchObject({ code: 'qualification.field' })
  await expect(
    as((ctx) =>
      qualify.set(ctx, { leadId: lead.id, framework: 'bant', field: 'need', status: 'partly', evidence: '', activityId: lead.id }),
    ),
  ).rejects.toMatchObject({ code: 'qualification.activity' })
})

test('QUA-20 CHAMP is chosen in the settings; answers to BANT stay, and facts of both are asked by segments', async () => {
  const lead = await aLead()
  await say(lead, 'need', 'confirmed')
  await plan((ctx) => qualify.saveSettings(ctx, { framework: 'champ' }))
  const whole = await as((ctx) =>
    qualify.set(ctx, {
      leadId: lead.id,
      framework: 'champ',
      field: 'challenges',
      status: 'partly',
      evidence: '人手不足',
      activityId: null,
    }),
  )
  expect(whole).toMatchObject({ framework: 'champ', completeness: 13 })
  expect(whole.answers.find((one) => one.framework === 'bant' && one.field === 'need')?.status).toBe('confirmed')
  expect(await fact(lead, 'qualify.completeness')).toBe(25)
  expect(await fact(lead, 'qualify.champ.completeness')).toBe(13)
  expect(await fact(lead, 'qualify.champ.challenges')).toBe('partly')
  const rule: Rule = {
    kind: 'and',
    rules: [
      { kind: 'fact', fact: 'qualify.bant.need', is: { op: 'in', values: ['confirmed'] } },
      { kind: 'fact', fact: 'qualify.completeness', is: { op: 'gte', value: 25 } },
      { kind: 'fact', fact: 'qualify.bant.budget', is: { op: 'in', values: ['unknown'] } },
    ],
  }
  const found = await world.tx((ctx) => preview(ctx, { audience: 'leads', rule }))
  expect(found.sample.map((one) => one.id)).toEqual([lead.id])
  await plan((ctx) => qualify.saveSettings(ctx, { framework: 'bant' }))
})

test('QUA-21 the MQL definition is proposed, agreed to by both departments, published as a segment, and hand-offs cite its version', async () => {
  const before = await aLead()
  await handedBy(before, await cause())
  expect((await world.read((ctx) => handoffReads.list(ctx, { limit: 1, leadId: before.id }))).items[0]?.detail).toEqual({})

  const proposed = await plan((ctx) => mql.propose(ctx, { rule: isLead, note: '東京のリード' }))
  expect(proposed).toMatchObject({ live: null, segment: null, proposed: { version: 1, marketing: null, sales: null } })
  await expect(as((ctx) => mql.agree(ctx, { version: 1, side: 'marketing', agrees: true }))).rejects.toMatchObject({ code: 'mql.side' })
  await plan((ctx) => mql.agree(ctx, { version: 1, side: 'marketing', agrees: true }))
  const agreed = await as((ctx) => mql.agree(ctx, { version: 1, side: 'sales', agrees: true }))
  expect(agreed.proposed).toMatchObject({ marketing: { by: '見本 企画' }, sales: { by: '見本 営業' } })
  await plan((ctx) => mql.propose(ctx, { rule: isLead, note: '東京都のリード' }))
  expect((await world.read(mql.get)).proposed).toMatchObject({ version: 1, marketing: null, sales: null, note: '東京都のリード' })

  const tokyo = await aLead({ prefecture: '東京都' })
  const osaka = await aLead({ prefecture: '大阪府' })
  await plan((ctx) => mql.publish(ctx, { segmentName: 'MQL（定義）' }))
  await world.drain()
  const live = await world.read(mql.get)
  expect(live).toMatchObject({ proposed: null, live: { version: 1, liveBy: '見本 企画' }, segment: { members: 1, differs: false } })
  await handedBy(tokyo, await cause())
  await handedBy(osaka, await cause())
  const [mine] = (await world.read((ctx) => handoffReads.list(ctx, { limit: 1, leadId: tokyo.id }))).items
  expect(mine?.detail).toMatchObject({ mqlVersion: 1, mqlMet: true })
  expect(await journal(tokyo, 'handoff.made')).toMatchObject([{ mqlVersion: 1 }])
  await as((ctx) => accept(ctx, { leadId: tokyo.id, id: mine?.id ?? '' }))

  await plan((ctx) => mql.propose(ctx, { rule: { kind: 'not', rule: isLead }, note: '' }))
  await plan((ctx) => mql.publish(ctx, { segmentName: 'MQL（定義）' }))
  await world.drain()
  const next = await world.read(mql.get)
  expect(next).toMatchObject({ live: { version: 2, handed: 0 }, past: [{ version: 1, handed: 2, met: 1, accepted: 1 }] })
  const behind = async (asked: Omit<Parameters<typeof handoffReads.list>[1], 'limit'>) =>
    (await world.read((ctx) => handoffReads.list(ctx, { limit: 50, ...asked }))).items.map((one) => one.lead.id).sort()
  expect(await behind({ mql: 1 })).toEqual([tokyo.id, osaka.id].sort())
  expect(await behind({ mql: 1, met: true })).toEqual([tokyo.id])
  expect(await behind({ mql: 1, state: 'accepted' })).toEqual([tokyo.id])
  expect(await behind({ mql: 2 })).toEqual([])
  expect(next.segment?.id).toBe(live.segment?.id)
  expect(next.segment?.differs).toBe(false)
  await plan((ctx) => changeSegment(ctx, { id: next.segment?.id ?? '', rule: isLead, startsScenarios: false }))
  await world.drain()
  expect((await world.read(mql.get)).segment?.differs).toBe(true)
})

test('QUA-21 a proposal that a colleague changed since is not overwritten, thrown away, agreed to or published unseen', async () => {
  const CHANGED = { code: 'mql.changed' }
  const { revision: before } = await world.read(mql.get)
  const mine = await plan((ctx) => mql.propose(ctx, { rule: isLead, note: '一人目', basedOn: before }))
  const version = mine.proposed?.version ?? 0
  const colleague = await plan((ctx) => mql.propose(ctx, { rule: isLead, note: '二人目', basedOn: mine.revision }))
  const basedOn = mine.revision
  await expect(plan((ctx) => mql.propose(ctx, { rule: isLead, note: '一人目', basedOn }))).rejects.toMatchObject(CHANGED)
  await expect(plan((ctx) => mql.drop(ctx, { basedOn }))).rejects.toMatchObject(CHANGED)
  await expect(plan((ctx) => mql.agree(ctx, { version, side: 'marketing', agrees: true, basedOn }))).rejects.toMatchObject(CHANGED)
  await expect(plan((ctx) => mql.publish(ctx, { segmentName: 'MQL（定義）', basedOn }))).rejects.toMatchObject(CHANGED)
  expect((await world.read(mql.get)).proposed).toMatchObject({ note: '二人目', marketing: null })
  // Thrown away and proposed anew it bears the same number, and is another.
  await plan((ctx) => mql.drop(ctx, { basedOn: colleague.revision }))
  const anew = await plan((ctx) => mql.propose(ctx, { rule: isLead, note: '三人目' }))
  expect(anew.proposed?.version).toBe(version)
  await expect(plan((ctx) => mql.drop(ctx, { basedOn: colleague.revision }))).rejects.toMatchObject(CHANGED)
  await plan((ctx) => mql.drop(ctx, { basedOn: anew.revision }))
})

test('QUA-25 the guard keeps low-probability leads from sales, counts them per day, and a person may override with a reason', async () => {
  const kept = await aLead()
  const good = await aLead()
  await say(good, 'need', 'confirmed')
  await plan((ctx) => guard.save(ctx, { ...NO_GUARD, isOn: true, required: ['bant.need'] }))
  const first = await cause()
  expect((await handedBy(kept, first)).get(kept.id)).toEqual({ outcome: 'kept', why: [{ kind: 'missing', fields: ['bant.need'] }] })
  await handedBy(kept, first)
  expect((await handedBy(good, await cause())).get(good.id)?.outcome).toBe('made')
  expect(await world.read((ctx) => guard.report(ctx))).toMatchObject({ open: 1, today: 1, days: [{ day: '2026-04-08', n: 1 }] })
  expect(await journal(kept, 'handoff.blocked')).toMatchObject([{ reason: 'hot', why: [{ kind: 'missing', fields: ['bant.need'] }] }])

  world.clock.advance(DAY)
  await handedBy(kept, await cause())
  const report = await world.read((ctx) => guard.report(ctx))
  expect(report).toMatchObject({
    open: 1,
    days: [
      { day: '2026-04-08', n: 1 },
      { day: '2026-04-09', n: 1 },
    ],
  })
  const list = () => world.read((ctx) => guard.people(ctx, { limit: 10 }))
  expect((await list()).items).toMatchObject([{ lead: { id: kept.id }, times: 1, day: '2026-04-09', still: true }])

  await expect(as((ctx) => makeByHand(ctx, { leadId: kept.id }))).rejects.toMatchObject({ code: 'handoff.kept' })
  await as((ctx) => makeByHand(ctx, { leadId: kept.id, override: '社長の紹介' }))
  expect((await list()).items).toEqual([])
  expect(await world.read((ctx) => guard.report(ctx))).toMatchObject({ open: 0, overridden: 1 })
  const onDay = await world.read((ctx) => guard.people(ctx, { limit: 10, day: '2026-04-09' }))
  expect(onDay.items).toMatchObject([{ override: '社長の紹介', overrideBy: '見本 営業' }])
  expect(await journal(kept, 'handoff.made')).toMatchObject([{ override: '社長の紹介' }])
  await plan((ctx) => guard.save(ctx, NO_GUARD))
})

test('QUA-25 the guard keeps whoever is in its segment, or below its score', async () => {
  const rival = await aLead({ prefecture: '沖縄県' })
  const segment = await plan((ctx) =>
    createSegment(ctx, {
      ...{ name: '対象外', description: '', audience: 'leads', startsScenarios: false },
      rule: { kind: 'fact', fact: 'prefecture', is: { op: 'eq', value: '沖縄県' } },
    }),
  )
  await world.drain()
  const rule = { ...NO_GUARD, isOn: true, segmentId: segment.id, score: { model: 'main', below: 10 } }
  await plan((ctx) => guard.save(ctx, rule))
  expect((await handedBy(rival, await cause())).get(rival.id)).toEqual({
    outcome: 'kept',
    why: [
      { kind: 'segment', segmentId: segment.id, name: '対象外' },
      { kind: 'score', total: 0, below: 10 },
    ],
  })
  await plan((ctx) => guard.save(ctx, { ...rule, score: null, segmentId: null }))
  expect((await handedBy(rival, await cause())).get(rival.id)?.outcome).toBe('made')
  await plan((ctx) => guard.save(ctx, NO_GUARD))
})

test('QUA-24 the list of whom to call has its reasons, is mine or everybody’s, and done and later take leads off it', async () => {
  const lead = await aLead()
  const other = await aLead()
  await world.tx(async (ctx) => {
    await sql`UPDATE person SET owner_id = ${seller.id} WHERE id = ${lead.id}`.execute(ctx.db)
    await sql`INSERT INTO lead_touch (bucket, person_id, touched_at, worked_at, form_at, since) VALUES (${lead.bucket}, ${lead.id}, ${ctx.now}, ${ctx.now}, ${ctx.now}, ${ctx.now})`.execute(
      ctx.db,
    )
  })
  await handedBy(lead, await cause())
  await handedBy(other, await cause())
  const mine = async () => (await as((ctx) => priority.list(ctx, { scope: 'mine', limit: 100 }))).items
  const all = async () => (await as((ctx) => priority.list(ctx, { scope: 'all', limit: 100 }))).items
  expect((await mine()).map((one) => one.lead.id)).toEqual([lead.id])
  expect((await mine())[0]).toMatchObject({
    points: 75,
    reasons: [
      { kind: 'handoff', points: 40 },
      { kind: 'act', points: 35, text: 'form' },
    ],
  })
  const ids = (await all()).map((one) => one.lead.id)
  expect(ids.indexOf(lead.id)).toBeLessThan(ids.indexOf(other.id))
  world.clock.advance(HOUR)
  await as((ctx) => priority.done(ctx, { leadId: lead.id }))
  expect(await mine()).toEqual([])
  await as((ctx) => priority.back(ctx, { leadId: lead.id }))
  expect(await mine()).toHaveLength(1)
  await as((ctx) => priority.snooze(ctx, { leadId: lead.id, days: 3 }))
  expect((await as((ctx) => priority.list(ctx, { scope: 'mine', limit: 100 }))).snoozed).toBe(1)
  world.clock.advance(3 * DAY - 1)
  expect(await mine()).toEqual([])
  world.clock.advance(1)
  expect(await mine()).toHaveLength(1)
})

test('QUA-21 S11 hand-offs that cite an old version of the definition are found by its index, not through all that came after them', async () => {
  const undone = new Error('nothing of this stays')
  const looked = world.tx(async (ctx) => {
    await sql`INSERT INTO handoff (bucket, person_id, id, state, reason, detail, made_at, made_by, due_at)
      SELECT 0, gen_random_uuid(), gen_random_uuid(), 'accepted', 'hot', jsonb_build_object('mqlVersion', 1000 + i / 500),
        ${ctx.now}::timestamptz + i * interval '1 second', 'test', ${ctx.now} FROM generate_series(0, 4999) i`.execute(ctx.db)
    await sql`ANALYZE handoff`.execute(ctx.db)
    const scans = async () =>
      Number((await sql<{ n: number }>`SELECT pg_stat_get_xact_numscans('handoff_mql'::regclass) AS n`.execute(ctx.db)).rows[0]?.n)
    const before = await scans()
    const { items } = await handoffReads.list(ctx, { mql: 1000, limit: 50 })
    throw Object.assign(undone, { items: items.length, n: (await scans()) - before })
  })
  await expect(looked).rejects.toMatchObject({ items: 50, n: 1 })
})
