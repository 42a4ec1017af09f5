// Letters are made a slice at a time; how many connections take them does not hang on it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testHouse } from '../../../../test/house.ts'
import { aTemplate, db, openMailing, someLeads } from '../../../../test/mailing.ts'
import { queue } from '../outbox/service.ts'
import { EMPTY_MAIL } from './contract.ts'
import { sendDue } from './lanes.ts'
import type { MailRoute } from './port.ts'
import { saveMail } from './settings.ts'

let onWire = 0
let most = 0
const slow: MailRoute = {
  kind: 'smtp',
  open: async () => ({
    send: async ({ mayBegin }) => {
      most = Math.max(most, ++onWire)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      const may = await mayBegin()
      onWire--
      return may ? { kind: 'accepted', reply: '250 ok' } : { kind: 'stopped' }
    },
    usable: () => true,
    close: () => undefined,
  }),
}

beforeAll(async () => openMailing(await testHouse({ ports: { mailRoutes: { smtp: () => slow, mailbox: () => slow } } })))
afterAll(() => db.close())

test('S10 slow servers are spoken to over all connections that are allowed, though letters are made of fewer rows at once', async () => {
  await db.tx((ctx) => saveMail(ctx, { ...EMPTY_MAIL, route: 'smtp', host: '127.0.0.1', port: 25, security: 'none', connections: 50 }))
  const people = await someLeads(50)
  const { versionId: templateVersion } = await aTemplate()
  await db.tx((ctx) =>
    queue(
      ctx,
      people.map((subject) => ({ subject, what: 'notice:slices', templateVersion, purpose: 'marketing' as const })),
    ),
  )
  await sendDue(db.house)
  expect([most, onWire]).toEqual([50, 0])
  const { rows } = await db.house.pool.query("SELECT DISTINCT status FROM delivery WHERE what = 'notice:slices'")
  expect(rows).toEqual([{ status: 'sent' }])
})
