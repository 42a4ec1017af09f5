// From a photo in the hand to the follow-up: the whole product, short of the letters (read/pool.test.ts reads them).
import { Readable } from 'node:stream'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bucketOf } from '#kernel/db/buckets.ts'
import { beginBatch } from '#loop/capture/cards/batches.ts'
import { confirm } from '#loop/capture/cards/confirm.ts'
import { cardValues } from '#loop/capture/cards/contract.ts'
import { storePhoto } from '#loop/capture/cards/files.ts'
import { addPhoto } from '#loop/capture/cards/service.ts'
import { compileOrRefuse, make } from '#loop/deliver/template/service.ts'
import { starterMails } from '#loop/orchestrate/library/decide.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

/** The starter 名刺交換お礼, published as it comes. */
async function publishStarter(): Promise<string> {
  const drafts = starterMails('card', 'ja')
  const mails: Record<string, string> = {}
  for (const { key, name, draft } of drafts) {
    const compiled = await compileOrRefuse(draft)
    mails[key] = (await db.tx((ctx) => make(ctx, { name, draft }, compiled))).id
  }
  return db.tx(async (ctx) => {
    const made = await scenarios.create(ctx, { name: '名刺交換お礼', starter: 'card', language: 'ja' }, { mails })
    await scenarios.publish(ctx, { id: made.id, revision: made.revision })
    return made.id
  })
}

async function confirmed(mail: string, about: { exchangedOn: string; starts: boolean }): Promise<string> {
  const photo = await db.tx(async (ctx) => ctx.id())
  const jpeg = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#fff' } })
    .jpeg()
    .toBuffer()
  await storePhoto(db.house, photo, Readable.from([jpeg]))
  const batch = await db.tx((ctx) => beginBatch(ctx, { source: '展示会', campaignId: null, exchangedBy: null, overwrites: true, ...about }))
  const card = await db.tx((ctx) => addPhoto(ctx, { batch: batch.id, photo, position: 0, side: 'front' }))
  const values = cardValues.parse({ familyName: '見本', givenName: '花子', mail })
  return (await db.tx((ctx) => confirm(ctx, { id: card.id, values, sameAs: null }))).leadId
}

test('CAP-28 the thank-you scenario starts with the confirmation, at the same instant; a pile of old cards starts nothing', async () => {
  const scenario = await publishStarter()
  const runs = async (lead: string) =>
    (
      await db.house.pool.query('SELECT entered_at FROM run WHERE bucket = $1 AND person_id = $2 AND scenario_id = $3', [
        bucketOf(lead),
        lead,
        scenario,
      ])
    ).rows
  await turnUntilQuiet(db.house)
  const lead = await confirmed('today@cards.example.jp', { exchangedOn: '2026-04-08', starts: true })
  await turnUntilQuiet(db.house)
  // The virtual clock has not moved: nothing waited for a timer or a schedule.
  expect(await runs(lead)).toEqual([{ entered_at: db.clock.now() }])
  const old = await confirmed('old@cards.example.jp', { exchangedOn: '2020-01-01', starts: false })
  await turnUntilQuiet(db.house)
  expect(await runs(old)).toEqual([])
})
