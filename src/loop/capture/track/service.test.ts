import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import { subjectOf } from '#kernel/db/buckets.ts'
import type { JsonObject } from '#kernel/json.ts'
import { personTables as identifyTables } from '#loop/identify/tables.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { property } from '../../../../test/world.ts'
import type { Site } from './contract.ts'
import { facts } from './facts.ts'
import { accept } from './ingest.ts'
import { tidyTracking } from './jobs.ts'
import { isObject } from './json.ts'
import { parseSegment } from './parse-segment.ts'
import { parseBeacon } from './parse-tag.ts'
import { replay } from './replay.ts'
import * as service from './service.ts'
import { personTables as trackTables } from './tables.ts'
import * as visitors from './visitors/service.ts'

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const browser = { userAgent: CHROME, origin: null, gpc: false }
const server = { userAgent: 'analytics-node', origin: null, gpc: false }

const ways = new Map<string, string>()
let world: TestDatabase
let site: Site
beforeAll(async () => {
  const wayOf = (_house: unknown, token: string) => ways.get(token) ?? null
  world = await testDatabase({ ports: { personTables: [...identifyTables, ...trackTables], wayOf } })
  site = await world.tx((ctx) => service.addSite(ctx, { name: '見本サイト', domains: [], consentMode: 'notice', countRobots: true }))
})
afterAll(() => world.close())

interface TagEvent {
  readonly [key: string]: unknown
}
let serial = 0
const view = (visitor: string, over: TagEvent = {}): TagEvent => ({
  i: `m${++serial}`,
  n: 'page.viewed',
  t: world.clock.now().getTime(),
  c: 'i',
  v: visitor,
  s: 'visit1',
  u: 'https://example.co.jp/',
  p: { title: '見本' },
  ...over,
})

/** Posts as the tag does. */
async function beacon(events: readonly TagEvent[], sender = browser, key = site.writeKey) {
  const parsed = parseBeacon({ k: key, z: world.clock.now().getTime(), e: events }, { length: 10, isClean: false })
  if ('reason' in parsed) throw new Error(parsed.reason)
  return accept(world.house, parsed, sender, null)
}
async function segment(batch: readonly object[], sender = server) {
  const parsed = parseSegment('batch', { writeKey: site.writeKey, batch }, { length: 10, isClean: false })
  if ('reason' in parsed) throw new Error(parsed.reason)
  return accept(world.house, parsed, sender, null)
}
interface Row {
  name: string
  person_id: string
  historic: boolean
  page_group: string | null
  occurred_at: Date
  props: JsonObject
}
const journal = (device: string) =>
  world.read(
    async (ctx) =>
      (
        await sql<Row>`SELECT name, person_id, historic, page_group, occurred_at, props FROM journal WHERE via = ${device} ORDER BY occurred_at, name`.execute(
          ctx.db,
        )
      ).rows,
  )
const counted = async (reason: string) =>
  Number(
    (
      await world.read((ctx) =>
        sql<{ n: number }>`SELECT coalesce(sum(n), 0) AS n FROM ingest_count WHERE reason = ${reason} AND site_id = ${site.id}`.execute(
          ctx.db,
        ),
      )
    ).rows[0]?.n,
  )

test('TRK-01 TRK-02 pages of an anonymous visitor lie in the journal with their visit, and begin one session', async () => {
  const landing = 'https://example.co.jp/?utm_source=google&utm_medium=cpc&utm_term=%E7%B5%8C%E8%B2%BB'
  await beacon([
    view('a1', { u: landing, p: { referrer: 'https://www.google.com/' } }),
    view('a1', { u: 'https://example.co.jp/pricing' }),
    view('a1', { n: 'page.left', p: { engaged: 42, more: 42, scroll: 80 } }),
  ])
  const rows = await journal('a1')
  expect(rows.map((row) => row.name).sort()).toEqual(['page.left', 'page.viewed', 'page.viewed', 'session.started'])
  expect(new Set(rows.map((row) => row.person_id)).size).toBe(1)
  expect(new Set(rows.map((row) => row.props['visit'])).size).toBe(1)
  const started = rows.find((row) => row.name === 'session.started')
  expect(started?.props).toMatchObject({
    channel: 'paid-search',
    keyword: '経費',
    url: landing,
    utm: { source: 'google', medium: 'cpc', term: '経費' },
  })
})

