import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import type { House } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { append, eventId } from '#kernel/journal.ts'
import { queue } from '#loop/deliver/outbox/service.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { compile } from '#loop/deliver/template/kitchen.ts'
import { make } from '#loop/deliver/template/service.ts'
import { mergeByHand, undoAdoption } from '#loop/identify/adopt/service.ts'
import { eraseLead } from '#loop/identify/change/service.ts'
import { addressHash } from '#loop/identify/consent/service.ts'
import { identify, stopMail } from '#loop/identify/service.ts'
import { PLAIN } from '#loop/orchestrate/graph/contract.ts'
import { sendWebhook } from '#loop/orchestrate/perform/jobs.ts'
import type { WebhookCall } from '#loop/orchestrate/perform/webhook.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { sweep } from '#loop/orchestrate/timers/sweep.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { aPlace, type Place } from '../../test/backup.ts'
import { SYSTEM, type TestDatabase } from '../../test/database.ts'
import { testHouse } from '../../test/house.ts'
import { beginRun, heldNow, makeBackup, release } from './service.ts'
import { writeStopNotes } from './stops/service.ts'

let db: TestDatabase
let there: Place
let restored: House
const folder = mkdtempSync(join(tmpdir(), 'hagukumi-held-'))
const calls: WebhookCall[] = []
let leads: Subject[] = []
let version = ''
/** Merges that the backup knows, the last one first. */
const merges: (string | null)[] = []
const DRAFT: Draft = { subject: '見本', preheader: '', blocks: [{ id: 'a', kind: 'heading', text: '見本', level: 1, align: 'left' }] }
const address = (i: number): string => `lead${i}@example.co.jp`
const mailTo = (house: House, people: readonly Subject[], what: string) =>
  withTx(house, SYSTEM, (ctx) =>
    queue(
      ctx,
      people.map((subject) => ({ subject, what, templateVersion: version, purpose: 'marketing' as const })),
    ),
  )
const mailsOf = async (house: House) =>
  (await house.pool.query<{ to: string }>('SELECT envelope_to AS to FROM mailbox_mail ORDER BY 1')).rows.map(({ to }) => to)

/** A newsletter half sent: one arrived, one on the wire, one claimed, one waiting, one to be tried again; a run that waits; a webhook in the queue. */
beforeAll(async () => {
  db = await testHouse()
  await db.tx((ctx) =>
    updateCompany(ctx, {
      legalName: '株式会社見本',
      address: '東京都見本区1-2-3',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
      senderName: '見本ニュース',
    }),
  )
  const compiled = await compile(DRAFT)
  version = (await db.tx((ctx) => make(ctx, { name: '見本', draft: DRAFT }, compiled))).versionId
  leads = (
    await db.tx((ctx) =>
      identify(
        ctx,
        Array.from({ length: 11 }, (_, i) => ({
          mail: address(i),
          at: ctx.now,
          route: 'form' as const,
          consent: { basis: 'consent' as const, text: 'x' },
        })),
      ),
    )
  ).map(({ subject }) => subject)
  await mailTo(db.house, leads.slice(0, 5), 'newsletter:4')
  for (const [i, status] of ['sent', 'transmitting', 'claimed', 'queued', 'deferred'].entries())
    await db.tx((ctx) => sql`UPDATE delivery SET status = ${status} WHERE person_id = ${leads[i]?.id}`.execute(ctx.db))
  await waitingRun()
  const call = { id: '01900000-0000-7000-8000-000000000001', url: 'https://hook.example/', at: '2026-04-08T00:00:00Z', body: '{}' }
  await db.tx((ctx) => ctx.house.jobs.enqueue(ctx, sendWebhook, call))
  for (const [keep, lose] of [
    [9, 10],
    [8, 9],
  ] as const)
    merges.unshift(await db.tx((ctx) => mergeByHand(ctx, { keep: leads[keep] as Subject, lose: leads[lose] as Subject })))
  const target = join(folder, 'yesterday.tar')
  await makeBackup(db.house, await db.tx((ctx) => beginRun(ctx, 'cli')), { target })
  await afterTheBackup()
  there = await aPlace()
  await there.restore(target)
  copyFileSync(join(db.house.dataDir, 'stops.log'), join(there.dataDir, 'stops.log'))
  restored = await there.open({
    webhook: async (_house, given) => {
      calls.push(given)
      return { kind: 'taken', status: 200 }
    },
  })
})
afterAll(async () => {
  await there?.close()
  await db.close()
  rmSync(folder, { recursive: true, force: true })
})

async function waitingRun(): Promise<void> {
  const graph = {
    triggers: [{ kind: 'event' as const, id: 't', match: { event: 'custom.begin', filters: [] } }],
    entry: { kind: 'each' as const },
    ...PLAIN,
    steps: [
      { kind: 'wait' as const, id: 'w', name: '', until: { kind: 'for' as const, amount: 1, unit: 'days' as const, businessHours: false } },
      { kind: 'tag' as const, id: 'x', name: '', tag: 'after the wait', remove: false },
    ],
  }
  await db.tx(async (ctx) => {
    const made = await scenarios.create(ctx, { name: 's', starter: 'blank', language: 'ja' }, {})
    const saved = await scenarios.save(ctx, { id: made.id, name: 's', graph, revision: made.revision })
    await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
  })
  const [first] = leads
  await db.tx((ctx) =>
    append(ctx, [{ subject: first as Subject, id: eventId('t', '1'), name: 'custom.begin', occurredAt: ctx.now, props: {} }]),
  )
  await turnUntilQuiet(db.house)
}

