import { Readable } from 'node:stream'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import { subjectOf } from '#kernel/db/buckets.ts'
import { codeOf } from '#kernel/errors.ts'
import { mergeByHand, undoAdoption } from '#loop/identify/adopt/service.ts'
import { updateLead } from '#loop/identify/change/service.ts'
import { archiveField, customFields } from '#loop/identify/fields/service.ts'
import { getLead } from '#loop/identify/leads/service.ts'
import { identify } from '#loop/identify/service.ts'
import { create as createCampaign, ofLead } from '#loop/plan/campaigns/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { beginBatch, cancelBatch, listBatches } from './batches.ts'
import { confirm } from './confirm.ts'
import { type CardValues, cardValues } from './contract.ts'
import { storePhoto } from './files.ts'
import { sweep } from './keeping.ts'
import { addPhoto, cardsOfLead, discard, getCard, joinBack, listCards } from './service.ts'
import { resumeBatch, splitBack, undoConfirm } from './undo.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

const begin = async (campaignId: string | null = null) => {
  const about = { source: '展示会', campaignId, exchangedOn: '2026-04-08', exchangedBy: null, starts: true, overwrites: true }
  return (await db.tx((ctx) => beginBatch(ctx, about))).id
}
const upload = async (batch: string, position: number) => {
  const photo = await db.tx(async (ctx) => ctx.id())
  const jpeg = await sharp({ create: { width: 600, height: 400, channels: 3, background: '#fff' } })
    .jpeg()
    .toBuffer()
  await storePhoto(db.house, photo, Readable.from([jpeg]))
  return { photo, ...(await db.tx((ctx) => addPhoto(ctx, { batch, photo, position, side: 'front' }))) }
}
/** A card of which this was read. */
const read = async (batch: string, position: number, told: Partial<CardValues>) => {
  const { id } = await upload(batch, position)
  const fields = Object.fromEntries(Object.entries(told).map(([key, value]) => [key, { value, confidence: 0.9, box: null, side: 'front' }]))
  await db.house.pool.query(`UPDATE card SET status = 'review', read_at = created_at, fields = $2 WHERE id = $1`, [id, fields])
  return id
}
const say = (id: string, told: Partial<CardValues>, sameAs: string | null = null) =>
  db.tx((ctx) => confirm(ctx, { id, values: cardValues.parse(told), sameAs }))
const undo = (id: string) => db.tx((ctx) => undoConfirm(ctx, { id }))
const lead = (id: string) => db.read((ctx) => getLead(ctx, { id }))
const card = (id: string) => db.read((ctx) => getCard(ctx, { id }))
const codeThrown = async (work: Promise<unknown>) => codeOf(await work.catch((error: unknown) => error))

test('CAP-27 CAP-28 a confirmation that made somebody is taken back: they lie in the trash, out of the campaign, and the card waits with what was read', async () => {
  const campaign = await db.tx((ctx) => createCampaign(ctx, { name: '展示会', kind: 'exhibition' }))
  const told = { familyName: '見本', givenName: '花子', mail: 'hanako@cards.example.jp' }
  const id = await read(await begin(campaign.id), 0, told)
  const { leadId } = await say(id, { ...told, familyName: '身本' })
  expect((await db.read((ctx) => cardsOfLead(ctx, { leadId }))).items).toMatchObject([{ id, mayUndo: true }])
  expect((await db.read((ctx) => ofLead(ctx, { leadId }))).items).toHaveLength(1)
  await undo(id)
  expect(await lead(leadId)).toMatchObject({ identified: false, trashedUntil: expect.any(String) })
  expect((await db.read((ctx) => ofLead(ctx, { leadId }))).items).toEqual([])
  expect(await card(id)).toMatchObject({ status: 'review', fields: { familyName: { value: '見本' } }, settledAt: null })
  // Confirmed again, rightly: the same person is back, with the corrected name.
  expect(await say(id, told)).toMatchObject({ leadId })
  expect(await lead(leadId)).toMatchObject({ identified: true, trashedUntil: null, familyName: '見本' })
  // And taken back once more: they came out of the trash by it, and lie there again as they lay.
  await undo(id)
  expect(await lead(leadId)).toMatchObject({ identified: false, trashedUntil: expect.any(String), familyName: '身本' })
})

