import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { acceptLink, addUser, forgot, invite, setup, setupStatus } from '#access/users/service.ts'
import type { House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import type { TestDatabase } from '../../test/database.ts'
import { testHouse } from '../../test/house.ts'
import { type Sink, startSink } from '../../test/sink.ts'

const SYSTEM = { kind: 'system', name: 'test' } as const
const PASSWORD = 'correct horse battery'
let db: TestDatabase
let sink: Sink
let mailing: House

beforeAll(async () => {
  db = await testHouse()
  sink = await startSink()
  mailing = { ...db.house, smtpUrl: `smtp://127.0.0.1:${sink.port}?tls=no` }
  await db.tx((ctx) =>
    setup(ctx, {
      name: '見本 一郎',
      email: 'owner@example.co.jp',
      password: PASSWORD,
      language: 'ja',
      company: { legalName: '株式会社サンプル01' },
    }),
  )
})
afterAll(async () => {
  await sink.close()
  await db.close()
})

async function newest() {
  const mail = await PostalMime.parse(sink.taken.at(-1)?.raw ?? '')
  return { to: mail.to?.[0]?.address, subject: mail.subject, link: /https?:\S+#(\S+)/.exec(mail.text ?? '') }
}

test('GEN-16 without a mail server nothing is mailed: the built-in mailbox is no place for links that give access', async () => {
  expect((await db.read((ctx) => setupStatus(ctx))).mailReady).toBe(false)
  const made = await db.tx((ctx) => invite(ctx, { name: '見本 花子', email: 'hanako@example.co.jp', role: 'sales', language: 'ja' }))
  expect(made.mailed).toBe(false)
  expect(await db.drain()).toBe(0)
})

test('GEN-16 an invitation and a forgotten password arrive by mail, and their links work', async () => {
  expect((await withRead(mailing, SYSTEM, (ctx) => setupStatus(ctx))).mailReady).toBe(true)
  const made = await withTx(mailing, SYSTEM, (ctx) =>
    invite(ctx, { name: '見本 花子', email: 'hanako@example.co.jp', role: 'sales', language: 'ja' }),
  )
  expect(made.mailed).toBe(true)
  await mailing.jobs.drain(mailing)
  const invitation = await newest()
  expect(invitation).toMatchObject({ to: 'hanako@example.co.jp', subject: '株式会社サンプル01のHagukumiへの招待' })
  expect(invitation.link?.[0]).toBe(made.link)
  await db.tx((ctx) => acceptLink(ctx, { token: invitation.link?.[1] ?? '', password: PASSWORD }))

  await withTx(mailing, SYSTEM, (ctx) => forgot(ctx, { email: 'hanako@example.co.jp' }))
  await mailing.jobs.drain(mailing)
  const reset = await newest()
  expect(reset.subject).toBe('パスワードの再設定')
  await db.tx((ctx) => acceptLink(ctx, { token: reset.link?.[1] ?? '', password: 'another long phrase' }))
})

test('GEN-16 nobody unknown gets mail, and a link that waits in the queue cannot be read there', async () => {
  const before = sink.taken.length
  await withTx(mailing, SYSTEM, (ctx) => forgot(ctx, { email: 'nobody@example.co.jp' }))
  expect(await mailing.jobs.drain(mailing)).toBe(0)
  expect(sink.taken.length).toBe(before)
  await db.tx((ctx) => addUser(ctx, { name: 'x', email: 'third@example.co.jp', password: PASSWORD, language: 'en', role: 'viewer' }))
  await withTx(mailing, SYSTEM, (ctx) => forgot(ctx, { email: 'third@example.co.jp' }))
  const queued = await db.house.pool.query("SELECT data FROM jobs.job WHERE name = 'access.account_mail'")
  expect(JSON.stringify(queued.rows)).not.toContain('reset-password')
  await mailing.jobs.drain(mailing)
  expect((await newest()).subject).toBe('Set a new password')
})
