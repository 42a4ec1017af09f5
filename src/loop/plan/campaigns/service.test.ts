import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mergeByHand } from '#loop/identify/adopt/service.ts'
import { identify } from '#loop/identify/service.ts'
import { personTables as identifyTables } from '#loop/identify/tables.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { stepsOf } from './decide.ts'
import { campaignFacts, facts } from './facts.ts'
import { create, get, join, joinAll, leave, list, members, ofLead, remove, restore, undoSteps, update } from './service.ts'
import { personTables } from './tables.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({
    ports: { personTables: [...identifyTables, ...personTables], facts, moreFacts: [campaignFacts], leadFilters: {}, timelinePoints: [] },
  })
})
afterAll(() => db.close())

const lead = async (mail: string) => {
  const [made] = await db.tx((ctx) => identify(ctx, [{ route: 'hand', mail, at: ctx.now }]))
  if (!made) throw new Error('no lead')
  return made.subject
}
const campaign = (name: string, kind: 'exhibition' | 'seminar' = 'exhibition') => db.tx((ctx) => create(ctx, { name, kind }))
const journalOf = async (id: string) =>
  (await db.house.pool.query("SELECT name, props FROM journal WHERE person_id = $1 AND name LIKE 'campaign.%' ORDER BY id", [id])).rows

