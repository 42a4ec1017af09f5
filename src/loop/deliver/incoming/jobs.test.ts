// The mailbox anybody may write to: no mail in it keeps the ones behind it from being read.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { identify } from '#loop/identify/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { tokenKeys } from '../feedback/token.ts'
import { verpLocal } from '../feedback/verp.ts'
import { queue } from '../outbox/service.ts'
import { sendDue } from '../sender/lanes.ts'
import { compile } from '../template/kitchen.ts'
import { make } from '../template/service.ts'
import { readMailboxNow } from './jobs.ts'
import { saveMailbox, state } from './service.ts'

let box: Buffer[] = []
let db: TestDatabase
beforeAll(async () => {
  db = await testHouse({
    ports: {
      openMailbox: async () => ({
        validity: 7,
        take: async (above, most) => box.flatMap((raw, i) => (i + 1 > above ? [{ uid: i + 1, raw }] : [])).slice(0, most),
        close: async () => {},
      }),
    },
  })
  await db.tx((ctx) =>
    updateCompany(ctx, {
      ...{ legalName: '株式会社見本', address: '東京都', contactEmail: 'info@mihon.example', senderEmail: 'news@mihon.example' },
    }),
  )
  const mailbox = { on: true, host: 'imap.example', port: 993, security: 'tls' as const, user: 'b', folder: 'INBOX', password: 'x' }
  await db.tx((ctx) => saveMailbox(ctx, mailbox))
})
afterAll(() => db.close())

const letter = (from: string, headers: readonly string[], text: string): Buffer =>
  Buffer.from(
    `From: ${from}\r\nTo: news@mihon.example\r\n${headers.map((line) => `${line}\r\n`).join('')}Content-Type: text/plain; charset=utf-8\r\n\r\n${text}`,
  )

test('X7 I4 a mail with signs no database keeps is taken or left, and the bounce behind it is heard', async () => {
  const address = 'taro@example.co.jp'
  const [made] = await db.tx((ctx) => identify(ctx, [{ mail: address, at: ctx.now, route: 'form', consent: { basis: 'consent' } }]))
  if (!made) throw new Error('nobody was named')
  const draft = { subject: 'x', preheader: '', blocks: [] }
  const compiled = await compile(draft)
  const { versionId } = await db.tx((ctx) => make(ctx, { name: '号外', draft }, compiled))
  const [mail] = await db.tx((ctx) =>
    queue(ctx, [{ subject: made.subject, what: 'notice:x:1', templateVersion: versionId, purpose: 'marketing' }]),
  )
  await sendDue(db.house)
  const delivery = mail?.delivery ?? ''
  const answers = [`In-Reply-To: <${delivery}@mihon.example>`, 'Subject: =?utf-8?B?AHjwn5iA?=']
  const verp = verpLocal(tokenKeys(db.house), { personId: made.subject.id, deliveryId: delivery })
  box = [
    letter(address, answers, `before\u0000after ${'x'.repeat(3_986)}😀`),
    letter(`"a\u0000"@example.co.jp`, answers, 'x'),
    letter('MAILER-DAEMON@mx.example', [`X-Failed-Recipients: ta\u0000ro@example.co.jp`, `Subject: failure notice`], 'a\u0000 550 no'),
    letter(
      'MAILER-DAEMON@mx.example',
      [`Delivered-To: ${verp}@b.mihon.example`, 'Subject: failure notice'],
      `<${address}>:\n550 5.1.1 user unknown\u0000`,
    ),
  ]
  expect(await readMailboxNow(db.house)).toBe(4)
  const { mailbox } = await db.read(state)
  expect(mailbox.fault).toBeNull()
  const row = await db.read((ctx) =>
    sql<{ reason: string; replies: number }>`SELECT bounce_reason AS reason,
      (SELECT count(*)::int FROM journal j WHERE j.person_id = d.person_id AND j.name = 'mail.replied') AS replies FROM delivery d WHERE id = ${delivery}`.execute(
      ctx.db,
    ),
  )
  expect(row.rows).toEqual([{ reason: 'unknown_user', replies: 1 }])
})
