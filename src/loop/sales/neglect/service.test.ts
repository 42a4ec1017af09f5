// Assignment by rule and nobody forgotten, on a virtual clock. Real database.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addUser, deactivate } from '#access/users/service.ts'
import { DAY } from '#kernel/clock.ts'
import type { Actor, Ctx } from '#kernel/ctx.ts'
import { BUCKETS, type Subject } from '#kernel/db/buckets.ts'
import type { News } from '#kernel/journal.ts'
import { append } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { Pass, Reaction } from '#kernel/pass.ts'
import { assignOwners } from '#loop/identify/change/service.ts'
import { facts as identifyFacts } from '#loop/identify/facts.ts'
import { identify, loadPeople } from '#loop/identify/service.ts'
import { personTables as peopleTables } from '#loop/identify/tables.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { type AssignmentPlan, NO_PLAN } from '../assignment/contract.ts'
import type { OwnerMail } from '../assignment/notice.ts'
import { assignmentReactions } from '../assignment/reactions.ts'
import * as assignment from '../assignment/service.ts'
import { handOff } from '../handoff/service.ts'
import * as signals from '../signals/service.ts'
import { stageReactions } from '../stage/reactions.ts'
import { personTables } from '../tables.ts'
import { DEFAULT_NEGLECT } from './contract.ts'
import { recountBucket } from './queries.ts'
import { neglectReactions } from './reactions.ts'
import * as neglect from './service.ts'

let world: TestDatabase
let anna: string
let ben: string
let boss: Actor & { kind: 'user' }
let serial = 0
const mails: OwnerMail[] = []

beforeAll(async () => {
  world = await testDatabase({
    ports: {
      personTables: [...peopleTables, ...personTables],
      facts: identifyFacts,
      ownerMailer: async (_ctx, mail) => void mails.push(mail),
    },
  })
  const user = (name: string, role: 'sales' | 'marketer') =>
    world.tx((ctx) => addUser(ctx, { name, email: `${name}@example.co.jp`, password: 'correct horse battery', language: 'ja', role }))
  anna = await user('anna', 'sales')
  ben = await user('ben', 'sales')
  boss = { kind: 'user', id: await user('boss', 'marketer'), name: 'boss', role: 'marketer' }
})
afterAll(() => world.close())

const as = <T>(run: (ctx: Ctx) => Promise<T>) => world.tx(run, boss)

/** Turns the reactions over all news that wait, as the loop does, until there are none. */
async function turn(): Promise<void> {
  for (let left = true; left; )
    left = await world.tx(async (ctx) => {
      const rows = await sql<Record<string, never>>`DELETE FROM news RETURNING *`.execute(ctx.db)
      const list = (rows.rows as unknown as Record<string, unknown>[])
        .sort((a, b) => Number(a['seq']) - Number(b['seq']))
        .map(
          (row): News => ({
            ...{
              bucket: row['bucket'] as number,
              seq: Number(row['seq']),
              personId: row['person_id'] as string,
              eventId: row['event_id'] as string,
            },
            ...{ name: row['name'] as string, occurredAt: row['occurred_at'] as Date, receivedAt: row['received_at'] as Date },
            ...{ historic: row['historic'] as boolean, hop: row['hop'] as number, pageGroup: null, props: row['props'] as JsonObject },
          }),
        )
      const pass: Pass = { at: ctx.now, people: [], news: new Map(), wake: () => {}, changed: new Map() }
      for (const reaction of [...stageReactions, ...assignmentReactions, ...neglectReactions] as Reaction[]) {
        const heard = list.filter((one) => reaction.on.includes(one.name))
        if (heard.length) await reaction.run(ctx, pass, heard)
      }
      return list.length > 0
    })
}