test('TRK-07 dwell time and number of visits are known per visitor and per visit', async () => {
  await beacon([view('a2', { s: 'x' }), view('a2', { s: 'x', n: 'page.left', p: { engaged: 10, more: 10 } })])
  world.clock.advance(2 * HOUR)
  await beacon([
    view('a2', { s: 'y' }),
    view('a2', { s: 'y', n: 'page.left', p: { engaged: 30, more: 30 } }),
    view('a2', { s: 'y', n: 'page.left', p: { engaged: 45, more: 15 } }),
  ])
  const person = (await journal('a2'))[0]?.person_id as string
  const { items } = await world.read((ctx) => visitors.visits(ctx, { id: person, limit: 10 }))
  expect(items.map((visit) => [visit.pages, visit.engaged])).toEqual([
    [1, 45],
    [1, 10],
  ])
  expect((await journal('a2')).filter((row) => row.name === 'session.started')).toHaveLength(2)
})

test('TRK-07 TRK-12 visits, reading time, channel and keyword are facts, the same loaded and in SQL', async () => {
  const landing = 'https://example.co.jp/?utm_source=google&utm_medium=cpc&utm_term=MA'
  await beacon([view('f1', { s: 'x', u: landing }), view('f1', { s: 'x', n: 'page.left', p: { engaged: 90, more: 90 } })])
  world.clock.advance(2 * HOUR)
  await beacon([view('f1', { s: 'y' }), view('f1', { s: 'y', n: 'page.left', p: { engaged: 7, more: 7 } })])
  const subject = subjectOf((await journal('f1'))[0]?.person_id as string)
  const values = await world.read(async (ctx) => {
    const loaded: Record<string, unknown> = {}
    for (const fact of facts) {
      loaded[fact.name] = (await fact.load(ctx, [subject])).get(subject.id)
      const inSql = await sql<{ value: unknown }>`SELECT ${fact.sql('person')} AS value FROM person WHERE id = ${subject.id}`.execute(
        ctx.db,
      )
      expect([fact.name, inSql.rows[0]?.value]).toEqual([fact.name, loaded[fact.name]])
    }
    return loaded
  })
  expect(values).toEqual({
    'visits.count': 2,
    'visits.latest_at': world.clock.now(),
    'visits.engaged_seconds': 97,
    'visits.latest_engaged_seconds': 7,
    'visits.first_channel': 'paid-search',
    'visits.latest_channel': 'direct',
    'visits.first_keyword': 'MA',
    'visits.latest_keyword': 'MA',
  })
})

test('I2 the same messages sent again, shuffled and late, have no second effect and are counted', async () => {
  const events = Array.from({ length: 12 }, (_, i) =>
    view('a3', { t: world.clock.now().getTime() - i * MINUTE, u: `https://example.co.jp/${i}` }),
  )
  await beacon(events)
  const before = await journal('a3')
  const duplicates = await counted('duplicate')
  expect(await counted('conflict')).toBe(0)
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(events, { minLength: 1 }), fc.boolean(), async (again, otherBody) => {
      await beacon(again.map((event) => (otherBody ? { ...event, p: { title: 'another body' } } : event)))
    }),
    { ...property, numRuns: 20 },
  )
  expect(await journal('a3')).toEqual(before)
  expect(await counted('duplicate')).toBeGreaterThan(duplicates)
  expect(await counted('conflict')).toBeGreaterThan(0)
})

test('I2 a repeat with the same body is a duplicate, one with another body a conflict, also within one post', async () => {
  const one = view('a31', { i: 'once' })
  const before = [await counted('duplicate'), await counted('conflict')]
  await beacon([one, one, { ...one, p: { title: 'another body' } }])
  await beacon([one])
  expect([await counted('duplicate'), await counted('conflict')]).toEqual([(before[0] ?? 0) + 2, (before[1] ?? 0) + 1])
})

