// Caps, hours and priorities, with the real sender and a real database.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { dayIn, localTime } from '#kernel/calendar.ts'
import { DAY, HOUR } from '#kernel/clock.ts'
import { bySubject, type Subject } from '#kernel/db/buckets.ts'
import { addressHash } from '#loop/identify/consent/service.ts'
import { identify } from '#loop/identify/service.ts'
import type { TestDatabase } from '../../../../../test/database.ts'
import { testHouse } from '../../../../../test/house.ts'
import { sendDue } from '../../sender/lanes.ts'
import { openLedger } from '../../sender/ledger.ts'
import { markAsk } from '../../sender/queries.ts'
import { compile } from '../../template/kitchen.ts'
import { make } from '../../template/service.ts'
import { type Mail, queue } from '../service.ts'
import { DEFAULT_CAPS, type HeldCount, type MailCaps } from './contract.ts'
import { OPEN_CAPS } from './decide.ts'
import * as caps from './service.ts'

const ZONE = 'Asia/Tokyo'
let db: TestDatabase
let template = ''
beforeAll(async () => {
  db = await testHouse()
  await db.tx((ctx) =>
    updateCompany(ctx, {
      legalName: '株式会社見本',
      address: '東京都',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
    }),
  )
  const draft = { subject: 'x', preheader: '', blocks: [] }
  const compiled = await compile(draft)
  template = (await db.tx((ctx) => make(ctx, { name: '見本', draft }, compiled))).versionId
})
afterAll(() => db.close())
beforeEach(() => db.clock.set('2026-11-16T10:00:00+09:00'))

let people = 0
/** Leads of one company each, or all of the company of a domain. */
const someLeads = (n: number, domain?: string): Promise<Subject[]> =>
  db.tx(async (ctx) => {
    const acts = Array.from({ length: n }, () => ({
      mail: `caps${++people}@${domain ?? `caps${people}.example.co.jp`}`,
      at: ctx.now,
      route: 'form' as const,
      consent: { basis: 'consent' as const, text: '同意します' },
    }))
    return (await identify(ctx, acts)).map((one) => one.subject)
  })
const set = (given: Partial<MailCaps>) => db.tx((ctx) => caps.save(ctx, { ...OPEN_CAPS, ...given }))
/** Everybody behind a count, read page by page; as many as are counted. */
async function behind(of: HeldCount): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await db.read((ctx) => caps.people(ctx, { of, limit: 1, ...(cursor ? { cursor } : {}) }))
    for (const { personId, mail } of items) {
      expect(mail).toMatchObject({ name: '見本', reason: of === 'quiet' ? 'quiet' : 'capped' })
      expect(mail.until === null).toBe(of === 'givenUp')
      found.push(personId)
    }
    if (!next) break
    cursor = next
  }
  expect(found).toHaveLength((await db.read((ctx) => caps.read(ctx))).waiting[of])
  return found
}
let mails = 0
const mail = (subject: Subject, more: Partial<Mail> = {}): Mail => ({
  subject,
  what: `notice:caps:${++mails}`,
  templateVersion: template,
  purpose: 'marketing',
  ...more,
})
const put = (of: readonly Mail[]) => db.tx((ctx) => queue(ctx, of))
interface Row {
  readonly what: string
  readonly person_id: string
  readonly status: string
  readonly reason: string | null
  readonly not_before: Date
  readonly marked_at: Date | null
  readonly priority: number
}
const rowsOf = async (of: readonly Subject[]): Promise<Row[]> =>
  (
    await db.read((ctx) =>
      sql<Row>`SELECT what, person_id, status, reason, not_before, marked_at, priority FROM delivery
        WHERE person_id = ANY(${of.map(({ id }) => id)}::uuid[]) ORDER BY created_at, id`.execute(ctx.db),
    )
  ).rows
const tally = (rows: readonly Row[]) =>
  Object.fromEntries([...Map.groupBy(rows, (row) => row.status)].map(([key, all]) => [key, all.length]))