async function aLead(fields: JsonObject = {}, historic = false): Promise<Subject> {
  const [outcome] = await world.tx((ctx) =>
    identify(ctx, [
      { route: 'form', at: ctx.now, mail: `lead${++serial}@example.jp`, fields: { familyName: `見本${serial}`, ...fields }, historic },
    ]),
  )
  await turn()
  if (!outcome) throw new Error('no lead')
  return outcome.subject
}
const ownerOf = (subject: Subject) => world.tx(async (ctx) => (await loadPeople(ctx, [subject])).get(subject.id)?.owner_id ?? null)
const eventsOf = async (subject: Subject, name: string) =>
  (
    await world.house.db
      .selectFrom('journal')
      .selectAll()
      .where('person_id', '=', subject.id)
      .where('name', '=', name)
      .orderBy('occurred_at')
      .execute()
  ).map((row) => row.props as JsonObject)
const happened = async (subject: Subject, name: string, props: JsonObject = {}) => {
  await world.tx((ctx) => append(ctx, [{ subject, id: ctx.id(), name, occurredAt: ctx.now, props }]))
  await turn()
}
const listed = async (list: 'untouched' | 'planless' | 'parked' | 'neglected', days = 30) =>
  (await world.tx((ctx) => neglect.people(ctx, { list, days, limit: 200 }))).items.map((one) => one.lead.id)

const plan = (more: Partial<AssignmentPlan> = {}): AssignmentPlan => ({
  ...NO_PLAN,
  isOn: true,
  rules: [
    {
      ...{ id: 'tokyo', name: '東京は担当A', isOn: true },
      conditions: [{ kind: 'fact', fact: 'prefecture', any: ['東京都'] }],
      target: { kind: 'owner', ownerId: anna },
    },
    { id: 'rest', name: '残りは順番', isOn: true, conditions: [], target: { kind: 'group', groupId: 'sales' } },
  ],
  groups: [
    {
      id: 'sales',
      name: '営業',
      members: [
        { userId: anna, weight: 1 },
        { userId: ben, weight: 1 },
      ],
    },
  ],
  ...more,
})

test('CRM-05 a new lead gets its owner by the first rule or in turn, is told of it, and the timeline names the rule', async () => {
  await as((ctx) => assignment.savePlan(ctx, plan()))
  const tokyo = await aLead({ prefecture: '東京' })
  expect(await ownerOf(tokyo)).toBe(anna)
  expect((await eventsOf(tokyo, 'owner.assigned'))[0]).toMatchObject({ owner: anna, before: null, rule: 'tokyo', ruleName: '東京は担当A' })
  const rest = [await aLead(), await aLead(), await aLead(), await aLead()]
  const owners = await Promise.all(rest.map(ownerOf))
  expect([owners.filter((one) => one === anna).length, owners.filter((one) => one === ben).length]).toEqual([2, 2])
  const feed = await world.tx((ctx) => signals.list(ctx, { limit: 20, leadId: tokyo.id }))
  expect(feed.items.map((one) => [one.kind, one.ownerId])).toEqual([['assigned', anna]])
  expect(mails[0]).toMatchObject({ to: 'anna@example.co.jp', kind: 'assigned', n: 1, leads: [{ path: `/leads/${tokyo.id}` }] })
})

