import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { Readable } from 'node:stream'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { eraseLead } from '#loop/identify/change/service.ts'
import { createField } from '#loop/identify/fields/service.ts'
import { identify, stopMail } from '#loop/identify/service.ts'
import { personTables } from '#loop/identify/tables.ts'
import { create as createCampaign } from '#loop/plan/campaigns/service.ts'
import { personTables as campaignTables } from '#loop/plan/campaigns/tables.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { race } from '../../../../test/race.ts'
import * as batches from './batches.ts'
import { confirm } from './confirm.ts'
import { type CardValues, cardValues } from './contract.ts'
import { cardPath, folderOf, photoPath, storeCard, storePhoto } from './files.ts'
import { jobs } from './jobs.ts'
import { sweep } from './keeping.ts'
import type { ReadAnswer } from './read/card.ts'
import { ReaderFault, type ReaderPool } from './read/pool.ts'
import * as service from './service.ts'
import { personTables as cardTables } from './tables.ts'
import { readSlice } from './work.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({
    ports: { personTables: [...personTables, ...campaignTables, ...cardTables], facts: [], leadFilters: {}, timelinePoints: [] },
    jobs,
  })
})
afterAll(() => db.close())

const TODAY = '2026-04-08'
const picture = async (colour = '#fff') =>
  sharp({ create: { width: 600, height: 400, channels: 3, background: colour } })
    .jpeg()
    .toBuffer()

/** A reader that answers what it is told: the letters are read in read/card.test.ts. */
const readerOf = (
  answer: (n: number) => Partial<Record<string, string>> | ReaderFault,
  others: number[] = [],
): ReaderPool & { asked: number } => {
  const pool = {
    size: 2,
    asked: 0,
    threads: () => 0,
    close: async () => {},
    read: async (): Promise<ReadAnswer> => {
      const n = pool.asked++
      const told = answer(n)
      if (told instanceof ReaderFault) throw told
      const fields = Object.fromEntries(
        Object.entries(told).map(([key, value]) => [
          key,
          { value, confidence: 0.9, box: { x: 1, y: 2, width: 30, height: 10 }, side: 'front' },
        ]),
      )
      const corner = { x: 0.1, y: 0.1 }
      return {
        front: { picture: await picture(), width: 600, height: 400, corners: null, confidence: 0.9 },
        back: null,
        fields: fields as ReadAnswer['fields'],
        others: n === 0 ? others.map(() => [corner, { x: 0.4, y: 0.1 }, { x: 0.4, y: 0.3 }, { x: 0.1, y: 0.3 }] as const) : [],
      }
    },
  }
  return pool
}

const begin = (more: Partial<Parameters<typeof batches.beginBatch>[1]> = {}) =>
  db
    .tx((ctx) =>
      batches.beginBatch(ctx, {
        source: '春の展示会',
        campaignId: null,
        exchangedOn: TODAY,
        exchangedBy: null,
        starts: true,
        overwrites: true,
        ...more,
      }),
    )
    .then(({ id }) => id)
const upload = async (batch: string, position: number, side: 'front' | 'back' = 'front') => {
  const photo = await db.tx(async (ctx) => ctx.id())
  await storePhoto(db.house, photo, Readable.from([await picture()]))
  return { photo, ...(await db.tx((ctx) => service.addPhoto(ctx, { batch, photo, position, side }))) }
}
const cards = (batch: string, state: 'review' | 'queued' | 'discarded' | 'reading' | 'waiting' = 'review') =>
  db.read((ctx) => service.listCards(ctx, { batchId: batch, state, limit: 200 })).then(({ items }) => items)
const card = (id: string) => db.read((ctx) => service.getCard(ctx, { id }))
const batchOf = async (id: string) => (await db.read((ctx) => batches.listBatches(ctx, { limit: 100 }))).items.find((one) => one.id === id)
const values = (more: Partial<CardValues>): CardValues => cardValues.parse(more)
const say = (id: string, more: Partial<CardValues>, sameAs: string | null = null) =>
  db.tx((ctx) => confirm(ctx, { id, values: values(more), sameAs }))
const rows = async <T>(text: string, ...args: unknown[]) => (await db.house.pool.query(text, args)).rows as T[]
const personOf = async (id: string) => (await rows<Record<string, unknown>>('SELECT * FROM person WHERE id = $1', id))[0]

/** One card read and waiting for a human. */
const waiting = async (told: Partial<Record<string, string>>, more: Parameters<typeof begin>[0] = {}) => {
  const batch = await begin(more)
  const { id } = await upload(batch, 0)
  await readSlice(
    db.house,
    readerOf(() => told),
    batch,
  )
  return { batch, id }
}

