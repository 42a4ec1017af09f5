// Two transactions at once, in an order that is certain.
import type { Ctx } from '#kernel/ctx.ts'
import type { TestDatabase } from './database.ts'
import { until } from './world.ts'

/**
 * Runs `second` while `first` has done its work and not committed yet: until it waits for it, or is through.
 * @param rest what the first transaction has still to do then
 * @returns what `second` failed with; null when it did not
 */
export async function race(
  db: TestDatabase,
  first: (ctx: Ctx) => Promise<unknown>,
  second: (ctx: Ctx) => Promise<unknown>,
  rest: (ctx: Ctx) => Promise<unknown> = () => Promise.resolve(),
): Promise<unknown> {
  let isOver = false
  // In an object: a promise that an async function gives back is waited for before it commits.
  const { late } = await db.tx(async (ctx) => {
    await first(ctx)
    const late = db
      .tx(second)
      .then(
        () => null,
        (error: unknown) => error,
      )
      .finally(() => {
        isOver = true
      })
    await until(async () => isOver || (await isWaiting(db)), { every: 5 })
    await rest(ctx)
    return { late }
  })
  return late
}

const isWaiting = async (db: TestDatabase): Promise<boolean> =>
  (await db.house.pool.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")).rowCount !==
  0
