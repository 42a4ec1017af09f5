import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { SENDER } from './ledger.ts'
import { claimDue } from './queries.ts'

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
