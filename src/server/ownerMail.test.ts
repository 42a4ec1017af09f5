import { afterAll, beforeAll, expect, test } from 'vitest'
import { mailboxRoute } from '#connect/pretend/mailbox/route.ts'
import { smtpRoute } from '#connect/smtp/route.ts'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { sendOwnerMail } from './ownerMail.ts'

let world: TestDatabase
beforeAll(async () => {
  world = await testDatabase({ ports: { mailRoutes: { smtp: smtpRoute, mailbox: mailboxRoute } } })
})
afterAll(() => world.close())

test('CRM-05 an owner is told by mail which leads became theirs; without a mail server it lies in the built-in mailbox', async () => {
  const lead = { name: '見本 <太郎>', company: '株式会社サンプル01', path: '/leads/01a2' }
  await sendOwnerMail.run(world.house, { to: 'anna@example.co.jp', name: 'アンナ', language: 'ja', kind: 'assigned', leads: [lead], n: 3 })
  const rows = await world.house.db.selectFrom('mailbox_mail').selectAll().execute()
  const [mail] = rows as unknown as { recipient?: string; to_address?: string; subject: string; raw: Buffer }[]
  expect([rows.length, mail?.subject]).toEqual([1, '3件のリードの担当になりました'])
  expect(JSON.stringify(mail)).toContain('anna@example.co.jp')
})
