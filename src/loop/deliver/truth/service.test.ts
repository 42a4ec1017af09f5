import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Subject } from '#kernel/db/buckets.ts'
import { listLeads } from '#loop/identify/leads/list.ts'
import { identify } from '#loop/identify/service.ts'
import { history, record } from '#loop/identify/timeline/service.ts'
import { testHouse } from '../../../../test/house.ts'
import { aTemplate, db, linksDraft, openMailing } from '../../../../test/mailing.ts'
import { followed, opened } from '../feedback/service.ts'
import { mailToken, tokenKeys } from '../feedback/token.ts'
import { queue } from '../outbox/service.ts'
import { sendDue } from '../sender/lanes.ts'
import { settleHits } from './tick.ts'

let version = ''
const LINKS = 4
beforeAll(async () => {
  await openMailing(await testHouse())
  version = (await aTemplate(linksDraft(LINKS))).versionId
}, 60_000)
afterAll(() => db.close())

const HUMAN = { method: 'GET', userAgent: 'Mozilla/5.0 (Windows NT 10.0) Chrome/142', purpose: '' }
let n = 0
async function sent(): Promise<{ subject: Subject; token: string; delivery: string }> {
  n++
  const [made] = await db.tx((ctx) =>
    identify(ctx, [{ mail: `reader${n}@example.co.jp`, at: ctx.now, route: 'form', consent: { basis: 'consent' } }]),
  )
  const subject = made?.subject as Subject
  const [answer] = await db.tx((ctx) => queue(ctx, [{ subject, what: `notice:t:${n}`, templateVersion: version, purpose: 'marketing' }]))
  await sendDue(db.house)
  const delivery = answer?.delivery ?? ''
  return { subject, delivery, token: mailToken(tokenKeys(db.house), { personId: subject.id, deliveryId: delivery }) }
}
const click = (token: string, link: number, seen: Partial<typeof HUMAN> & { address?: string; activated?: boolean } = {}) =>
  db.tx((ctx) => followed(ctx, token, link, { ...HUMAN, ...seen }))
const told = async (subject: Subject, news = false) =>
  (
    await db.read((ctx) =>
      sql<{
        name: string
        props: Record<string, unknown>
      }>`SELECT name, props FROM journal j WHERE j.bucket = ${subject.bucket} AND j.person_id = ${subject.id} AND name IN ('mail.opened', 'mail.clicked', 'mail.rejudged')
        AND (NOT ${news} OR EXISTS (SELECT 1 FROM news n WHERE n.bucket = j.bucket AND n.person_id = j.person_id AND n.event_id = j.id)) ORDER BY j.occurred_at, j.id`.execute(
        ctx.db,
      ),
    )
  ).rows
const shown = async (delivery: string) =>
  (
    await db.read((ctx) =>
      sql<
        Record<string, Date | null>
      >`SELECT opened_at, clicked_at, clicked_machine_at, clicked_unknown_at FROM delivery WHERE id = ${delivery}`.execute(ctx.db),
    )
  ).rows[0]

test('M8 a scanner with a browser’s name that follows all links after some minutes starts nothing, though its first click looked like a person’s', async () => {
  const { subject, token, delivery } = await sent()
  db.clock.advance(180_000)
  for (let link = 1; link <= LINKS; link++) {
    await click(token, link)
    db.clock.advance(4_000)
  }
  expect(await told(subject, true)).toEqual([])
  db.clock.advance(30_000)
  await settleHits(db.house)
  expect(await told(subject, true)).toEqual([])
  expect((await told(subject)).map(({ props }) => [props['agent'], props['verdict'], props['because']])).toEqual(
    Array.from({ length: LINKS }, () => ['machine', 'machine', 'sweep']),
  )
  expect(await shown(delivery)).toMatchObject({ opened_at: null, clicked_at: null })
})

test('M8 a person’s early click is told when the time is over, once, at the instant it happened', async () => {
  const { subject, token, delivery } = await sent()
  db.clock.advance(120_000)
  const at = db.clock.now()
  expect(await click(token, 2)).toMatchObject({ agent: 'human' })
  expect(await told(subject)).toEqual([])
  db.clock.advance(19_000)
  await settleHits(db.house)
  expect(await told(subject)).toEqual([])
  db.clock.advance(2_000)
  for (let i = 0; i < 3; i++) await settleHits(db.house)
  expect(await told(subject, true)).toMatchObject([{ name: 'mail.clicked', props: { agent: 'human', verdict: 'human', link: 2 } }])
  expect(await shown(delivery)).toMatchObject({ clicked_at: at, opened_at: at })
})