test('CAP-28 who became one with another lead since does not go into the trash for a card; the merge is taken back first', async () => {
  const [old] = await db.tx((ctx) => identify(ctx, [{ route: 'hand', at: ctx.now, mail: 'customer@cards.example.jp' }]))
  if (!old) throw new Error('a lead')
  const batch = await begin()
  for (const [at, isKept] of [true, false].entries()) {
    const told = { familyName: '統合', mail: `merged${at}@cards.example.jp` }
    const id = await read(batch, at, told)
    const { leadId } = await say(id, told)
    const made = subjectOf(leadId)
    db.clock.advance(DAY)
    const pair = isKept ? { keep: made, lose: old.subject } : { keep: old.subject, lose: made }
    const merge = await db.tx((ctx) => mergeByHand(ctx, pair))
    expect(await codeThrown(undo(id))).toBe('card.merged')
    expect(await lead(pair.keep.id)).toMatchObject({ identified: true })
    await db.tx((ctx) => undoAdoption(ctx, merge ?? ''))
    await undo(id)
    expect([(await lead(leadId)).identified, (await lead(old.subject.id)).identified]).toEqual([false, true])
  }
})

test('CAP-28 a confirmation that changed somebody known is taken back: field by field, the address with its ground, except what was changed since', async () => {
  const [known] = await db.tx((ctx) =>
    identify(ctx, [
      {
        route: 'hand',
        at: ctx.now,
        mail: 'old@cards.example.jp',
        fields: { familyName: '試験', givenName: '太郎', title: '課長', department: '営業部' },
        consent: { basis: 'consent', text: 'はい' },
      },
    ]),
  )
  const leadId = known?.subject.id ?? ''
  const before = await lead(leadId)
  const told = {
    familyName: '試験',
    givenName: '太郎',
    mail: 'new@cards.example.jp',
    title: '部長',
    department: '企画部',
    phone: '03-0000-0000',
  }
  const id = await read(await begin(), 0, told)
  await say(id, told, leadId)
  expect(await lead(leadId)).toMatchObject({ mail: 'new@cards.example.jp', title: '部長', department: '企画部' })
  await db.tx((ctx) => updateLead(ctx, { id: leadId, fields: { department: '経営企画部' } }))
  await undo(id)
  expect(await lead(leadId)).toMatchObject({
    ...{ mail: before.mail, title: '課長', department: '経営企画部', phone: null, sendable: true, identified: true },
  })
  // The address is free again: somebody else can have it.
  const [other] = await db.tx((ctx) => identify(ctx, [{ route: 'hand', at: ctx.now, mail: 'new@cards.example.jp' }]))
  expect(other?.outcome).toBe('created')
  expect(await codeThrown(undo(id))).toBe('card.noUndo')
})

test('CAP-28 after 30 days nothing is kept for taking a confirmation back', async () => {
  const id = await read(await begin(), 0, { familyName: '期限' })
  const { leadId } = await say(id, { familyName: '期限' })
  db.clock.advance(31 * DAY)
  expect((await db.read((ctx) => cardsOfLead(ctx, { leadId }))).items).toMatchObject([{ mayUndo: false }])
  expect(await codeThrown(undo(id))).toBe('card.noUndo')
  await sweep(db.house)
  expect((await db.house.pool.query('SELECT undo FROM card WHERE id = $1', [id])).rows).toEqual([{ undo: null }])
})

