import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { addressHash } from '#loop/identify/consent/service.ts'
import { identify } from '#loop/identify/service.ts'
import { testHouse } from '../../../../test/house.ts'
import { aTemplate, db, openMailing } from '../../../../test/mailing.ts'
import { cancelWaiting } from '../outbox/queries.ts'
import { queue } from '../outbox/service.ts'
import { NO_SOURCE } from '../tables.ts'
import { openSender } from './lanes.ts'
import { beat, claimDue, markAsk, settleAsk } from './queries.ts'

beforeAll(async () => openMailing(await testHouse()))
afterAll(() => db.close())

const WORKER = '0197f0a1-0000-7000-8000-000000000002'
const ALIVE = 15_000
const addressOf = (i: number) => `way${i}@example.co.jp`

/** Queues one mail to each of some new leads. */
async function someMails(what: string, n: number): Promise<Subject[]> {
  const { versionId: templateVersion } = await aTemplate()
  return db.tx(async (ctx) => {
    const acts = Array.from({ length: n }, (_, i) => ({
      mail: addressOf(i),
      fields: {},
      at: ctx.now,
      route: 'form' as const,
      consent: { basis: 'consent' as const, text: '同意します' },
    }))
    const people = (await identify(ctx, acts)).map(({ subject }) => subject)
    await queue(
      ctx,
      people.map((subject) => ({ subject, what, templateVersion, purpose: 'marketing' as const })),
    )
    return people
  })
}

const statesOf = async (what: string) => {
  const { rows } = await db.house.pool.query<{ status: string; n: number }>(
    'SELECT status, count(*)::int AS n FROM delivery WHERE what = $1 GROUP BY 1',
    [what],
  )
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]))
}

const claim = (worker: string, limit: number) => db.tx((ctx) => claimDue(ctx.db, { worker, source: NO_SOURCE, now: ctx.now, limit }))

const hashIn = (ctx: Ctx) => (mail: string) => addressHash(ctx.house, mail)

const asksOf = (rows: Awaited<ReturnType<typeof claim>>, mails: ReadonlyMap<string, string>) =>
  rows.map(({ bucket, person_id, id, fence }) => ({ bucket, person_id, id, fence, address: mails.get(person_id) ?? '', displayId: null }))

const writtenBy = async (ctx: Ctx) => {
  const { rows } = await sql<{ all: number; inPlace: number }>`SELECT n_tup_upd::int AS all, n_tup_hot_upd::int AS "inPlace"
    FROM pg_stat_xact_user_tables WHERE relname = 'delivery'`.execute(ctx.db)
  return rows[0] ?? { all: 0, inPlace: 0 }
}

/** Runs in a transaction. @returns its answer, and how many rows of deliveries it wrote, and wrote in place */
const counting = <T>(run: (ctx: Ctx) => Promise<T>) =>
  db.tx(async (ctx) => {
    const before = await writtenBy(ctx)
    const answer = await run(ctx)
    const after = await writtenBy(ctx)
    return { answer, written: after.all - before.all, inPlace: after.inPlace - before.inPlace }
  })

test('S11 a claim and its mark are written in place: no index changes before the outcome', async () => {
  // So few that all that is written of them has room in one page, whoever still reads it.
  const people = await someMails('notice:in-place', 8)
  const mails = new Map(people.map(({ id }, i) => [id, addressOf(i)]))
  const claimed = await counting((ctx) => claimDue(ctx.db, { worker: WORKER, source: NO_SOURCE, now: ctx.now, limit: 8 }))
  expect(claimed).toMatchObject({ written: 8, inPlace: 8 })
  const rows = claimed.answer
  const asks = asksOf(rows, mails)
  const marked = await counting((ctx) => markAsk({ worker: WORKER, now: ctx.now, rows: asks, hashOf: hashIn(ctx) }).execute(ctx.db))
  expect(marked).toMatchObject({ written: 8, inPlace: 8 })
  const ends = rows.map(({ bucket, person_id, id, fence }) => ({
    ...{ bucket, person_id, id, fence, status: 'sent' as const, reason: null, reply: '250', tried: true, dead: false, notBefore: null },
  }))
  await db.tx((ctx) => settleAsk(ends, ctx.now).execute(ctx.db))
  const { rows: told } = await db.house.pool.query<{ standing: string; reached_at: Date }>(
    "SELECT DISTINCT standing, reached_at FROM delivery WHERE what = 'notice:in-place'",
  )
  expect(told).toEqual([{ standing: 'sent', reached_at: db.clock.now() }])
})