test('I2 I4 properties are kept whatever they are called, also by names that every object of JavaScript answers to', async () => {
  const told = { constructor: 'c', toString: 't', valueOf: 1, hasOwnProperty: true }
  await beacon([view('a32', { p: told })])
  await segment([{ type: 'track', event: 'named', anonymousId: 'a33', properties: told }])
  for (const device of ['a32', 'a33']) {
    const { props } = (await journal(device)).find((row) => row.name !== 'session.started') ?? {}
    expect(Object.entries(props ?? {})).toEqual(expect.arrayContaining(Object.entries(told)))
  }
})

test('I2 the same message id for another person is another message', async () => {
  const before = [await counted('accepted'), await counted('duplicate')]
  await beacon([view('a4', { i: 'same' }), view('a5', { i: 'same' })])
  expect([await counted('accepted'), await counted('duplicate')]).toEqual([(before[0] ?? 0) + 2, before[1]])
  expect(await journal('a4')).toHaveLength(2)
  expect(await journal('a5')).toHaveLength(2)
  // One of them again, with a third who has not had it: only that one is new.
  await beacon([view('a6', { i: 'same' }), view('a4', { i: 'same' })])
  expect([await counted('accepted'), await counted('duplicate')]).toEqual([(before[0] ?? 0) + 3, (before[1] ?? 0) + 1])
})