describe('a pile of cards', () => {
  test('CAP-17 thirty photos in one batch are read once each, shown with progress, and wait in the review queue', async () => {
    const batch = await begin()
    for (let i = 0; i < 30; i++) await upload(batch, i)
    expect((await batchOf(batch))?.counts).toMatchObject({ total: 30, unread: 30, review: 0 })
    const pool = readerOf((n) => ({ companyName: `株式会社見本${n}` }))
    await Promise.all([readSlice(db.house, pool, batch), readSlice(db.house, pool, batch)])
    expect(pool.asked).toBe(30)
    expect((await batchOf(batch))?.counts).toMatchObject({ total: 30, unread: 0, review: 30 })
    expect(new Set((await cards(batch)).map((one) => one.companyName)).size).toBe(30)
  })

  test('CAP-17 several cards on one photo become several cards', async () => {
    const batch = await begin()
    await upload(batch, 0)
    await readSlice(
      db.house,
      readerOf((n) => ({ familyName: `見本${n}` }), [1, 2]),
      batch,
    )
    expect((await cards(batch)).map((one) => one.name).sort()).toEqual(['見本0', '見本1', '見本2'])
  })

  test('CAP-17 a reader that dies is tried again once, then the card is typed in by hand; the others go on', async () => {
    const batch = await begin()
    const { id } = await upload(batch, 0)
    await readSlice(
      db.house,
      readerOf(() => new ReaderFault('died', 'killed')),
      batch,
    )
    expect(await card(id)).toMatchObject({ status: 'review', failure: 'reader', fields: {} })
    const second = await upload(batch, 1)
    await readSlice(
      db.house,
      readerOf((n) => (n === 0 ? new ReaderFault('hung', 'slow') : { familyName: '見本' })),
      batch,
    )
    expect(await card(second.id)).toMatchObject({ status: 'review', failure: null, name: '見本' })
  })

  test('CAP-17 a card whose process was killed while reading is read by the next one; a late answer changes nothing', async () => {
    const batch = await begin()
    const { id } = await upload(batch, 0)
    await rows("UPDATE card SET status = 'reading', tries = 1, claimed_at = $2 WHERE id = $1", id, db.clock.now())
    await readSlice(
      db.house,
      readerOf(() => ({ familyName: '早い' })),
      batch,
    )
    expect(await card(id)).toMatchObject({ status: 'reading' })
    db.clock.advance(100_000)
    const pool = readerOf(() => ({ familyName: '遅い' }))
    const slow = {
      ...pool,
      read: async (ask: never) => {
        await db.tx((ctx) => service.discard(ctx, { id }))
        return pool.read(ask)
      },
    }
    await readSlice(db.house, slow as ReaderPool, batch)
    expect(await card(id)).toMatchObject({ status: 'discarded' })
  })

  test('CAP-17 one card in a hurry does not wait behind a pile', async () => {
    const pile = await begin()
    for (let i = 0; i < 4; i++) await upload(pile, i)
    const one = await begin()
    const { id } = await upload(one, 0)
    const pool = readerOf(() => ({ familyName: '急ぎ' }))
    let first = ''
    const seeing = {
      ...pool,
      size: 1,
      read: async (ask: never) => {
        first ||= (await cards(one, 'reading'))[0]?.id ?? 'pile'
        return pool.read(ask)
      },
    }
    await readSlice(db.house, seeing as ReaderPool, pile)
    expect(first).toBe(id)
  })

  test('CAP-17 stopping a batch puts away what is not read, and a hundred photos are the most', async () => {
    const batch = await begin()
    await upload(batch, 0)
    await upload(batch, 1)
    expect(await db.tx((ctx) => batches.cancelBatch(ctx, { id: batch }))).toEqual({ put: 2 })
    await expect(upload(batch, 2)).rejects.toMatchObject({ code: 'card.batchClosed' })
    const full = await begin()
    await rows('UPDATE card_batch SET photos = 100 WHERE id = $1', full)
    await expect(upload(full, 3)).rejects.toMatchObject({ code: 'card.tooMany' })
  })

  test('CAP-16 front and back belong together, whichever comes first; a photo at the same place replaces the other', async () => {
    const batch = await begin()
    const back = await upload(batch, 0, 'back')
    expect(await cards(batch, 'waiting')).toHaveLength(1)
    const front = await upload(batch, 0)
    expect(front.id).toBe(back.id)
    expect(await card(front.id)).toMatchObject({ status: 'queued', hasBack: true })
    expect((await upload(batch, 0)).replaced).toBe(front.photo)
    const other = await upload(batch, 1)
    const third = await upload(batch, 2)
    await db.tx((ctx) => service.joinBack(ctx, { id: other.id, other: third.id }))
    expect(await card(other.id)).toMatchObject({ hasBack: true })
    await expect(card(third.id)).rejects.toMatchObject({ code: 'card.unknown' })
  })
})