describe('how often', () => {
  test('GEN-07 GEN-08 a mail with a later time of its own never leaves before it, whatever becomes of the caps', async () => {
    const hours = { isOn: true, from: '08:00', to: '20:00', weekdays: [0, 1, 2, 3, 4, 5, 6], holidays: true, closedDays: true }
    await set({ hours })
    const [who] = (await someLeads(1)) as [Subject]
    const notBefore = new Date('2026-11-18T22:00:00+09:00')
    await put([mail(who, { notBefore })])
    await set({ hours: { ...hours, isOn: false } })
    await sendDue(db.house)
    expect((await rowsOf([who]))[0]?.status).toBe('queued')
    await set({ hours })
    db.clock.set('2026-11-18T22:00:00+09:00')
    await sendDue(db.house)
    expect((await rowsOf([who]))[0]).toMatchObject({
      status: 'deferred',
      reason: 'quiet',
      not_before: new Date('2026-11-19T08:00:00+09:00'),
    })
    expect(await behind('quiet')).toContain(who.id)
  })

  test('GEN-07 over the cap of a day a mail is postponed with the instant and the reason, keeps its place, and leaves on the next day', async () => {
    await set({ perDay: 1 })
    const [who] = (await someLeads(1)) as [Subject]
    await put([mail(who), mail(who), mail(who)])
    await sendDue(db.house)
    const today = await rowsOf([who])
    expect(today.map(({ status, reason }) => [status, reason])).toEqual([
      ['sent', null],
      ['deferred', 'capped'],
      ['deferred', 'capped'],
    ])
    expect(today[1]?.not_before).toEqual(new Date('2026-11-17T00:00:00+09:00'))
    const { items } = await db.read((ctx) => caps.ofLead(ctx, { leadId: who.id }))
    expect(items).toMatchObject([
      { reason: 'capped', until: '2026-11-16T15:00:00.000Z' },
      { reason: 'capped', until: '2026-11-16T15:00:00.000Z' },
    ])
    expect((await db.read((ctx) => caps.read(ctx))).waiting).toMatchObject({ capped: 2 })
    expect(await behind('capped')).toEqual([who.id, who.id])
    db.clock.set('2026-11-17T00:00:00+09:00')
    await sendDue(db.house)
    expect((await rowsOf([who])).map(({ status }) => status)).toEqual(['sent', 'sent', 'deferred'])
    db.clock.set('2026-11-18T00:00:00+09:00')
    await sendDue(db.house)
    expect(tally(await rowsOf([who]))).toEqual({ sent: 3 })
  })

  test('GEN-07 what comes when the cap is reached already is postponed as it is queued; what they asked for themselves is outside', async () => {
    await set({ perDay: 1 })
    const [who] = (await someLeads(1)) as [Subject]
    await put([mail(who)])
    await sendDue(db.house)
    const [later, asked] = await put([mail(who), mail(who, { purpose: 'transactional' })])
    expect(later).toMatchObject({ reason: null, waits: { reason: 'capped', until: new Date('2026-11-17T00:00:00+09:00') } })
    expect(asked).toMatchObject({ reason: null, waits: null })
    await sendDue(db.house)
    expect(tally(await rowsOf([who]))).toEqual({ sent: 2, deferred: 1 })
  })

  test('GEN-07 of two that want the last place the one of higher priority goes, whichever came first', async () => {
    await set({ perDay: 1 })
    const [who] = (await someLeads(1)) as [Subject]
    const [low, high] = [mail(who, { priority: 2 }), mail(who, { priority: 5 })]
    await put([low])
    await put([high])
    await sendDue(db.house)
    const rows = await rowsOf([who])
    expect(rows.find((row) => row.what === high.what)?.status).toBe('sent')
    expect(rows.find((row) => row.what === low.what)).toMatchObject({ status: 'deferred', reason: 'capped' })
  })

  test('GEN-07 the people of one company get no more on one day than the cap of companies', async () => {
    await set({ perCompanyDay: 3 })
    const crowd = await someLeads(8, 'one-company.example.co.jp')
    await db.house.pool.query("UPDATE person SET company_id = '00000000-0000-4000-8000-00000000c0c0' WHERE id = ANY($1)", [
      crowd.map(({ id }) => id),
    ])
    await put(crowd.map((who) => mail(who)))
    await sendDue(db.house)
    expect(tally(await rowsOf(crowd))).toEqual({ sent: 3, deferred: 5 })
    db.clock.set('2026-11-17T09:00:00+09:00')
    await sendDue(db.house)
    db.clock.set('2026-11-18T09:00:00+09:00')
    await sendDue(db.house)
    expect(tally(await rowsOf(crowd))).toEqual({ sent: 8 })
  })

  test('GEN-07 what the caps have held back for too long is given up, and the row says so', async () => {
    await set({ perWeek: 1, mostDays: 3 })
    const [who] = (await someLeads(1)) as [Subject]
    await put([mail(who), mail(who)])
    await sendDue(db.house)
    expect((await rowsOf([who])).map(({ status, reason }) => [status, reason])).toEqual([
      ['sent', null],
      ['suppressed', 'capped'],
    ])
    expect(await behind('givenUp')).toEqual([who.id])
  })

  test('GEN-07 wider caps let go at once what waited by the narrow ones', async () => {
    await set({ perDay: 1 })
    const [who] = (await someLeads(1)) as [Subject]
    await put([mail(who), mail(who)])
    await sendDue(db.house)
    expect((await set({ perDay: 2 })).released).toBeGreaterThanOrEqual(1)
    await sendDue(db.house)
    expect(tally(await rowsOf([who]))).toEqual({ sent: 2 })
  })

  test('GEN-07 S1 workers that mark at once never pass a cap: the people are locked at the mark', async () => {
    await set({ perDay: 2 })
    const crowd = await someLeads(12)
    const all = crowd.flatMap((who) => Array.from({ length: 6 }, () => mail(who)))
    await put(all)
    // All rows are claimed already, by eight workers who know nothing of each other.
    const workers = Array.from({ length: 8 }, (_, i) => `00000000-0000-4000-8000-0000000000${10 + i}`)
    const held = await db.tx((ctx) =>
      sql<{ bucket: number; person_id: string; id: string; fence: number; worker: string; mail: string }>`WITH n AS (
          SELECT d.bucket, d.person_id, d.id, row_number() OVER (ORDER BY d.id) AS k, p.mail FROM delivery d JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id
          WHERE d.what = ANY(${all.map(({ what }) => what)}::text[]))
        UPDATE delivery d SET status = 'claimed', fence = 1, worker = (${workers}::uuid[])[1 + n.k % 8] FROM n
        WHERE d.bucket = n.bucket AND d.person_id = n.person_id AND d.id = n.id RETURNING d.bucket, d.person_id, d.id, d.fence, d.worker, n.mail`.execute(
        ctx.db,
      ),
    )
    const ledgers = new Map(workers.map((worker) => [worker, openLedger(db.house, worker)]))
    const mark = ({ mail: address, ...row }: (typeof held.rows)[number]) =>
      ledgers.get(row.worker)?.mark({ ...row, address, displayId: null })
    await Promise.all(held.rows.map(mark))
    // Whoever found a person locked asks again, as lanes do.
    const yes: (boolean | undefined)[] = []
    for (const row of held.rows) yes.push(await mark(row))
    const rows = await rowsOf(crowd)
    expect(tally(rows)).toEqual({ transmitting: 24, deferred: 48 })
    expect(yes.filter(Boolean)).toHaveLength(24)
    for (const mine of Map.groupBy(rows, (row) => row.person_id).values())
      expect(mine.filter((row) => row.status === 'transmitting')).toHaveLength(2)
  })

  test('GEN-07 S1 while one worker marks, another passes the same person over; asked again it finds the place taken', async () => {
    await set({ perDay: 1 })
    const [who] = (await someLeads(1)) as [Subject]
    const [one, two] = [mail(who), mail(who)]
    await put([one, two])
    const [first, second] = ['00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000a2'] as const
    const claimed = await db.tx((ctx) =>
      sql<{
        bucket: number
        person_id: string
        id: string
        what: string
        mail: string
      }>`UPDATE delivery d SET status = 'claimed', fence = 1,
          worker = CASE d.what WHEN ${one.what} THEN ${first}::uuid ELSE ${second}::uuid END FROM person p
        WHERE d.person_id = ${who.id} AND p.bucket = d.bucket AND p.id = d.person_id RETURNING d.bucket, d.person_id, d.id, d.what, p.mail`.execute(
        ctx.db,
      ),
    )
    const askOf = (what: string) => {
      const { mail: address, what: _what, ...key } = claimed.rows.find((row) => row.what === what) as (typeof claimed.rows)[number]
      return { ...key, fence: 1, address, displayId: null }
    }
    const other = openLedger(db.house, second)
    await db.tx(async (ctx) => {
      const rows = [askOf(one.what)]
      expect(
        (await markAsk({ worker: first, now: ctx.now, rows, hashOf: (text) => addressHash(ctx.house, text) }).execute(ctx.db)).rows,
      ).toHaveLength(1)
      expect(await other.mark(askOf(two.what))).toBe(false)
    })
    expect(await other.mark(askOf(two.what))).toBe(false)
    expect(tally(await rowsOf([who]))).toEqual({ transmitting: 1, deferred: 1 })
  })
})

