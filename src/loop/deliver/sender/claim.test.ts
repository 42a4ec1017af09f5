import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { SENDER } from './actor.ts'
import { claimDue, lockOrphans } from './queries.ts'
import { tallyOf } from './stops.queries.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

const SOURCE = '0197f0a1-0000-7000-8000-000000000001'
const WORKER = '0197f0a1-0000-7000-8000-000000000002'

/** Rows of deliveries this transaction has looked at. */
const looked = async (ctx: Ctx): Promise<number> => {
  const found = await sql<{
    n: number
  }>`SELECT (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int AS n FROM pg_stat_xact_user_tables WHERE relname = 'delivery'`.execute(
    ctx.db,
  )
  return found.rows[0]?.n ?? 0
}

test('S11 a claim that was planned before anything had been sent reads what it takes, not all that waits', async () => {
  await withTx(
    db.house,
    SENDER,
    async (ctx) => {
      const claim = () => claimDue(ctx.db, { worker: WORKER, source: SOURCE, now: ctx.now, limit: 50 })
      await sql`ANALYZE delivery`.execute(ctx.db)
      // Often enough that its plan is kept.
      for (let i = 0; i < 8; i++) expect(await claim()).toEqual([])
      await sql`INSERT INTO delivery (bucket, person_id, id, what, source, version_id, purpose, status, not_before, created_at)
        SELECT 0, gen_random_uuid(), gen_random_uuid(), 'x', ${SOURCE}::uuid, ${SOURCE}::uuid, 'marketing', 'queued', ${ctx.now}::timestamptz, ${ctx.now}::timestamptz FROM generate_series(1, 5000)`.execute(
        ctx.db,
      )
      const before = await looked(ctx)
      const rows = await claim()
      expect(rows).toHaveLength(50)
      expect((await looked(ctx)) - before).toBeLessThan(500)
      expect(new Set([...rows, ...(await claim())].map(({ id }) => id)).size).toBe(100)
    },
    { claim: true },
  )
})

test('S11 the count that decides whether a newsletter goes on reads its own mails, and the look for orphans what is on its way', async () => {
  await withTx(
    db.house,
    SENDER,
    async (ctx) => {
      const now = ctx.now
      await sql`INSERT INTO newsletter (id, name, template_id, include, status, started_at, created_at, updated_at)
        VALUES (${SOURCE}::uuid, 'x', ${SOURCE}::uuid, '{}', 'sending', ${now}, ${now}, ${now})`.execute(ctx.db)
      await sql`INSERT INTO delivery (bucket, person_id, id, what, source, version_id, purpose, status, not_before, created_at, marked_at, sent_at, worker)
        SELECT 1, gen_random_uuid(), gen_random_uuid(), 'y', CASE WHEN i <= 40 THEN ${SOURCE}::uuid ELSE ${WORKER}::uuid END, ${SOURCE}::uuid, 'marketing',
          CASE WHEN i <= 20 THEN 'claimed' ELSE 'sent' END, ${now}::timestamptz, ${now}::timestamptz, ${now}::timestamptz, CASE WHEN i > 20 THEN ${now}::timestamptz END, ${WORKER}::uuid
        FROM generate_series(1, 5000) i ORDER BY i DESC`.execute(ctx.db)
      for (let i = 0; i < 8; i++) {
        const before = await looked(ctx)
        expect(await tallyOf(ctx.db, null)).toEqual([{ source: SOURCE, sent: 20, dead: 0, complained: 0 }])
        expect((await looked(ctx)) - before).toBeLessThan(500)
      }
      await sql`UPDATE delivery SET status = 'cancelled' WHERE status IN ('queued', 'claimed') AND what = 'x'`.execute(ctx.db)
      const before = await looked(ctx)
      expect(await lockOrphans(ctx.db, now, 1_000)).toHaveLength(20)
      expect((await looked(ctx)) - before).toBeLessThan(500)
    },
    { claim: true },
  )
})