test('CRM-05 people of imports are left alone unless asked, whoever has an owner keeps it, and leavers get nobody', async () => {
  const imported = await aLead({ prefecture: '東京' }, true)
  expect(await ownerOf(imported)).toBeNull()
  await as((ctx) => assignment.savePlan(ctx, plan({ absences: [{ userId: anna, from: '2000-01-01', to: '2999-01-01' }] })))
  const away = await aLead({ prefecture: '東京' })
  expect([await ownerOf(away), await ownerOf(await aLead())]).toEqual([null, ben])
  await as((ctx) => assignment.savePlan(ctx, plan()))
  const tried = await as((ctx) => assignment.tryOut(ctx, { plan: plan(), newest: 50 }))
  expect(tried.items.find((one) => one.leadId === away.id)).toMatchObject({ rule: '東京は担当A', ownerId: anna, currentOwnerId: null })
  const done = await as((ctx) => assignment.run(ctx, { reassign: false }))
  expect([await ownerOf(imported), await ownerOf(away), done.changed]).toEqual([anna, anna, 2])
  const listed = await as((ctx) => assignment.run(ctx, { reassign: true, filter: { prefecture: '東京都', owner: 'none' } }))
  expect(listed).toMatchObject({ changed: 0, looked: 0 })
  const moved = await as((ctx) => assignment.run(ctx, { reassign: true, filter: { owner: ben } }))
  expect([moved.looked > 0, moved.looked >= moved.changed]).toEqual([true, true])
  if (moved.runId) await as((ctx) => assignment.undo(ctx, { id: moved.runId ?? '' }))
  await as((ctx) => assignOwners(ctx, [away], ben))
  expect(await as((ctx) => assignment.undo(ctx, { id: done.runId ?? '' }))).toEqual({ changed: 1 })
  expect([await ownerOf(imported), await ownerOf(away)]).toEqual([null, ben])
  expect((await as((ctx) => assignment.runs(ctx))).items[0]).toMatchObject({ kind: 'assigned', n: 2, undoneBy: 'boss' })
  await turn()
})

test('CRM-12 who was not touched for N days is listed, and any touch takes them off; a machine that opens does not', async () => {
  await as((ctx) => assignment.savePlan(ctx, { ...NO_PLAN }))
  const [quiet, busy, scanned] = [await aLead(), await aLead(), await aLead()]
  world.clock.advance(31 * DAY)
  await happened(busy, 'page.viewed')
  await happened(scanned, 'mail.opened', { agent: 'machine' })
  const found = await listed('untouched')
  expect([quiet, busy, scanned].map((one) => found.includes(one.id))).toEqual([true, false, true])
  const report = await world.tx((ctx) => neglect.report(ctx))
  expect(report.untouched[0]).toEqual({ days: 30, n: found.length })
  await happened(scanned, 'activity.call')
  expect((await listed('untouched')).includes(scanned.id)).toBe(false)
})

test('CRM-12 every lead is in some plan or parked with a reason; the rest is listed', async () => {
  const [none, handed, parked, tasked] = [await aLead(), await aLead(), await aLead(), await aLead()]
  await world.tx((ctx) => handOff(ctx, [{ subject: handed, reason: 'hand', causeId: ctx.id(), hop: 0 }]))
  await turn()
  const until = new Date(world.clock.now().getTime() + 10 * DAY).toISOString().slice(0, 10)
  expect(await as((ctx) => neglect.park(ctx, { ids: [parked.id], until, reason: '来期まで保留' }))).toEqual({ changed: 1 })
  await expect(as((ctx) => neglect.park(ctx, { ids: [parked.id], until: '2020-01-01', reason: 'x' }))).rejects.toMatchObject({
    code: 'park.until',
  })
  await sql`INSERT INTO task (bucket, person_id, id, title, created_at, created_by)
    VALUES (${tasked.bucket}, ${tasked.id}, gen_random_uuid(), '電話', now(), 'x')`.execute(world.house.db)
  const planless = await listed('planless')
  expect([none, handed, parked, tasked].map((one) => planless.includes(one.id))).toEqual([true, false, false, false])
  expect(await listed('parked')).toEqual([parked.id])
  const report = await world.tx((ctx) => neglect.report(ctx))
  expect([report.planless, report.parked, report.plans]).toEqual([planless.length, 1, [{ plan: 'handoff', n: 1 }]])
  expect((await eventsOf(parked, 'lead.parked'))[0]).toMatchObject({ until, reason: '来期まで保留', by: 'boss' })
  world.clock.advance(11 * DAY)
  expect((await listed('planless')).includes(parked.id)).toBe(true)
  await as((ctx) => neglect.unpark(ctx, { ids: [parked.id] }))
})

