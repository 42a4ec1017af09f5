import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { DAY } from '#kernel/clock.ts'
import type { Actor } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { mergeByHand, undoAdoption } from '#loop/identify/adopt/service.ts'
import { eraseLead, recordBasis, updateLead } from '#loop/identify/change/service.ts'
import { consents, exportPerson, overview, people, record } from '#loop/identify/erase/privacy.ts'
import { retention } from '#loop/identify/retention/jobs.ts'
import { change, forecast, list } from '#loop/identify/retention/service.ts'
import { identify, stopMail } from '#loop/identify/service.ts'
import { list as accesses } from '#loop/identify/watch/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { seeded } from '../../../../test/world.ts'
import { queue } from '../outbox/service.ts'
import { sendDue } from '../sender/lanes.ts'
import { compile } from '../template/kitchen.ts'
import { make } from '../template/service.ts'

let db: TestDatabase
let version = ''
beforeAll(async () => {
  db = await testHouse()
  await db.tx((ctx) =>
    updateCompany(ctx, {
      legalName: '株式会社見本',
      address: '東京都見本区1-2-3',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
    }),
  )
  const draft = { subject: 'ご案内', preheader: '', blocks: [] }
  const compiled = await compile(draft)
  version = (await db.tx((ctx) => make(ctx, { name: '案内', draft }, compiled))).versionId
})
afterAll(() => db.close())

const OWNER: Actor = { kind: 'user', id: '01990000-0000-7000-8000-000000000001', name: '管理者', role: 'owner' }
let serial = 0
const lead = async (consented: boolean, mail = `m10-${++serial}@example.co.jp`): Promise<Subject> => {
  const [made] = await db.tx((ctx) =>
    identify(ctx, [
      {
        mail,
        route: 'form',
        at: ctx.now,
        fields: { familyName: '見本', givenName: `花子${serial}` },
        ...(consented
          ? {
              consent: { basis: 'consent' as const, text: '受け取ります', textVersion: 'f:3', evidence: { form: 'f', ip: '198.51.100.1' } },
            }
          : {}),
      },
    ]),
  )
  return made?.subject as Subject
}
const send = async (subjects: readonly Subject[], what: string) => {
  await db.tx((ctx) =>
    queue(
      ctx,
      subjects.map((subject) => ({ subject, what, templateVersion: version, purpose: 'marketing' as const })),
    ),
  )
  db.clock.advance(5_000)
  await sendDue(db.house)
}

test('M10 each mail that left keeps the entry it went out on and the sender it showed, in the person’s one file, to read and as data; looking is noted', async () => {
  const who = await lead(true)
  await send([who], 'notice:proof')
  await db.tx((ctx) => record(ctx, { id: who.id, purpose: 'phone', given: false, text: '電話は不要とのこと' }))
  const known = await db.read((ctx) => consents(ctx, { id: who.id }))
  const given = known.entries.find((one) => one.purpose === 'marketing')
  expect(known.proofs[0]).toMatchObject({
    entry: given?.id,
    purpose: 'marketing',
    shown: { legalName: '株式会社見本', address: '東京都見本区1-2-3' },
  })
  expect(given).toMatchObject({ textVersion: 'f:3', text: '受け取ります', evidence: { form: 'f', ip: '198.51.100.1' } })
  const file = await db.tx((ctx) => exportPerson(ctx, { id: who.id, language: 'ja' }), OWNER)
  const data = file.data as { tables: Record<string, unknown[]>; mailProofs: unknown[] }
  expect(Object.keys(data.tables)).toEqual(expect.arrayContaining(['person', 'journal', 'consent_entry', 'delivery', 'identity']))
  expect(data.mailProofs).toHaveLength(1)
  expect(file.html).toContain('株式会社見本')
  expect(file.html).not.toContain('<b>')
  await db.tx((ctx) => exportPerson(ctx, { id: who.id, language: 'ja' }), OWNER)
  const log = await db.read((ctx) => accesses(ctx, { subject: who.id, limit: 10 }))
  expect(log.items.map((one) => [one.by, one.act])).toEqual([['管理者', 'exported']])
})

test('M10 GEN-04 a ground without an entry in the ledger is no ground: the mark refuses it', async () => {
  const who = await lead(false)
  await db.tx((ctx) => sql`UPDATE person SET mail_basis = 4 WHERE id = ${who.id}`.execute(ctx.db))
  await send([who], 'notice:unproved')
  const { rows } = await db.house.pool.query(`SELECT status, reason, marked_at FROM delivery WHERE person_id = $1`, [who.id])
  expect(rows).toEqual([{ status: 'suppressed', reason: 'no_basis', marked_at: null }])
})

test('M10 GEN-09 a ground does not come back by an undone merge to an address that was changed since, and an entry for another address is none', async () => {
  const [who, other] = [await lead(true), await lead(false)]
  const merge = await db.tx((ctx) => mergeByHand(ctx, { keep: who, lose: other, chosen: ['mail'] }))
  await db.tx((ctx) => updateLead(ctx, { id: who.id, mail: 'm10-moved@example.co.jp' }))
  await db.tx((ctx) => undoAdoption(ctx, merge ?? ''))
  const basis = async () => (await db.house.pool.query('SELECT mail, mail_basis FROM person WHERE id = $1', [who.id])).rows
  expect(await basis()).toEqual([{ mail: 'm10-moved@example.co.jp', mail_basis: 0 }])
  await db.tx((ctx) => sql`UPDATE person SET mail_basis = 4 WHERE id = ${who.id}`.execute(ctx.db))
  await send([who], 'notice:moved')
  const { rows } = await db.house.pool.query(`SELECT status, reason FROM delivery WHERE person_id = $1`, [who.id])
  expect(rows).toEqual([{ status: 'suppressed', reason: 'no_basis' }])
})

