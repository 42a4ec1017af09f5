import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ctx } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { pastNew } from './queries.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.close())

/** Entries of indexes of lead_stage this transaction has read. */
const read = async (ctx: Ctx): Promise<number> => {
  const found = await sql<{ n: number }>`SELECT coalesce(sum(pg_stat_get_xact_tuples_returned(indexrelid)), 0)::int AS n
    FROM pg_index WHERE indrelid = 'lead_stage'::regclass`.execute(ctx.db)
  return found.rows[0]?.n ?? 0
}

test('S11 CRM-01 who is past new is asked by key, also by a plan that was made while hardly anybody had a stage', async () => {
  await withTx(
    db.house,
    { kind: 'system', name: 'test' },
    async (ctx) => {
      const found = await sql<{ bucket: number; id: string }>`INSERT INTO person (bucket, id, identified_at, created_at, last_seen_at)
        SELECT 7, gen_random_uuid(), now(), now(), now() FROM generate_series(1, 3000) RETURNING bucket, id`.execute(ctx.db)
      const ten = found.rows.slice(0, 10)
      await sql`ANALYZE lead_stage`.execute(ctx.db)
      // Often enough that its plan is kept.
      for (let i = 0; i < 8; i++) expect((await pastNew(ten).execute(ctx.db)).rows).toEqual([])
      await sql`INSERT INTO lead_stage (bucket, person_id, stage, since) SELECT bucket, id, 'nurture', now() FROM person WHERE bucket = 7`.execute(
        ctx.db,
      )
      const before = await read(ctx)
      expect((await pastNew(ten).execute(ctx.db)).rows).toHaveLength(10)
      expect((await read(ctx)) - before).toBeLessThan(100)
    },
    { claim: true },
  )
})