test('CRM-13 a lead that sales lets lie goes back with the reason on its timeline, its owner hears of it, and it can be taken back', async () => {
  await as((ctx) => neglect.saveSettings(ctx, { ...DEFAULT_NEGLECT, isOn: true, days: 14, businessDays: false }))
  const [lying, worked, marketed] = [await aLead(), await aLead(), await aLead()]
  await as((ctx) => assignOwners(ctx, [lying, worked], ben))
  await as((ctx) => assignOwners(ctx, [marketed], boss.id))
  await world.tx((ctx) => handOff(ctx, [{ subject: lying, reason: 'hand', causeId: ctx.id(), hop: 0 }]))
  await turn()
  world.clock.advance(13 * DAY)
  await happened(worked, 'activity.visit')
  await happened(lying, 'page.viewed') // the lead's own visit is no work of sales
  expect((await listed('neglected')).includes(lying.id)).toBe(false)
  world.clock.advance(2 * DAY)
  expect((await listed('neglected')).filter((id) => [lying, worked, marketed].some((one) => one.id === id))).toEqual([lying.id])
  const before = mails.length
  const done = await world.tx((ctx) => neglect.returnPage(ctx, 500))
  await turn()
  expect([await ownerOf(lying), await ownerOf(worked), await ownerOf(marketed)]).toEqual([null, ben, boss.id])
  expect((await eventsOf(lying, 'owner.assigned')).at(-1)).toMatchObject({ owner: null, before: ben, why: 'neglected', days: 14 })
  expect((await eventsOf(lying, 'handoff.returned'))[0]).toMatchObject({ why: 'neglected' })
  const feed = await world.tx((ctx) => signals.list(ctx, { limit: 20, leadId: lying.id }))
  expect(feed.items.some((one) => one.kind === 'neglected' && one.ownerId === ben)).toBe(true)
  expect(mails.slice(before).some((mail) => mail.kind === 'returned' && mail.to === 'ben@example.co.jp')).toBe(true)
  expect((await world.tx((ctx) => neglect.returnPage(ctx, 500))).changed).toBe(0)
  await as((ctx) => assignment.undo(ctx, { id: done.runId ?? '' }))
  await turn()
  expect(await ownerOf(lying)).toBe(ben)
  expect((await listed('neglected')).includes(lying.id)).toBe(false)
})

test('CRM-12 looking at everybody anew gives what was folded', async () => {
  const before = await world.house.db.selectFrom('lead_touch').selectAll().orderBy('person_id').execute()
  await world.tx(async (ctx) => {
    const settings = await neglect.readSettings(ctx)
    for (let bucket = 0; bucket < BUCKETS; bucket++) await recountBucket(ctx.db, bucket, settings.kinds, neglect.planSql(ctx, settings))
  })
  expect(await world.house.db.selectFrom('lead_touch').selectAll().orderBy('person_id').execute()).toEqual(before)
})

test('CRM-05 a colleague who left is no target of rules', async () => {
  await as((ctx) => assignment.savePlan(ctx, plan({ keepCompanyOwner: false })))
  await world.tx((ctx) => deactivate(ctx, { id: ben }))
  expect([await ownerOf(await aLead()), await ownerOf(await aLead())]).toEqual([anna, anna])
})

test('CRM-12 what counts as a plan may be changed while the product runs: the next look at a lead goes by it', async () => {
  const lead = await aLead()
  await world.tx((ctx) => handOff(ctx, [{ subject: lead, reason: 'hand', causeId: ctx.id(), hop: 0 }]))
  const planUnder = (plans: typeof DEFAULT_NEGLECT.plans) =>
    as(async (ctx) => {
      await neglect.saveSettings(ctx, { ...DEFAULT_NEGLECT, plans })
      await neglect.lookAtPlans(ctx, [lead])
      return (await ctx.db.selectFrom('lead_touch').select('plan').where('person_id', '=', lead.id).executeTakeFirst())?.plan
    })
  const all = DEFAULT_NEGLECT.plans
  expect([await planUnder(all), await planUnder(['deal']), await planUnder(all)]).toEqual(['handoff', null, 'handoff'])
})
