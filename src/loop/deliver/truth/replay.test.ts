// E4: a hundred scanners and a hundred people come back from one newsletter, each as such visitors are seen to, in the order of time.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MINUTE, SECOND } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { testHouse } from '../../../../test/house.ts'
import { aTemplate, db, linksDraft, openMailing, someLeads } from '../../../../test/mailing.ts'
import { seeded } from '../../../../test/world.ts'
import { followed, opened } from '../feedback/service.ts'
import { mailToken, tokenKeys } from '../feedback/token.ts'
import { queue } from '../outbox/service.ts'
import { sendDue } from '../sender/lanes.ts'
import { read, save } from './own.ts'
import type { Seen } from './service.ts'
import { settleHits } from './tick.ts'

const LINKS = 4
const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'

beforeAll(async () => openMailing(await testHouse()))
afterAll(() => db.close())

interface Visit {
  /** After the mail was sent, in ms. */
  readonly at: number
  /** 0 is the link nobody sees, −1 the picture. */
  readonly link: number
  readonly seen?: Partial<Seen>
}
type Draw = () => number
const all = (at: number, step: number, seen: Partial<Seen>): Visit[] =>
  Array.from({ length: LINKS }, (_, i) => ({ at: at + i * step, link: i + 1, seen }))

/** What gateways and sandboxes do, by family. */
const SCANNERS: readonly ((draw: Draw) => Visit[])[] = [
  // Safe Links: a browser's name, Microsoft's own addresses, soon after delivery.
  (draw) => all(5 * SECOND + draw() * 50 * SECOND, 900 + draw() * 4_000, { userAgent: CHROME, address: '40.107.22.5' }),
  (draw) => all(20 * SECOND + draw() * 9 * MINUTE, 700, { userAgent: CHROME, address: '2a01:111:f403:c000::1' }),
  // HEAD first, then what looks like a browser.
  (draw) => [
    ...all(4 * SECOND + draw() * SECOND, 60, { userAgent: CHROME, method: 'HEAD' }),
    ...all(9 * SECOND, 60, { userAgent: CHROME }),
  ],
  // Its name is on it.
  (draw) => all(3 * SECOND + draw() * MINUTE, 300, { userAgent: 'Mozilla/5.0 (compatible; Barracuda Sentinel)' }),
  // One link alone, from the gateway's own network.
  (draw) => [{ at: 3 * MINUTE + draw() * 30 * MINUTE, link: 2, seen: { userAgent: CHROME, address: '67.231.152.9' } }],
  // A sandbox under a browser's name, of no network anybody knows, minutes later, as slow as a person reads.
  (draw) => all(2 * MINUTE + draw() * 5 * MINUTE, 3_000 + draw() * 3_000, { userAgent: CHROME, address: '198.51.100.7' }),
  // One that follows what nobody sees.
  (draw) => {
    const at = MINUTE + draw() * 60 * MINUTE
    return [
      { at, link: 1, seen: { userAgent: CHROME } },
      { at: at + 2 * SECOND, link: 0, seen: { userAgent: CHROME } },
      { at: at + 5 * SECOND, link: 3, seen: { userAgent: CHROME } },
    ]
  },
  // A crawler at a hoster, two links at once.
  (draw) => all(10 * MINUTE + draw() * 60 * MINUTE, 150, { userAgent: CHROME, address: '54.92.7.7' }).slice(0, 2),
  // A mail program that loads ahead.
  (draw) => [{ at: MINUTE + draw() * 60 * MINUTE, link: 1, seen: { userAgent: CHROME, purpose: 'prefetch' } }],
  // Apple's preload of pictures.
  (draw) => [{ at: 10 * SECOND + draw() * 60 * MINUTE, link: -1, seen: { userAgent: 'Mozilla/5.0', address: '2620:149:af0::10' } }],
]

/** What people do: they read, they take their time, some sit behind a company's proxy or a hoster's VPN. */
const PEOPLE: readonly ((draw: Draw) => Visit[])[] = [
  (draw) => {
    const at = 2 * MINUTE + draw() * 600 * MINUTE
    return [
      { at: at - 20 * SECOND, link: -1, seen: { userAgent: CHROME } },
      { at, link: 1 + Math.floor(draw() * LINKS), seen: { userAgent: CHROME, activated: true } },
    ]
  },
  (draw) => [{ at: 30 * SECOND + draw() * 5 * MINUTE, link: 1, seen: { userAgent: SAFARI, activated: true, address: '126.1.2.3' } }],
  (draw) => {
    const at = 12 * MINUTE + draw() * 900 * MINUTE
    return [
      { at, link: 1, seen: { userAgent: CHROME } },
      { at: at + 8 * SECOND + draw() * MINUTE, link: 3, seen: { userAgent: CHROME } },
    ]
  },
  (draw) => [{ at: 60 * MINUTE + draw() * 60 * MINUTE, link: 2, seen: { userAgent: CHROME, address: '165.225.96.1' } }],
  (draw) => [
    { at: 20 * MINUTE + draw() * 60 * MINUTE, link: 2, seen: { userAgent: CHROME, address: '2a01:4f9:c010::1', activated: true } },
  ],
]