describe('at which hours', () => {
  test('GEN-08 by default a mail of Friday evening waits over weekend and holiday to Tuesday morning', async () => {
    await db.tx((ctx) => caps.save(ctx, DEFAULT_CAPS))
    db.clock.set('2026-11-20T20:30:00+09:00')
    const [who] = (await someLeads(1)) as [Subject]
    const [queued] = await put([mail(who)])
    expect(queued?.waits).toEqual({ reason: 'quiet', until: new Date('2026-11-24T08:00:00+09:00') })
    for (const at of ['2026-11-21T12:00:00+09:00', '2026-11-23T12:00:00+09:00', '2026-11-24T07:59:59+09:00']) {
      db.clock.set(at)
      await sendDue(db.house)
      expect((await rowsOf([who]))[0]).toMatchObject({ status: 'deferred', reason: 'quiet' })
    }
    db.clock.set('2026-11-24T08:00:00+09:00')
    await sendDue(db.house)
    expect((await rowsOf([who]))[0]).toMatchObject({ status: 'sent' })
  })

  test('GEN-08 what was due at noon and is only reached at night waits until the morning', async () => {
    await db.tx((ctx) => caps.save(ctx, DEFAULT_CAPS))
    const [who] = (await someLeads(1)) as [Subject]
    await put([mail(who)])
    db.clock.set('2026-11-16T21:00:00+09:00')
    await sendDue(db.house)
    expect((await rowsOf([who]))[0]).toMatchObject({
      status: 'deferred',
      reason: 'quiet',
      not_before: new Date('2026-11-17T08:00:00+09:00'),
    })
  })

  test('hours that end before they begin, or open on no day, are refused', async () => {
    const hours = { ...DEFAULT_CAPS.hours, from: '20:00', to: '08:00' }
    await expect(set({ hours })).rejects.toMatchObject({ kind: 'unprocessable' })
    await expect(set({ hours: { ...DEFAULT_CAPS.hours, weekdays: [] } })).rejects.toMatchObject({ kind: 'unprocessable' })
  })
})

