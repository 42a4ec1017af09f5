import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, MINUTE } from '#kernel/clock.ts'
import { testHouse } from '../../../../test/house.ts'
import { aTemplate, db, linksDraft, openMailing, someLeads } from '../../../../test/mailing.ts'
import { followed } from '../feedback/service.ts'
import { mailToken, tokenKeys } from '../feedback/token.ts'
import { OPEN_CAPS } from '../outbox/caps/decide.ts'
import { save as saveCaps } from '../outbox/caps/service.ts'
import { queue } from '../outbox/service.ts'
import { sendDue } from '../sender/lanes.ts'
import { learnDomains } from './domains.ts'
import { read } from './own.ts'
import { settleHits } from './tick.ts'

let version = ''
beforeAll(async () => {
  await openMailing(await testHouse())
  await db.tx((ctx) => saveCaps(ctx, OPEN_CAPS))
  version = (await aTemplate(linksDraft(3))).versionId
}, 60_000)
afterAll(() => db.close())

const CHROME = { method: 'GET', userAgent: 'Mozilla/5.0 (Windows NT 10.0) Chrome/142', purpose: '' }
let n = 0
/** Mails just sent to new readers of a domain. @returns the tokens of their links */
async function sentTo(domain: string, count: number): Promise<string[]> {
  const leads = await someLeads(count, domain)
  const what = `notice:d:${++n}`
  const answers = await db.tx((ctx) =>
    queue(
      ctx,
      leads.map((subject) => ({ subject, what, templateVersion: version, purpose: 'marketing' as const })),
    ),
  )
  await sendDue(db.house)
  return leads.map((subject, i) => mailToken(tokenKeys(db.house), { personId: subject.id, deliveryId: answers[i]?.delivery ?? '' }))
}
const click = (token: string, link: number, activated = false) =>
  db.tx((ctx) => followed(ctx, token, link, { ...CHROME, activated })).then((found) => found?.agent)
/** What is thought of a click so long after the mail was sent. */
async function after(domain: string, ms: number, activated = false) {
  const [token = ''] = await sentTo(domain, 1)
  db.clock.advance(ms)
  return click(token, 2, activated)
}
const learn = () => db.tx(learnDomains)
const known = async () => (await db.read(read)).swept

test('M8 a domain whose gateway follows the links of its mails is learned, its early clicks are doubted, and people who click later or by their own hand are not lost', async () => {
  const filtered = await sentTo('filter.example', 30)
  const open = await sentTo('open.example', 30)
  const few = await sentTo('few.example', 10)
  db.clock.advance(20_000)
  for (const token of [...filtered.slice(0, 20), ...few]) for (const link of [1, 2, 3]) await click(token, link)
  for (const token of open) await click(token, 1)
  expect([await after('filter.example', 8_000), await after('filter.example', 40_000)]).toEqual(['unknown', 'human'])
  const [early = ''] = await sentTo('filter.example', 1)
  db.clock.advance(40_000)
  await click(early, 2)
  db.clock.advance(10 * MINUTE)
  await settleHits(db.house)
  await learn()
  expect(await known()).toEqual([{ domain: 'filter.example', mails: 33, swept: 20 }])
  // What was told before stays as it was told.
  expect(await click(early, 1)).toBe('human')
  expect((await db.house.pool.query(`SELECT 1 FROM journal WHERE name = 'mail.rejudged'`)).rowCount).toBe(0)
  expect([await after('filter.example', 8_000), await after('filter.example', 40_000)]).toEqual(['machine', 'unknown'])
  const { rows } = await db.house.pool.query<{ because: string[] }>('SELECT because FROM mail_hit ORDER BY at DESC, id DESC LIMIT 1')
  expect(rows[0]?.because).toEqual(['swept_domain'])
  expect([
    await after('filter.example', 8_000, true),
    await after('filter.example', 90_000),
    await after('filter.example', 3_600_000),
  ]).toEqual(['human', 'human', 'human'])
  expect([await after('open.example', 40_000), await after('few.example', 40_000)]).toEqual(['human', 'human'])
})

test('M8 a domain that is not swept any more is forgotten, and what was learned does not prove itself', async () => {
  db.clock.advance(31 * DAY)
  const tokens = await sentTo('filter.example', 30)
  db.clock.advance(8_000)
  for (const token of tokens) expect(await click(token, 1)).toBe('machine')
  await learn()
  expect(await known()).toEqual([])
  expect(await after('filter.example', 40_000)).toBe('human')
})