describe('a card confirmed', () => {
  const sato = {
    companyName: '株式会社サンプル',
    title: '課長',
    familyName: '佐藤',
    givenName: '健一',
    mail: 'sato@card.example.jp',
    phone: '03-1234-5678',
  }

  test('CAP-16 CAP-28 becomes a lead at once, with consent by card, its proof, and the event that starts the follow-up', async () => {
    const { id, batch } = await waiting(sato)
    const { leadId, outcome } = await say(id, { ...sato, postalCode: '150-0002', address: '東京都渋谷区渋谷2-21-1 見本ビル8F' })
    expect(outcome).toBe('created')
    expect(await personOf(leadId)).toMatchObject({
      mail: 'sato@card.example.jp',
      phone: '+81312345678',
      title: '課長',
      source_first: '春の展示会',
      mail_basis: 3,
      postal_code: '150-0002',
      prefecture: '東京都',
      city: '渋谷区',
      building: '見本ビル8F',
    })
    const [proof] = await rows<{ basis: string; route: string; evidence: object }>(
      'SELECT * FROM consent_entry WHERE person_id = $1',
      leadId,
    )
    expect(proof).toMatchObject({ basis: 'card', route: 'card', evidence: { card: id, batch, exchangedOn: TODAY, confirmedBy: 'test' } })
    const news = await rows<{ name: string; historic: boolean; props: object }>(
      'SELECT name, historic, props FROM news WHERE person_id = $1',
      leadId,
    )
    expect(news).toContainEqual({
      name: 'card.exchanged',
      historic: false,
      props: expect.objectContaining({ card: id, source: '春の展示会' }),
    })
    expect(await card(id)).toMatchObject({ status: 'confirmed', leadId, fields: {} })
    await expect(say(id, sato)).rejects.toMatchObject({ code: 'card.settled' })
    expect((await db.read((ctx) => service.cardsOfLead(ctx, { leadId }))).items).toHaveLength(1)
  })

  test('CAP-17 of an old pile is history: dated by its exchange, it starts nothing and fills gaps only', async () => {
    await db.tx((ctx) => identify(ctx, [{ route: 'hand', mail: 'old@card.example.jp', at: ctx.now, fields: { title: '部長' } }]))
    const old = { ...sato, mail: 'old@card.example.jp', department: '営業部' }
    const { id } = await waiting(old, { exchangedOn: '2019-10-01', starts: false, overwrites: false })
    const [known] = (await card(id)).duplicates
    const { leadId, outcome } = await say(id, old, known?.id ?? null)
    expect([outcome, leadId]).toEqual(['updated', known?.id])
    expect(await personOf(leadId)).toMatchObject({ title: '部長', department: '営業部' })
    const [event] = await rows<object>("SELECT occurred_at, historic FROM journal WHERE person_id = $1 AND name = 'card.exchanged'", leadId)
    expect(event).toEqual({ occurred_at: new Date('2019-10-01T12:00:00+09:00'), historic: true })
  })

  test('CAP-17 duplicates are flagged by address, phone, and name with company; a shared switchboard alone flags nobody', async () => {
    const make = (mail: string, fields: object) => db.tx((ctx) => identify(ctx, [{ route: 'hand', mail, at: ctx.now, fields }]))
    await make('dup1@dup.example.jp', { familyName: '別', givenName: '人', phone: '03-9999-0001' })
    await make('dup2@dup.example.jp', { familyName: '見本', givenName: '花子', companyName: '㈱ミホン' })
    await make('dup3@dup.example.jp', { familyName: '見本', givenName: '花子', phone: '090-9999-0003' })
    const { id } = await waiting({
      mail: 'DUP1@dup.example.jp',
      familyName: '見本',
      givenName: '花子',
      companyName: '株式会社ミホン',
      mobile: '090-9999-0003',
      phone: '03-9999-0001',
    })
    const found = (await card(id)).duplicates.map((one) => [one.mail, one.reasons]).sort()
    expect(found).toEqual([
      ['dup1@dup.example.jp', ['mail']],
      ['dup2@dup.example.jp', ['nameCompany']],
      ['dup3@dup.example.jp', ['phone']],
    ])
    const { id: other } = await waiting({ familyName: '田中', givenName: '一', phone: '03-9999-0001' })
    expect((await card(other)).duplicates).toEqual([])
  })

  test('CAP-17 the same person takes what the fresh card says, the address too; consent is for that address', async () => {
    const [known] = await db.tx((ctx) =>
      identify(ctx, [{ route: 'hand', at: ctx.now, fields: { familyName: '鈴木', givenName: '次郎', companyName: '見本' } }]),
    )
    const id = known?.subject.id ?? ''
    const one = await waiting({})
    await say(one.id, { familyName: '鈴木', givenName: '次郎', mail: 'jiro@card.example.jp', title: '部長' }, id)
    expect(await personOf(id)).toMatchObject({ mail: 'jiro@card.example.jp', title: '部長', mail_basis: 3 })
    const two = await waiting({})
    await say(two.id, { familyName: '鈴本', mail: 'new@card.example.jp' }, id)
    expect(await personOf(id)).toMatchObject({ mail: 'new@card.example.jp', mail_basis: 3, family_name: '鈴木' })
  })

  test('CAP-17 somebody new with an address that another lead holds keeps it as a contact address', async () => {
    await db.tx((ctx) => identify(ctx, [{ route: 'hand', mail: 'info@card.example.jp', at: ctx.now, fields: { familyName: '先' } }]))
    const { id } = await waiting({})
    const { leadId, outcome } = await say(id, { familyName: '後', givenName: '人', mail: 'info@card.example.jp' })
    expect(outcome).toBe('created')
    expect(await personOf(leadId)).toMatchObject({ mail: null, contact_mail: 'info@card.example.jp', mail_basis: 0 })
  })

  test('M10 a card never lifts a stop', async () => {
    await db.tx((ctx) => stopMail(ctx, { address: 'stop@card.example.jp', reason: 'unsubscribe', at: ctx.now }))
    const { id } = await waiting({})
    const { leadId } = await say(id, { familyName: '停止', mail: 'stop@card.example.jp' })
    expect(await personOf(leadId)).toMatchObject({ mail_stop: 1 })
  })

  test('CAP-19 goes into the campaign of its batch; whoever is further there stays', async () => {
    const campaign = await db.tx((ctx) => createCampaign(ctx, { name: '春のIT展', kind: 'exhibition' }))
    const one = await waiting({}, { campaignId: campaign.id })
    const { leadId } = await say(one.id, { familyName: '展示', mail: 'expo@card.example.jp' })
    const member = () => rows<{ status: string }>('SELECT status FROM campaign_member WHERE person_id = $1', leadId)
    expect(await member()).toEqual([{ status: '名刺交換' }])
    await rows("UPDATE campaign_member SET status = '商談化' WHERE person_id = $1", leadId)
    const two = await waiting({}, { campaignId: campaign.id })
    await say(two.id, { familyName: '展示', mail: 'expo@card.example.jp' }, leadId)
    expect(await member()).toEqual([{ status: '商談化' }])
    const [event] = await rows<{ props: object }>("SELECT props FROM journal WHERE person_id = $1 AND name = 'card.exchanged'", leadId)
    expect(event?.props).toMatchObject({ campaign: campaign.id, name: '春のIT展' })
  })

  test('CAP-16 without a name, company, address or phone there is nobody to make; a wrong address is told beside its field', async () => {
    const { id } = await waiting({})
    await expect(say(id, { title: '部長' })).rejects.toMatchObject({ code: 'card.nothing' })
    await expect(say(id, { familyName: '見本', mail: 'a@b@c' })).rejects.toMatchObject({ code: 'mail.malformed' })
  })
})