test.each([
  [1, 3, 0],
  [2, 5, 4],
])(
  'GEN-07 GEN-08 over sixty days the sum of states is exact, nobody ever gets more than %i a day and %i in seven days, nothing leaves outside the hours',
  async (perDay, perWeek, salt) => {
    db.clock.set('2026-11-02T06:00:00+09:00')
    await db.tx((ctx) => caps.save(ctx, { ...DEFAULT_CAPS, perDay, perWeek, mostDays: 20 }))
    const crowd = (await someLeads(6)).sort(bySubject)
    let asked = 0
    for (let step = 0; step < 60 * 4; step++) {
      // Busy for forty days, quiet afterwards: by the end each mail has left or was given up.
      const wishes = step < 160 ? crowd.filter((_, i) => (step * 7 + i * 13 + salt) % 5 === 0) : []
      if (wishes.length) await put(wishes.map((who, i) => mail(who, { priority: 1 + ((step + i) % 5) })))
      asked += wishes.length
      await sendDue(db.house)
      db.clock.advance(6 * HOUR)
    }
    const rows = await rowsOf(crowd)
    const states = tally(rows)
    expect((states['sent'] ?? 0) + (states['suppressed'] ?? 0)).toBe(asked)
    expect(states['sent']).toBeGreaterThan(asked / 3)
    expect(rows.filter((row) => row.status === 'suppressed').every((row) => row.reason === 'capped')).toBe(true)
    for (const mine of Map.groupBy(rows, (row) => row.person_id).values()) {
      const days = mine.flatMap((row) => (row.marked_at ? [dayIn(ZONE, row.marked_at)] : [])).sort()
      for (const day of days) {
        const week = days.filter((one) => one <= day && Date.parse(day) - Date.parse(one) < 7 * DAY)
        expect(days.filter((one) => one === day).length).toBeLessThanOrEqual(perDay)
        expect(week.length).toBeLessThanOrEqual(perWeek)
      }
    }
    for (const { marked_at: at } of rows) {
      if (!at) continue
      const { day, time } = localTime(ZONE, at)
      expect(time >= '08:00' && time < '20:00', `${day} ${time}`).toBe(true)
      expect(db.house.calendar.holidayName(day)).toBeNull()
      expect([1, 2, 3, 4, 5]).toContain(new Date(`${day}T00:00:00Z`).getUTCDay())
    }
  },
)
