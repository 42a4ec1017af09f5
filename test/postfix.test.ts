// A newsletter through a real mail server and back: Postfix as Debian ships it, where it is found.
import PostalMime from 'postal-mime'
import { afterAll, expect, test } from 'vitest'
import { takeMail } from '#loop/deliver/incoming/mail.ts'
import * as newsletters from '#loop/deliver/newsletter/service.ts'
import { EMPTY_MAIL } from '#loop/deliver/sender/contract.ts'
import { makeDkim, readKeys } from '#loop/deliver/sender/keys.ts'
import { saveMail } from '#loop/deliver/sender/settings.ts'
import { identify } from '#loop/identify/service.ts'
import { dkimPasses, keyIn } from './dkim.ts'
import { testHouse } from './house.ts'
import { aNewsletter, db, get, openMailing, settle, someLeads } from './mailing.ts'
import { type Postfix, postfixMissing, startPostfix } from './postfix.ts'
import { until } from './world.ts'

/** Where everything is required, a missing server is a failure. */
const required = process.env.REQUIRE_ALL === '1'
let postfix: Postfix | undefined
afterAll(async () => {
  await postfix?.stop()
  if (postfix) await db.close()
})

const READERS = 200

test.skipIf(postfixMissing !== null && !required)(
  `NUR-01 NUR-04 E1 E2 two hundred newsletters go through a real Postfix, signed and whole, and the bounce of an unknown user comes back and stops that address${postfixMissing ? ` (not run: ${postfixMissing})` : ''}`,
  async () => {
    postfix = await startPostfix({
      domains: ['kunden.example', 'bounce.mihon.example'],
      boxes: [
        ['^reader[0-9]+@kunden\\.example$', 'readers'],
        ['@bounce\\.mihon\\.example$', 'bounces'],
      ],
    })
    const { port, mails } = postfix
    await openMailing(await testHouse())
    await db.tx(async (ctx) => {
      const way = { host: '127.0.0.1', port, security: 'starttls' as const, anyCertificate: true, bounceDomain: 'bounce.mihon.example' }
      await saveMail(ctx, { ...EMPTY_MAIL, route: 'smtp', ...way })
      await makeDkim(ctx, { domain: 'mihon.example', selector: 's1' })
    })
    const [gone] = await db.tx((ctx) =>
      identify(ctx, [{ mail: 'gone@kunden.example', at: ctx.now, route: 'form', consent: { basis: 'consent', text: '同意します' } }]),
    )
    const made = await aNewsletter([...(await someLeads(READERS, 'kunden.example')), ...(gone ? [gone.subject] : [])])
    await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: READERS + 1 }))
    await settle()
    expect((await get(made.id)).counts).toMatchObject({ sent: READERS + 1, waiting: 0 })

    await until(async () => mails('readers').length === READERS, {
      within: 30_000,
      what: `the mails to arrive; ${postfix.log().slice(-2_000)}`,
    })
    const key = keyIn((await db.read(readKeys))?.record ?? '')
    const arrived = new Set<string>()
    for (const raw of mails('readers')) {
      // A mailbox keeps lines by LF alone, and the server has put its own headers before ours.
      const sent = Buffer.from(raw.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')
      expect(dkimPasses(sent, key)).toMatchObject({
        ok: true,
        domain: 'mihon.example',
        headers: expect.arrayContaining(['list-unsubscribe']),
      })
      const mail = await PostalMime.parse(sent)
      arrived.add(mail.to?.[0]?.address ?? '')
      expect(mail.html).toContain('株式会社見本')
    }
    expect(arrived.size).toBe(READERS)

    const [bounce] = await until(async () => (mails('bounces').length ? mails('bounces') : undefined), { what: 'the bounce to come back' })
    expect(mails('bounces')).toHaveLength(1)
    await db.tx((ctx) => takeMail(ctx, bounce as Buffer))
    const { rows } = await db.house.pool.query<{ mail: string; mail_stop: number; bounce_reason: string }>(
      'SELECT p.mail, p.mail_stop, d.bounce_reason FROM delivery d JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id WHERE d.source = $1 AND p.mail_stop <> 0',
      [made.id],
    )
    expect(rows).toEqual([{ mail: 'gone@kunden.example', mail_stop: 3, bounce_reason: 'unknown_user' }])
  },
  120_000,
)