/** What the backup does not know: somebody unsubscribed, somebody did and came back, somebody was erased, and so was one of three who were taken for one. */
async function afterTheBackup(): Promise<void> {
  await db.tx((ctx) => stopMail(ctx, { address: address(5), reason: 'unsubscribe', at: ctx.now }))
  await db.tx((ctx) => stopMail(ctx, { address: 'nobody.yet@example.co.jp', reason: 'complaint', at: ctx.now }))
  await db.tx((ctx) => eraseLead(ctx, { id: leads[6]?.id ?? '' }))
  for (const merge of merges) await db.tx((ctx) => undoAdoption(ctx, merge ?? ''))
  await db.tx((ctx) => eraseLead(ctx, { id: leads[10]?.id ?? '' }))
  expect(await writeStopNotes(db.house)).toBeGreaterThanOrEqual(3)
  expect(await writeStopNotes(db.house)).toBe(0)
}

describe('a restored installation', () => {
  test('S12 GEN-15 sends nothing until an operator lets it, and what may have gone out since is unknown', async () => {
    const { rows } = await restored.pool.query<{ status: string; n: number }>(
      'SELECT status, count(*)::int AS n FROM delivery GROUP BY 1 ORDER BY 1',
    )
    expect(rows).toEqual([
      { status: 'sent', n: 1 },
      { status: 'unknown', n: 4 },
    ])
    await mailTo(restored, [leads[7] as Subject], 'notice:new')
    await sendDue(restored)
    expect(await mailsOf(restored)).toEqual([])
    const { hold } = await withTx(restored, SYSTEM, heldNow)
    expect(hold).toMatchObject({ parts: ['sending', 'webhooks', 'scenarios'], deliveries: 4, erased: 2, hadLog: true, jobs: 1 })
    expect(hold?.gapSeconds).toBeGreaterThanOrEqual(0)
  })

  test('S12 a mark that was asked for before the hold was seen is refused too', async () => {
    const { markAsk } = await import('#loop/deliver/sender/queries.ts')
    const { rows } = await restored.pool.query<{ bucket: number; person_id: string; id: string }>(
      "SELECT bucket, person_id, id FROM delivery WHERE what = 'notice:new'",
    )
    const [row] = rows
    if (!row) throw new Error('no row')
    const worker = '01900000-0000-7000-8000-00000000000a'
    await restored.pool.query("UPDATE delivery SET status = 'claimed', worker = $1 WHERE id = $2", [worker, row.id])
    const ask = { ...row, fence: 0, address: address(7), displayId: null }
    await withTx(restored, SYSTEM, async (ctx) => {
      const { rows: fences } = await sql<{ fence: number }>`SELECT fence FROM delivery WHERE id = ${row.id}`.execute(ctx.db)
      const hashOf = (mail: string) => addressHash(ctx.house, mail)
      const marking = { worker, now: ctx.now, rows: [{ ...ask, fence: fences[0]?.fence ?? 0 }], hashOf }
      expect((await markAsk(marking).execute(ctx.db)).rows).toEqual([])
    })
    await restored.pool.query("UPDATE delivery SET status = 'queued', worker = NULL WHERE id = $1", [row.id])
  })

  test('GEN-15 the stops and erasures since the backup are told again from the log', async () => {
    const { rows } = await restored.pool.query<{ mail: string; mail_stop: number }>(
      'SELECT mail, mail_stop FROM person WHERE mail_stop > 0',
    )
    expect(rows).toEqual([{ mail: address(5), mail_stop: 1 }])
    expect((await restored.pool.query('SELECT count(*)::int AS n FROM suppression')).rows).toEqual([{ n: 2 }])
    expect((await restored.pool.query('SELECT 1 FROM person WHERE id = $1 AND mail IS NOT NULL', [leads[6]?.id])).rows).toEqual([])
    expect(readFileSync(join(there.dataDir, 'stops.log'), 'utf8')).not.toContain('@')
  })

  test('GEN-15 GEN-09 whoever was taken for somebody who was erased since, and parted from them before, is there as they were', async () => {
    const { rows } = await restored.pool.query('SELECT id, mail FROM person WHERE id = ANY($1) ORDER BY mail', [
      leads.slice(8).map(({ id }) => id),
    ])
    expect(rows).toEqual([8, 9].map((i) => ({ id: leads[i]?.id, mail: address(i) })))
    expect((await restored.pool.query('SELECT 1 FROM identity WHERE value = $1', [address(10)])).rows).toEqual([])
  })

  test('GEN-15 timers and webhooks wait as well; each goes on when its part is released, and mail of before stays unknown', async () => {
    const tagged = async () =>
      (await restored.pool.query("SELECT count(*)::int AS n FROM person WHERE 'after the wait' = ANY(tags)")).rows[0].n
    expect(await sweep(restored)).toBe(0)
    await withTx(restored, SYSTEM, (ctx) => ctx.house.jobs.letGo(ctx))
    await restored.jobs.drain(restored)
    expect(calls).toEqual([])
    expect(await tagged()).toBe(0)
    expect(await withTx(restored, SYSTEM, (ctx) => release(ctx, { parts: ['scenarios'] }))).toEqual({ left: ['sending', 'webhooks'] })
    expect(await sweep(restored)).toBeGreaterThan(0)
    expect(await tagged()).toBe(1)
    await withTx(restored, SYSTEM, (ctx) => release(ctx, { parts: ['webhooks', 'sending'] }))
    await restored.jobs.drain(restored)
    expect(calls.map(({ url }) => url)).toEqual(['https://hook.example/'])
    await sendDue(restored)
    expect(await mailsOf(restored)).toEqual([address(7)])
    expect((await withTx(restored, SYSTEM, heldNow)).hold).toBeNull()
  })
})