test('M8 what was told as a person’s and turns out a scanner’s is un-counted aloud: the event is corrected, the change told', async () => {
  const { subject, token, delivery } = await sent()
  db.clock.advance(3_600_000)
  await click(token, 1)
  expect(await told(subject, true)).toMatchObject([{ name: 'mail.clicked', props: { agent: 'human' } }])
  db.clock.advance(30_000)
  await click(token, 0)
  const events = await told(subject)
  expect(events.find(({ name }) => name === 'mail.clicked')?.props).toMatchObject({
    agent: 'machine',
    before: 'human',
    because: 'near_trap',
  })
  expect(events.find(({ name }) => name === 'mail.rejudged')?.props).toMatchObject({
    from: 'human',
    to: 'machine',
    link: 1,
    because: 'near_trap',
  })
  expect(await shown(delivery)).toMatchObject({ clicked_at: null, opened_at: null })
})

test('M8 doubt is kept apart from people and machines, and does not act', async () => {
  const { subject, token, delivery } = await sent()
  db.clock.advance(3_600_000)
  expect(await click(token, 1, { address: '54.92.1.1' })).toMatchObject({ agent: 'unknown' })
  expect(await told(subject, true)).toEqual([])
  expect((await told(subject))[0]?.props).toMatchObject({ agent: 'machine', verdict: 'unknown', because: 'datacentre' })
  const row = await shown(delivery)
  expect([row?.['clicked_at'], row?.['clicked_machine_at']]).toEqual([null, null])
  expect(row?.['clicked_unknown_at']).not.toBeNull()
  const kept = await db.read((ctx) =>
    sql<{ text: string }>`SELECT to_jsonb(h)::text AS text FROM mail_hit h WHERE delivery_id = ${delivery}`.execute(ctx.db),
  )
  expect(kept.rows[0]?.text).not.toContain('54.92.1.1')
})

test('M8 TRK-13 Apple’s preload opens nothing for the person, and a reader who comes later still counts', async () => {
  const { subject, token, delivery } = await sent()
  db.clock.advance(60_000)
  expect(await db.tx((ctx) => opened(ctx, token, { ...HUMAN, userAgent: 'Mozilla/5.0', address: '17.58.1.1' }))).toBe('machine')
  expect(await shown(delivery)).toMatchObject({ opened_at: null })
  db.clock.advance(7_200_000)
  expect(await click(token, 3)).toMatchObject({ agent: 'human' })
  expect((await shown(delivery))?.['opened_at']).not.toBeNull()
  expect((await told(subject, true)).map(({ name }) => name)).toEqual(['mail.clicked'])
})

test('GEN-06 TRK-13 what a scanner opened and clicked is nobody’s last action, and stays off the history where people alone are asked for', async () => {
  const { subject, token } = await sent()
  const rows = async () => (await db.read((ctx) => listLeads(ctx, { q: `reader${n}`, sort: 'seen', limit: 5 }))).items
  const names = async (people: boolean) =>
    (await db.read((ctx) => history(ctx, { id: subject.id, people, limit: 50 }))).items
      .map((one) => one.name)
      .filter((one) => /opened|clicked|rejudged/.test(one))
  db.clock.advance(180_000)
  await db.tx((ctx) => opened(ctx, token, { ...HUMAN, userAgent: 'Mozilla/5.0' }))
  for (let link = 1; link <= LINKS; link++) {
    await click(token, link, { method: 'HEAD' })
    db.clock.advance(400)
  }
  expect(await names(false)).toHaveLength(LINKS + 1)
  expect(await names(true)).toEqual([])
  expect((await rows()).map((row) => row.lastAction)).toEqual([null])
  expect((await db.read((ctx) => record(ctx, { id: subject.id }))).online.map((one) => one.name)).toEqual(['mail.sent'])

  db.clock.advance(3_600_000)
  await db.tx((ctx) => opened(ctx, token, HUMAN))
  const at = db.clock.now().toISOString()
  db.clock.advance(3_600_000)
  await db.tx((ctx) => opened(ctx, token, { ...HUMAN, userAgent: '' }))
  expect(await names(true)).toEqual(['mail.opened'])
  expect((await rows()).map((row) => row.lastAction)).toMatchObject([{ name: 'mail.opened', at, props: { verdict: 'human' } }])
})