test('M10 random paths of forms, hands, stops, merges and undos: no mail is marked without a yes in the ledger', async () => {
  const draw = seeded(20_260_401)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T
  const crowd: Subject[] = []
  const merged: string[] = []
  for (let i = 0; i < 24; i++) crowd.push(await lead(draw() < 0.5))
  const acts: (() => Promise<unknown>)[] = [
    () => db.tx((ctx) => recordBasis(ctx, { id: pick(crowd).id, basis: pick(['card', 'relation', 'consent'] as const), text: '見本' })),
    () =>
      db.tx(async (ctx) =>
        stopMail(ctx, {
          address: `m10-${1 + Math.floor(draw() * serial)}@example.co.jp`,
          reason: pick(['unsubscribe', 'complaint'] as const),
          at: ctx.now,
        }),
      ),
    () => lead(draw() < 0.5, `m10-${1 + Math.floor(draw() * serial)}@example.co.jp`),
    async () => {
      const id = await db.tx((ctx) => mergeByHand(ctx, { keep: pick(crowd), lose: pick(crowd), chosen: draw() < 0.5 ? ['mail'] : [] }))
      if (id) merged.push(id)
    },
    () => db.tx((ctx) => undoAdoption(ctx, pick(merged))),
    () => send(crowd, `notice:path${++serial}`),
  ]
  for (let i = 0; i < 220; i++) {
    db.clock.advance(60_000)
    await pick(acts)().catch((error: unknown) => {
      if (!(error instanceof Error) || error.constructor.name !== 'Refusal') throw error
    })
  }
  const { rows } = await db.house.pool.query(`
    SELECT count(*)::int AS sent, count(*) FILTER (WHERE e.id IS NULL OR NOT e.given OR e.at > d.marked_at)::int AS unproved
    FROM delivery d LEFT JOIN consent_entry e ON e.id = d.consent_entry_id WHERE d.marked_at IS NOT NULL AND d.purpose = 'marketing'`)
  expect(rows[0].sent).toBeGreaterThan(50)
  expect(rows[0].unproved).toBe(0)
})

test('GEN-04 erasing somebody keeps the proof of their consent as a keyed hash without their name, and the stop', async () => {
  const who = await lead(true)
  await send([who], 'notice:before')
  await db.tx((ctx) => eraseLead(ctx, { id: who.id }), OWNER)
  const { rows } = await db.house.pool.query('SELECT to_jsonb(p) AS row FROM consent_proof p WHERE last_mail_at IS NOT NULL')
  expect(rows).toHaveLength(1)
  const row = JSON.stringify(rows[0].row)
  expect(row).toContain('受け取ります')
  for (const secret of [who.id, '見本', '198.51.100.1', '@example']) expect(row).not.toContain(secret)
  expect(new Date(rows[0].row.keep_until).getTime()).toBeGreaterThan(db.clock.now().getTime() + 3 * 364 * DAY)
  expect((await db.house.pool.query('SELECT 1 FROM consent_state WHERE person_id = $1', [who.id])).rows).toEqual([])
})

test('GEN-03 the overview counts people by ground and purpose, and each number opens exactly its people', async () => {
  const seen = await db.read((ctx) => overview(ctx))
  expect(seen.bases.reduce((n, one) => n + one.n, 0)).toBe(seen.leads)
  for (const { key, n } of seen.bases) {
    const page = await db.read((ctx) => people(ctx, { kind: 'basis', key, limit: 200 }))
    expect(page.items.length).toBe(n)
  }
  const refused = seen.purposes.find((one) => one.purpose === 'phone' && !one.given)
  expect(refused?.n).toBe(1)
  expect((await db.read((ctx) => people(ctx, { kind: 'purpose', key: 'phone', given: 'no', limit: 10 }))).items).toHaveLength(1)
})

test('GEN-03 retention says beforehand how much would go, takes just that by night, and refuses to be shorter than the law', async () => {
  const rules = (await db.read((ctx) => list(ctx))).rules.map((rule) => rule.key)
  expect(rules).toEqual(expect.arrayContaining(['visitors', 'pages', 'access', 'proofs', 'idleLeads']))
  await expect(db.tx((ctx) => change(ctx, { key: 'proofs', value: 12 }))).rejects.toMatchObject({ code: 'retention.short' })
  const who = await lead(true)
  db.clock.advance(200 * DAY)
  await db.tx((ctx) =>
    sql`INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at)
    SELECT ${who.bucket}::smallint, ${who.id}::uuid, gen_random_uuid(), 'page.viewed', ${new Date(db.clock.now().getTime() - i(100))}::timestamptz, now() FROM generate_series(1, 3)`.execute(
      ctx.db,
    ),
  )
  await db.tx((ctx) =>
    sql`INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at)
    SELECT ${who.bucket}::smallint, ${who.id}::uuid, gen_random_uuid(), 'page.viewed', ${new Date(db.clock.now().getTime() - i(150))}::timestamptz, now() FROM generate_series(1, 5)`.execute(
      ctx.db,
    ),
  )
  await db.tx((ctx) => change(ctx, { key: 'pages', value: 4 }))
  const said = await db.tx((ctx) => forecast(ctx, { key: 'pages', value: 4 }))
  expect(said.n).toBe(5)
  await retention.run(db.house, {})
  const { rows } = await db.house.pool.query(`SELECT count(*)::int AS n FROM journal WHERE person_id = $1 AND name = 'page.viewed'`, [
    who.id,
  ])
  expect(rows[0].n).toBe(3)
  expect((await db.read((ctx) => list(ctx))).rules.find((rule) => rule.key === 'pages')?.forecast).toMatchObject({ n: 0, value: 4 })
})
const i = (days: number) => days * DAY