test('CAP-27 a back that was joined becomes a card of its own again, and a batch that was stopped goes on', async () => {
  const batch = await begin()
  const [first, second] = [await read(batch, 0, { familyName: '表' }), await read(batch, 1, { familyName: '裏' })]
  const photo = (await db.house.pool.query('SELECT front FROM card WHERE id = $1', [second])).rows[0].front
  await db.tx((ctx) => joinBack(ctx, { id: first, other: second }))
  expect(await card(first)).toMatchObject({ hasBack: true, status: 'queued' })
  const { id } = await db.tx((ctx) => splitBack(ctx, { id: first }))
  expect(await card(first)).toMatchObject({ hasBack: false, status: 'queued' })
  expect((await db.house.pool.query('SELECT front, back, status FROM card WHERE id = $1', [id])).rows).toEqual([
    { front: photo, back: null, status: 'queued' },
  ])
  expect(await codeThrown(db.tx((ctx) => splitBack(ctx, { id: first })))).toBe('card.noBack')
  // What was put away by itself before is not meant.
  const own = (await upload(batch, 7)).id
  await db.tx((ctx) => discard(ctx, { id: own }))
  db.clock.advance(1_000)
  expect(await db.tx((ctx) => cancelBatch(ctx, { id: batch }))).toEqual({ put: 2 })
  expect(await db.tx((ctx) => resumeBatch(ctx, { id: batch }))).toEqual({ taken: 2 })
  expect((await db.read((ctx) => listCards(ctx, { batchId: batch, state: 'queued', limit: 9 }))).items).toHaveLength(2)
  expect(await card(own)).toMatchObject({ status: 'discarded' })
  expect((await db.read((ctx) => listBatches(ctx, { limit: 9 }))).items.find((one) => one.id === batch)?.state).toBe('open')
})

test('CAP-28 a card with two numbers keeps both: the office one as the phone, the mobile one in a field that the first such card makes', async () => {
  const told = { familyName: '二番', givenName: '号子', phone: '03-0000-0001', mobile: '090-0000-0001' }
  const batch = await begin()
  const { leadId } = await say(await read(batch, 0, told), told)
  expect(await lead(leadId)).toMatchObject({ phone: '03-0000-0001', attrs: { mobile: '+819000000001' } })
  expect((await db.read(customFields)).map(({ key, type }) => [key, type])).toEqual([['mobile', 'phone']])
  const later = { ...told, mobile: '080-0000-0002' }
  const id = await read(batch, 1, later)
  await say(id, later, leadId)
  expect((await lead(leadId)).attrs).toEqual({ mobile: '+818000000002' })
  await undo(id)
  expect((await lead(leadId)).attrs).toEqual({ mobile: '+819000000001' })
  await db.tx((ctx) => archiveField(ctx, { key: 'mobile' }))
  const other = { ...told, familyName: '三番', phone: '03-0000-0003' }
  expect((await lead((await say(await read(batch, 2, other), other)).leadId)).attrs).toEqual({})
})

test('CAP-16 CAP-28 direct line and fax are kept in fields of their own; a direct line alone is the phone, and all go back with the card', async () => {
  const told = { familyName: '四番', givenName: '号子', phone: '03-1111-0010', directPhone: '03-1111-0011', fax: '03-1111-0012' }
  const batch = await begin()
  const id = await read(batch, 0, told)
  const { leadId } = await say(id, told)
  expect(await lead(leadId)).toMatchObject({ phone: '03-1111-0010', attrs: { direct_phone: '+81311110011', fax: '+81311110012' } })
  const odd = { ...told, fax: '12' }
  await expect(say(await read(batch, 2, odd), odd)).rejects.toMatchObject({ code: 'card.number' })
  const added = (await db.read(customFields)).filter(({ key }) => key !== 'mobile').map(({ key, type, ja }) => [key, type, ja])
  expect(added).toEqual([
    ['direct_phone', 'phone', '直通電話'],
    ['fax', 'phone', 'FAX'],
  ])
  const later = { ...told, phone: '', fax: '03-1111-0013', directPhone: '03-1111-0014' }
  const next = await read(batch, 1, later)
  await say(next, later, leadId)
  expect(await lead(leadId)).toMatchObject({ phone: '03-1111-0014', attrs: { direct_phone: '+81311110014', fax: '+81311110013' } })
  await undo(next)
  expect(await lead(leadId)).toMatchObject({ phone: '03-1111-0010', attrs: { direct_phone: '+81311110011', fax: '+81311110012' } })
})