describe('campaigns', () => {
  test('ROI-03 ROI-04 one lead is in many campaigns, each with its own status and time; the lead lists them', async () => {
    const who = await lead('many@example.jp')
    const a = await campaign('春の展示会')
    const b = await campaign('導入セミナー', 'seminar')
    await db.tx((ctx) => join(ctx, { id: a.id, leadIds: [who.id], status: '来場' }))
    db.clock.advance(60_000)
    await db.tx((ctx) => join(ctx, { id: b.id, leadIds: [who.id], status: '申込' }))
    const { items } = await db.read((ctx) => ofLead(ctx, { leadId: who.id }))
    expect(items.map((one) => [one.name, one.status])).toEqual([
      ['導入セミナー', '申込'],
      ['春の展示会', '来場'],
    ])
    expect(items[0]?.joinedAt).not.toBe(items[1]?.joinedAt)
  })

  test('ROI-03 joining and each change of status is told to the journal once; the same status again is no change', async () => {
    const who = await lead('told@example.jp')
    const { id } = await campaign('告知')
    const say = (status: string) => db.tx((ctx) => join(ctx, { id, leadIds: [who.id], status }))
    expect([(await say('招待')).changed, (await say('招待')).changed, (await say('来場')).changed]).toEqual([1, 0, 1])
    const told = await journalOf(who.id)
    expect(told.map((one) => one.name).sort()).toEqual(['campaign.joined', 'campaign.status_changed'])
    expect(told.find((one) => one.name === 'campaign.status_changed')?.props).toMatchObject({ from: '招待', status: '来場' })
    const page = await db.read((ctx) => get(ctx, { id }))
    expect(page.counts.filter((one) => one.n)).toEqual([{ status: '来場', n: 1 }])
    expect((await db.read((ctx) => members(ctx, { id, status: '来場', limit: 10 }))).items.map((one) => one.leadId)).toEqual([who.id])
    await db.tx((ctx) => leave(ctx, { id, leadId: who.id }))
    expect((await db.read((ctx) => get(ctx, { id }))).members).toBe(0)
  })

  test('ROI-03 a status that the campaign does not have is refused, and one that members stand at cannot go', async () => {
    const who = await lead('status@example.jp')
    const { id } = await campaign('状態')
    await expect(db.tx((ctx) => join(ctx, { id, leadIds: [who.id], status: '知らない' }))).rejects.toMatchObject({
      code: 'campaign.status',
    })
    await db.tx((ctx) => join(ctx, { id, leadIds: [who.id], status: '来場' }))
    await expect(db.tx((ctx) => update(ctx, { id, statuses: ['招待'] }))).rejects.toMatchObject({ code: 'campaign.statusUsed' })
    await db.tx((ctx) => update(ctx, { id, statuses: ['来場', '後日訪問'], startsOn: '2026-04-01', endsOn: '2026-04-03' }))
    expect(await db.read((ctx) => get(ctx, { id }))).toMatchObject({
      statuses: ['来場', '後日訪問'],
      startsOn: '2026-04-01',
      endsOn: '2026-04-03',
    })
    await expect(db.tx((ctx) => update(ctx, { id, endsOn: '2026-03-01' }))).rejects.toMatchObject({ code: 'campaign.period' })
  })

  test('ROI-03 what a segment reads: the status in a campaign, in SQL and in JS alike', async () => {
    const [inside, outside] = [await lead('in@example.jp'), await lead('out@example.jp')]
    const { id } = await campaign('事実')
    await db.tx((ctx) => join(ctx, { id, leadIds: [inside.id], status: '来場' }))
    await db.read(async (ctx) => {
      const fact = (await campaignFacts(ctx)).find((one) => one.name === `campaign.${id}`)
      const loaded = await fact?.load(ctx, [inside, outside])
      expect([loaded?.get(inside.id), loaded?.get(outside.id)]).toEqual(['来場', undefined])
      const count = await facts[0]?.load(ctx, [inside, outside])
      expect([count?.get(inside.id), count?.get(outside.id)]).toEqual([1, 0])
    })
  })

  test('ROI-03 when two people become one, the older membership stays and both campaigns are kept', async () => {
    const [keep, lose] = [await lead('keep@example.jp'), await lead('lose@example.jp')]
    const [both, only] = [await campaign('両方'), await campaign('片方')]
    await db.tx((ctx) => join(ctx, { id: both.id, leadIds: [keep.id], status: '招待' }))
    db.clock.advance(1_000)
    await db.tx((ctx) => join(ctx, { id: both.id, leadIds: [lose.id], status: '来場' }))
    await db.tx((ctx) => join(ctx, { id: only.id, leadIds: [lose.id], status: '来場' }))
    await db.tx((ctx) => mergeByHand(ctx, { keep, lose }))
    const { items } = await db.read((ctx) => ofLead(ctx, { leadId: keep.id }))
    expect(new Map(items.map((one) => [one.name, one.status]))).toEqual(
      new Map([
        ['両方', '招待'],
        ['片方', '来場'],
      ]),
    )
  })

  test('M9 steps are taken back, except where the status was changed since', async () => {
    const people = [await lead('u1@example.jp'), await lead('u2@example.jp'), await lead('u3@example.jp')] as const
    const { id } = await campaign('取り消し')
    await db.tx((ctx) => join(ctx, { id, leadIds: [people[0].id], status: '招待' }))
    const steps = await db.tx((ctx) => joinAll(ctx, { campaignId: id, subjects: people, status: '来場', causeId: ctx.id() }))
    await db.tx((ctx) => join(ctx, { id, leadIds: [people[2].id], status: '成約' }))
    expect(await db.tx((ctx) => undoSteps(ctx, { campaignId: id, steps, causeId: ctx.id() }))).toBe(2)
    const left = await db.read((ctx) => members(ctx, { id, limit: 10 }))
    expect(new Map(left.items.map((one) => [one.leadId, one.status]))).toEqual(
      new Map([
        [people[0].id, '招待'],
        [people[2].id, '成約'],
      ]),
    )
  })

  test('ROI-03 a removed campaign is gone from lists and comes back; lists page without gaps', async () => {
    const { id } = await campaign('消える')
    await db.tx((ctx) => remove(ctx, { id }))
    await expect(db.read((ctx) => get(ctx, { id }))).rejects.toMatchObject({ code: 'campaign.unknown' })
    await db.tx((ctx) => restore(ctx, { id }))
    const seen: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await db.read((ctx) => list(ctx, { limit: 2, cursor }))
      seen.push(...page.items.map((one) => one.id))
      if (!page.next) break
      cursor = page.next
    }
    expect(seen).toContain(id)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBe((await db.read((ctx) => list(ctx, { limit: 200 }))).items.length)
  })
})

test('ROI-03 steps: nobody who has the status already moves, everybody else moves once', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.constantFrom('a', 'b', 'c'))), fc.constantFrom('a', 'b'), (held, status) => {
      const people = held.map((_, i) => ({ bucket: 0, id: String(i) }))
      const before = new Map(held.flatMap((one, i) => (one === null ? [] : [[String(i), { status: one }] as const])))
      const steps = stepsOf(people, before, status)
      expect(steps.length).toBe(held.filter((one) => one !== status).length)
      expect(steps.every((step) => step.from !== step.to)).toBe(true)
    }),
    { numRuns: 100, seed: 4 },
  )
})