test('S1 what a worker held that is gone is found by those who are there already, each time somebody goes', async () => {
  const sender = openSender(db.house)
  await sender.due()
  for (const round of ['first', 'second']) {
    const what = `notice:gone-${round}`
    const people = await someMails(what, 3)
    const mails = new Map(people.map(({ id }, i) => [id, addressOf(i)]))
    const gone = `0197f0a1-0000-7000-8000-0000000000${round === 'first' ? '0a' : '0b'}`
    await db.tx((ctx) => beat(ctx.db, gone, new Date(ctx.now.getTime() + ALIVE)))
    const rows = await claim(gone, 3)
    expect(rows).toHaveLength(3)
    const one = asksOf(rows.slice(0, 1), mails)
    await db.tx((ctx) => markAsk({ worker: gone, now: ctx.now, rows: one, hashOf: hashIn(ctx) }).execute(ctx.db))
    await sender.due()
    expect(await statesOf(what), 'it is not gone yet').toEqual({ claimed: 2, transmitting: 1 })
    db.clock.advance(ALIVE + 1_000)
    await sender.due()
    expect(await statesOf(what)).toEqual({ sent: 2, unknown: 1 })
  }
  db.clock.advance(2 * ALIVE)
  await sender.due()
  const { rows: names } = await db.house.pool.query("SELECT id FROM mail_worker WHERE id::text LIKE '%-00000000000_' AND until < $1", [
    new Date(Number(db.clock.now()) - ALIVE),
  ])
  expect(names).toEqual([])
  await sender.close()
})

test('S1 a row held under a name nobody has heard of is found by whoever begins, and by the others in ten minutes', async () => {
  const sender = openSender(db.house)
  await sender.due()
  // Nobody who is known to be gone makes them look.
  db.clock.advance(2 * ALIVE)
  await sender.due()
  const held = async (what: string) => {
    await someMails(what, 2)
    expect(await claim('0197f0a1-0000-7000-8000-0000000000ff', 2)).toHaveLength(2)
  }
  await held('notice:nameless-1')
  await sender.due()
  expect(await statesOf('notice:nameless-1')).toEqual({ claimed: 2 })
  db.clock.advance(10 * 60_000)
  await sender.due()
  expect(await statesOf('notice:nameless-1')).toEqual({ sent: 2 })
  await held('notice:nameless-2')
  const other = openSender(db.house)
  await other.due()
  expect(await statesOf('notice:nameless-2')).toEqual({ sent: 2 })
  await other.close()
  await sender.close()
})

test('S1 a call-off meets a claim written in place, and its mark finds the row gone from it', async () => {
  const [subject] = (await someMails('notice:called-off', 1)) as [Subject]
  const rows = await claim(WORKER, 1)
  expect(await db.tx((ctx) => cancelWaiting(ctx.db, [{ subject, what: 'notice:called-off' }], 'test'))).toBe(1)
  const asks = asksOf(rows, new Map([[subject.id, addressOf(0)]]))
  const marked = await db.tx((ctx) => markAsk({ worker: WORKER, now: ctx.now, rows: asks, hashOf: hashIn(ctx) }).execute(ctx.db))
  expect(marked.rows).toEqual([])
  await db.house.pool.query("DELETE FROM delivery WHERE what = 'notice:called-off'")
})