/** One mail with four links to each of these people; answers their tokens. */
async function mailed(people: readonly Subject[]): Promise<string[]> {
  const { versionId } = await aTemplate(linksDraft(LINKS))
  const queued = await db.tx((ctx) =>
    queue(
      ctx,
      people.map((subject) => ({ subject, what: 'notice:e4', templateVersion: versionId, purpose: 'marketing' as const })),
    ),
  )
  await sendDue(db.house)
  return queued.map(({ subject, delivery }) => mailToken(tokenKeys(db.house), { personId: subject.id, deliveryId: delivery ?? '' }))
}

test('M8 E4 of a hundred scanners’ visits at least 95 start nothing, and of a hundred people’s at most one is lost', async () => {
  const draw = seeded(20_261_122)
  const people = await someLeads(200)
  const tokens = await mailed(people)
  const from = db.clock.now().getTime()
  const visits = tokens
    .flatMap((token, i) => {
      const way = i < 100 ? SCANNERS[i % SCANNERS.length] : PEOPLE[i % PEOPLE.length]
      return (way?.(draw) ?? []).map((visit) => ({ ...visit, token }))
    })
    .sort((a, b) => a.at - b.at)
  for (const { at, link, token, seen } of visits) {
    db.clock.set(new Date(from + at).toISOString())
    const what: Seen = { method: 'GET', userAgent: '', purpose: '', ...seen }
    await settleHits(db.house)
    await db.tx<unknown>((ctx) => (link < 0 ? opened(ctx, token, what) : followed(ctx, token, link, what)))
  }
  db.clock.advance(MINUTE)
  while ((await settleHits(db.house)) > 0);
  const { rows } = await db.read((ctx) =>
    sql<{ id: string; acted: boolean; news: number }>`
      SELECT d.person_id AS id, d.clicked_at IS NOT NULL OR d.opened_at IS NOT NULL AS acted,
        (SELECT count(*)::int FROM news n JOIN journal j ON j.bucket = n.bucket AND j.id = n.event_id WHERE n.bucket = d.bucket AND n.person_id = d.person_id AND j.name IN ('mail.opened', 'mail.clicked')) AS news
      FROM delivery d WHERE d.what LIKE 'notice:e4%'`.execute(ctx.db),
  )
  const by = new Map(rows.map((row) => [row.id, row]))
  const of = (from: number, to: number) => people.slice(from, to).flatMap(({ id }) => by.get(id) ?? [])
  const caught = of(0, 100).filter((row) => !row.acted).length
  const told = of(100, 200).filter((row) => row.acted && row.news > 0).length
  expect(caught).toBeGreaterThanOrEqual(95)
  expect(told).toBeGreaterThanOrEqual(99)
}, 60_000)

test('M8 an operator’s own ranges are checked, kept plain and used for the next hit, which names the network', async () => {
  const put = (range: string, kind: 'gateway' | 'people' = 'gateway') => ({ range, kind, name: '見本フィルター' })
  for (const [range, code] of [
    ['203.0.114.0', 'network.malformed'],
    ['192.168.0.0/16', 'network.private'],
    ['0.0.0.0/0', 'network.wide'],
  ] as const)
    await expect(db.tx((ctx) => save(ctx, { own: [put('203.0.115.0/24'), put(range)] }))).rejects.toMatchObject({ code })
  await expect(db.tx((ctx) => save(ctx, { own: [put('203.0.114.1/24'), put('203.0.114.0/24')] }))).rejects.toMatchObject({
    code: 'network.twice',
  })
  await db.tx((ctx) => save(ctx, { own: [put('203.0.114.9/24'), put('54.92.0.0/16', 'people')] }))
  expect((await db.read(read)).own.map(({ range }) => range)).toEqual(['203.0.114.0/24', '54.92.0.0/16'])
  const [lead, other] = (await someLeads(2)) as [Subject, Subject]
  const [token, second] = await mailed([lead, other])
  db.clock.advance(60 * MINUTE)
  const visit = (of: string | undefined, address: string) =>
    db.tx((ctx) => followed(ctx, of ?? '', 1, { method: 'GET', userAgent: CHROME, purpose: '', address }))
  expect(await visit(token, '203.0.114.77')).toMatchObject({ agent: 'machine' })
  expect(await visit(second, '54.92.1.1')).toMatchObject({ agent: 'human' })
  const { rows } = await db.read((ctx) =>
    sql<{
      props: object
    }>`SELECT props FROM journal WHERE bucket = ${lead.bucket} AND person_id = ${lead.id} AND name = 'mail.clicked'`.execute(ctx.db),
  )
  expect(rows[0]?.props).toMatchObject({ verdict: 'machine', because: 'gateway', network: '見本フィルター' })
})