test('GEN-06 robots are counted by name and become nobody', async () => {
  const before = await counted('robot')
  await beacon([view('robot1')], { ...browser, userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' })
  expect(await counted('robot')).toBe(before + 1)
  expect(await journal('robot1')).toEqual([])
})

test('TRK-01 an opt-in site drops what was not agreed to, counted', async () => {
  await world.tx((ctx) => service.changeSite(ctx, { id: site.id, consentMode: 'opt-in' }))
  await beacon([view('b1'), view('b2', { c: 'g' })])
  expect(await journal('b1')).toEqual([])
  expect(await journal('b2')).toHaveLength(2)
  expect(await counted('consent')).toBe(1)
  await world.tx((ctx) => service.changeSite(ctx, { id: site.id, consentMode: 'notice' }))
})

test('TRK-01 an unknown or archived key is refused', async () => {
  await expect(beacon([view('c1')], browser, 'nobody')).rejects.toMatchObject({ kind: 'unauthenticated' })
  const old = await world.tx((ctx) => service.addSite(ctx, { name: 'old', domains: [], consentMode: 'off', countRobots: true }))
  await world.tx((ctx) => service.changeSite(ctx, { id: old.id, archived: true }))
  await expect(beacon([view('c1')], browser, old.writeKey)).rejects.toMatchObject({ kind: 'unauthenticated' })
  await beacon([view('c2')])
  const strangers = await world.read((ctx) =>
    sql<{ n: number }>`SELECT sum(n)::int AS n FROM ingest_count WHERE reason = 'key' AND site_id IS NULL`.execute(ctx.db),
  )
  expect(strangers.rows[0]?.n).toBe(2)
})

test('TRK-01 page groups are stamped on acceptance, the first match winning', async () => {
  const group = await world.tx((ctx) => service.addPageGroup(ctx, { name: '料金', patterns: ['/pricing*'] }))
  await beacon([view('d1', { u: 'https://example.co.jp/pricing/a' }), view('d1', { u: 'https://example.co.jp/' })])
  expect(
    (await journal('d1'))
      .filter((row) => row.name === 'page.viewed')
      .map((row) => row.page_group)
      .sort(),
  ).toEqual([group.id, null].sort())
  await expect(world.tx((ctx) => service.addPageGroup(ctx, { name: '料金', patterns: ['/x'] }))).rejects.toMatchObject({ kind: 'conflict' })
  expect((await world.read((ctx) => service.tryPageGroup(ctx, { url: 'https://example.co.jp/pricing' }))).group?.id).toBe(group.id)
})

test('I1 a poison event stands alone and the events that travelled with it are stored', async () => {
  const bad = { type: 'identify', messageId: 'bad', anonymousId: 'p1', traits: { email: 'not an address' } }
  const results = await Promise.all([
    segment([{ type: 'page', messageId: 'p-1', anonymousId: 'p2' }]),
    segment([bad, { type: 'page', messageId: 'p-2', anonymousId: 'p3' }]),
    segment([{ type: 'page', messageId: 'p-3', anonymousId: 'p4' }]),
  ])
  expect(results.map((result) => [result.accepted, result.rejected.map((each) => each.index)])).toEqual([
    [1, []],
    [1, [0]],
    [1, []],
  ])
  for (const device of ['p2', 'p3', 'p4']) expect(await journal(device)).toHaveLength(2)
})

test('TRK-02 identify makes the visitor a lead without mailing basis; only the documented consent gives one', async () => {
  await segment([
    { type: 'page', messageId: 'q1', anonymousId: 'q', properties: { url: 'https://example.co.jp/' } },
    { type: 'identify', messageId: 'q2', anonymousId: 'q', userId: 'user-1', traits: { email: 'mihon@example.co.jp', name: '見本 一郎' } },
    {
      type: 'identify',
      messageId: 'q3',
      userId: 'user-2',
      traits: { email: 'mihon2@example.co.jp', mail_consent: { text: 'メールを受け取ります', at: '2026-04-01T00:00:00Z' } },
    },
    { type: 'track', messageId: 'q4', userId: 'user-1', event: 'plan_compared', properties: { plan: 'B' } },
  ])
  const people = await world.read((ctx) =>
    ctx.db
      .selectFrom('person')
      .select(['id', 'mail', 'mail_basis', 'family_name'])
      .where('mail', 'like', 'mihon%')
      .orderBy('mail')
      .execute(),
  )
  expect(people.map((person) => [person.mail, person.mail_basis, person.family_name])).toEqual([
    ['mihon2@example.co.jp', 4, null],
    ['mihon@example.co.jp', 0, '見本'],
  ])
  const mine = await world.read((ctx) => visitors.visitorEvents(ctx, { id: people[1]?.id as string, limit: 50 }))
  expect(mine.items.map((event) => event.name)).toEqual(expect.arrayContaining(['page.viewed', 'custom.plan_compared']))
})

test('TRK-02 a browser, whose key is public, fills in what is not known of a lead and overwrites nothing', async () => {
  const claim = { n: 'identify', p: { traits: { email: 'mihon@example.co.jp', lastName: '偽', title: '部長' } } }
  await beacon([view('claimer', claim)])
  const person = await world.read((ctx) =>
    ctx.db.selectFrom('person').select(['family_name', 'title']).where('mail', '=', 'mihon@example.co.jp').executeTakeFirst(),
  )
  expect(person).toEqual({ family_name: '見本', title: '部長' })
})

test('TRK-02 an identify that names nobody, and one sent twice, are counted and change nothing', async () => {
  const before = [await counted('unnamed'), await counted('duplicate')]
  await segment([{ type: 'identify', messageId: 'r1', anonymousId: 'r', traits: { plan: 'x' } }])
  await segment([
    { type: 'identify', messageId: 'q2', anonymousId: 'q', userId: 'user-1', traits: { email: 'mihon@example.co.jp', name: '別名 太郎' } },
  ])
  expect([await counted('unnamed'), await counted('duplicate')]).toEqual([(before[0] as number) + 1, (before[1] as number) + 1])
  const person = await world.read((ctx) =>
    ctx.db.selectFrom('person').select('family_name').where('mail', '=', 'mihon@example.co.jp').executeTakeFirst(),
  )
  expect(person?.family_name).toBe('見本')
})

test('TRK-13 the pass of a mail click ties an unknown device to the person, never a known one, and is not kept', async () => {
  const person = await world.read((ctx) =>
    ctx.db.selectFrom('person').select('id').where('mail', '=', 'mihon2@example.co.jp').executeTakeFirstOrThrow(),
  )
  ways.set('pass1', person.id)
  await beacon([view('w1', { u: 'https://example.co.jp/before' })])
  await beacon([
    view('w1', { u: 'https://example.co.jp/case?a=1&hgk=pass1&b=2' }),
    view('w1', { u: 'https://example.co.jp/next', p: { referrer: 'https://example.co.jp/case?hgk=pass1' } }),
  ])
  const rows = await journal('w1')
  expect(new Set(rows.map((row) => row.person_id))).toEqual(new Set([person.id]))
  expect(
    rows
      .filter((row) => row.name === 'page.viewed')
      .map((row) => row.props['url'])
      .sort(),
  ).toEqual(['https://example.co.jp/before', 'https://example.co.jp/case?a=1&b=2', 'https://example.co.jp/next'])
  expect(JSON.stringify(rows)).not.toContain('hgk')
  const other = await world.read((ctx) =>
    ctx.db.selectFrom('person').select('id').where('mail', '=', 'mihon@example.co.jp').executeTakeFirstOrThrow(),
  )
  ways.set('pass2', other.id)
  await beacon([view('w1', { u: 'https://example.co.jp/forwarded?hgk=pass2' })])
  expect((await journal('w1')).every((row) => row.person_id === person.id)).toBe(true)
})

test('TRK-02 traits of a visitor without a name stay with the visitor', async () => {
  await segment([
    { type: 'page', messageId: 't1', anonymousId: 'traits' },
    { type: 'identify', messageId: 't2', anonymousId: 'traits', traits: { company: '株式会社サンプル02' } },
  ])
  const id = (await journal('traits'))[0]?.person_id as string
  const person = await world.read((ctx) =>
    ctx.db.selectFrom('person').select(['company_name', 'identified_at']).where('id', '=', id).executeTakeFirst(),
  )
  expect(person).toEqual({ company_name: '株式会社サンプル02', identified_at: null })
})

test('I3 clocks that are off by ten years, in year 1 or 9999, or silent are accepted with a time that can be', async () => {
  const now = world.clock.now().getTime()
  const stamps = ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2016-12-31T23:59:60Z', new Date(now + 3_650 * DAY).toISOString(), null]
  const result = await segment(
    stamps.map((timestamp, i) => ({ type: 'track', event: 'x', messageId: `s${i}`, anonymousId: 's', timestamp })),
  )
  expect(result).toEqual({ accepted: 5, rejected: [] })
  for (const row of await journal('s')) expect(row.occurred_at.getTime()).toBe(now)
})

test('TRK-16 the live list shows who is here, since when and where, and forgets them after five minutes', async () => {
  await beacon([view('live1', { s: 'l', u: 'https://example.co.jp/faq', p: { title: 'よくある質問' } })])
  const there = (await world.read((ctx) => visitors.live(ctx, { siteId: site.id }))).items.find((each) => each.title === 'よくある質問')
  expect(there).toMatchObject({ url: 'https://example.co.jp/faq', pages: 1, visits: 1, isLead: false, name: null })
  world.clock.advance(6 * MINUTE)
  expect((await world.read((ctx) => visitors.live(ctx, {}))).items).toEqual([])
})

test('TRK-01 the site knows when it was last seen', async () => {
  await beacon([view('seen1', { u: 'https://example.co.jp/seen' })])
  const [found] = (await world.read((ctx) => service.sites(ctx, { archived: false }))).items
  expect(found?.seenAt).toBe(world.clock.now().toISOString())
  expect(found?.seenUrl).toBe('https://example.co.jp/seen')
  expect(found?.snippet).toContain(`data-key="${site.writeKey}"`)
})

test('GEN-06 folding the counts keeps every sum', async () => {
  const all = () => world.read(async (ctx) => (await service.counts(ctx, { days: 30 })).items)
  const before = await all()
  world.clock.advance(10 * MINUTE)
  await tidyTracking.run(world.house, {})
  expect(await all()).toEqual(before)
  const rows = await world.read((ctx) => sql<{ n: number }>`SELECT count(*) AS n FROM ingest_count`.execute(ctx.db))
  expect(Number(rows.rows[0]?.n)).toBe(before.length)
})

const LOG = [
  `192.0.2.1 - - [01/Apr/2026:10:00:00 +0900] "GET /pricing HTTP/1.1" 200 10 "https://example.co.jp/" "${CHROME}"`,
  `192.0.2.1 - - [01/Apr/2026:10:10:00 +0900] "GET /faq HTTP/1.1" 304 10 "-" "${CHROME}"`,
  `192.0.2.1 - - [01/Apr/2026:11:00:00 +0900] "GET /pricing HTTP/1.1" 200 10 "-" "${CHROME}"`,
  `192.0.2.1 - - [01/Apr/2026:11:00:00 +0900] "GET /pricing HTTP/1.1" 200 10 "-" "${CHROME}"`,
  `192.0.2.1 - - [01/Apr/2026:11:00:01 +0900] "GET /style.css HTTP/1.1" 200 10 "https://example.co.jp/" "${CHROME}"`,
  `192.0.2.1 - - [01/Apr/2026:11:00:02 +0900] "GET /guide.pdf HTTP/1.1" 200 10 "-" "${CHROME}"`,
  `192.0.2.2 - - [01/Apr/2026:11:00:02 +0900] "POST /pricing HTTP/1.1" 200 10 "-" "${CHROME}"`,
  `192.0.2.2 - - [01/Apr/2026:11:00:02 +0900] "GET /gone HTTP/1.1" 404 10 "-" "${CHROME}"`,
  `192.0.2.3 - - [01/Apr/2026:11:00:02 +0900] "GET / HTTP/1.1" 200 10 "-" "Googlebot/2.1"`,
  'this is no log line',
]
async function* lines() {
  yield* LOG
}

test('TRK-02 GEN-06 a replayed log gives historic visits that never expire, robots apart, and the same again gives nothing', async () => {
  const first = await replay(world.house, lines(), { site: 'log' })
  expect(first).toMatchObject({
    lines: 10,
    unread: 1,
    visitors: 1,
    fresh: 5,
    origin: 'https://example.co.jp',
    kinds: { page: 4, download: 1, robot: 1, asset: 1, other: 2 },
  })
  const counts = await world.read((ctx) => service.counts(ctx, { days: 30 }))
  const again = await replay(world.house, lines(), { site: 'log' })
  expect(again).toMatchObject({ fresh: 0, visitors: 1 })
  expect(await world.read((ctx) => service.counts(ctx, { days: 30 }))).toEqual(counts)
  const rows = (await world.read((ctx) => sql<Row>`SELECT * FROM journal WHERE via LIKE 'log:%' ORDER BY occurred_at`.execute(ctx.db))).rows
  expect(rows.filter((row) => row.name === 'session.started')).toHaveLength(2)
  expect(rows.every((row) => row.historic)).toBe(true)
  const kept = await world.read((ctx) =>
    ctx.db
      .selectFrom('person')
      .select('keep')
      .where('id', '=', rows[0]?.person_id as string)
      .executeTakeFirst(),
  )
  expect(kept?.keep).toBe(true)
})

test('I4 any JSON in events of our tag and of Segment is stored or refused with a reason, 200 seeds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.string({ unit: 'binary' }), async (value, text) => {
      const props = isObject(value) ? value : { value }
      const results = await Promise.allSettled([
        beacon([view('fuzz', { p: props, n: `custom.${text.slice(0, 50)}` })]),
        segment([{ type: 'track', event: text || 'x', anonymousId: text || 'f', properties: props, traits: value, messageId: text }]),
      ])
      for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ kind: 'invalid' })
    }),
    property,
  )
  expect(Object.keys({})).toEqual([])
})