describe('pictures', () => {
  test('GEN-03 go with their person; those of cards put away go after seven days; nothing else goes', async () => {
    const kept = await waiting({ familyName: '残る' })
    const erased = await waiting({ familyName: '消える' })
    const away = await waiting({ familyName: '破棄' })
    const { leadId } = await say(erased.id, { familyName: '消える', mail: 'erase@card.example.jp' })
    const file = (id: string) => existsSync(cardPath(db.house, id, 'front'))
    await storeCard(db.house, erased.id, 'front', await picture())
    await db.tx((ctx) => eraseLead(ctx, { id: leadId }))
    await expect(db.read((ctx) => service.pictureOf(ctx, erased.id))).rejects.toMatchObject({ code: 'card.unknown' })
    await db.tx((ctx) => service.discard(ctx, { id: away.id }))
    await sweep(db.house)
    expect([file(kept.id), file(erased.id), file(away.id)]).toEqual([true, false, true])
    expect(await rows('SELECT id FROM card WHERE id = $1', erased.id)).toEqual([])
    db.clock.advance(8 * DAY)
    await sweep(db.house)
    expect([file(kept.id), file(away.id)]).toEqual([true, false])
  })

  test('X1 are written anew: no metadata, no other format, no name of the sender', async () => {
    const id = await db.tx(async (ctx) => ctx.id())
    const secret = await sharp(await picture())
      .withExif({ IFD0: { Copyright: 'SECRET-PLACE' } })
      .toBuffer()
    await storePhoto(db.house, id, Readable.from([secret]))
    const { exif, format } = await sharp(photoPath(db.house, id)).metadata()
    expect([exif, format]).toEqual([undefined, 'jpeg'])
    expect((await readdir(folderOf(db.house))).every((name) => /^[0-9a-f-]{36}(-front|-back)?\.jpg$/.test(name))).toBe(true)
  })

  const big = async function* () {
    yield Buffer.concat([Buffer.from('\xff\xd8\xff', 'latin1'), Buffer.alloc(100)])
    for (let i = 0; i < 50; i++) yield Buffer.alloc(1024 * 1024)
  }
  test.each([
    ['an SVG', () => Readable.from([Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')]), 'card.kind'],
    ['a PDF', () => Readable.from([Buffer.from('%PDF-1.7 …………………………')]), 'card.kind'],
    ['a HEIC photo', () => Readable.from([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')]), 'card.kind'],
    [
      'a broken JPEG',
      () => Readable.from([Buffer.concat([Buffer.from('\xff\xd8\xff\xe0', 'latin1'), Buffer.alloc(5_000, 7)])]),
      'card.broken',
    ],
    ['an empty file', () => Readable.from([Buffer.alloc(0)]), 'card.empty'],
    ['a 50 MB card', () => Readable.from(big()), 'card.large'],
  ])('CAP-16 %s is refused with what to do, and nothing of it stays', async (_name, body, code) => {
    const id = await db.tx(async (ctx) => ctx.id())
    const before = await readdir(folderOf(db.house))
    await expect(storePhoto(db.house, id, body() as AsyncIterable<Buffer>)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(' / '),
    })
    expect(await readdir(folderOf(db.house))).toEqual(before)
  })

  test('CAP-16 a cut-off JPEG and a picture of too many pixels are refused', async () => {
    const id = await db.tx(async (ctx) => ctx.id())
    const noisy = await sharp({
      create: { width: 900, height: 600, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
    })
      .jpeg()
      .toBuffer()
    await expect(storePhoto(db.house, id, Readable.from([noisy.subarray(0, noisy.length / 3)]))).rejects.toMatchObject({
      code: 'card.broken',
    })
    const huge = await sharp({ create: { width: 16_000, height: 8_000, channels: 3, background: '#fff' } })
      .png({ compressionLevel: 9 })
      .toBuffer()
    await expect(storePhoto(db.house, id, Readable.from([huge]))).rejects.toMatchObject({ code: 'card.pixels' })
  })
})

test('CAP-28 a field that a company had before and means something else by takes no number of a card, and keeps no card from being confirmed', async () => {
  await db.tx((ctx) => createField(ctx, { key: 'fax', type: 'number', ja: '枚数', en: 'Pages', class: 'basic', options: [] }))
  const { id } = await waiting({ companyName: '株式会社別義' })
  const { leadId } = await say(id, { familyName: '別義', phone: '03-1111-0020', fax: '03-1111-0021', directPhone: '0311110022' })
  expect(await personOf(leadId)).toMatchObject({ phone: '+81311110020', attrs: { direct_phone: '+81311110022' } })
})

test('CAP-28 the first two cards with a mobile number, confirmed at once, make one field for both', async () => {
  await db.house.pool.query("DELETE FROM field_definition WHERE key = 'mobile'")
  const [one, two] = [await waiting({ companyName: '甲' }), await waiting({ companyName: '乙' })]
  const told = (n: number) => values({ familyName: `同時${n}`, phone: `03-1111-003${n}`, mobile: `090-1111-003${n}` })
  const confirming = (id: string, n: number) => (ctx: Ctx) => confirm(ctx, { id, values: told(n), sameAs: null })
  expect(await race(db, confirming(one.id, 1), confirming(two.id, 2))).toBe(null)
  const mobiles = await rows("SELECT attrs->>'mobile' AS mobile FROM person WHERE family_name LIKE '同時_' ORDER BY 1")
  expect(mobiles).toEqual([{ mobile: '+819011110031' }, { mobile: '+819011110032' }])
})
