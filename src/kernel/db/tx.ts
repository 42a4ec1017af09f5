import type { Pool, PoolClient } from 'pg'
import { drawFor, idAt } from '../chance.ts'
import type { Actor, Ctx, House } from '../ctx.ts'
import { codeOf } from '../errors.ts'
import { dbOn } from './connection.ts'

const AGAIN = new Set(['40001', '40P01']) // serialization failure, deadlock: the transaction did nothing and may be repeated
const TRIES = 4

/** Which pool a transaction takes its connection from: claimers have planner settings of their own. */
export interface TxOptions {
  readonly claim?: boolean
}

/**
 * The one place where a writing transaction begins. `run` may be called again after a deadlock, so it touches nothing but the database;
 * what must happen outside goes through `ctx.afterCommit`.
 * @returns what `run` returned, after COMMIT
 */
export function withTx<T>(house: House, actor: Actor, run: (ctx: Ctx) => Promise<T>, options: TxOptions = {}): Promise<T> {
  return repeat(() => transaction(house, actor, 'BEGIN', options.claim ? house.claimPool : house.pool, run))
}

/** A read-only transaction over one snapshot: a count and the list behind it agree. */
export function withRead<T>(house: House, actor: Actor, run: (ctx: Ctx) => Promise<T>): Promise<T> {
  return transaction(house, actor, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', house.pool, run)
}

async function repeat<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (tries >= TRIES || !AGAIN.has(codeOf(error))) throw error
    }
  }
}

async function transaction<T>(house: House, actor: Actor, begin: string, pool: Pool, run: (ctx: Ctx) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  const after: (() => void)[] = []
  let result: T
  try {
    const now = await start(house, client, begin)
    result = await run({
      db: dbOn(client),
      now,
      id: () => idAt(now),
      draw: drawFor,
      actor,
      house,
      log: house.log,
      afterCommit: (fn) => after.push(fn),
    })
    const { command } = await client.query('COMMIT')
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back: a statement had failed and its error was swallowed')
  } catch (error) {
    await giveBack(client, error)
    throw error
  }
  client.release()
  for (const fn of after) fn()
  return result
}

/** Begins and reads the database's clock in one round trip; a virtual clock replaces that reading. */
async function start(house: House, client: PoolClient, begin: string): Promise<Date> {
  if (house.clock.virtual) {
    await client.query(begin)
    return house.clock.now()
  }
  const results = (await client.query(`${begin}; SELECT clock_timestamp() AS now`)) as unknown as { rows: { now: Date }[] }[]
  const now = results[1]?.rows[0]?.now
  if (!now) throw new Error('the database did not tell its time')
  return now
}

/** A connection that cannot even roll back is thrown away, not returned to the pool. */
async function giveBack(client: PoolClient, cause: unknown): Promise<void> {
  try {
    await client.query('ROLLBACK')
    client.release()
  } catch {
    client.release(cause instanceof Error ? cause : true)
  }
}

/** The database's time now (or the virtual clock's): for claimers, which must read it after their locks. */
export async function readClock(ctx: Ctx): Promise<Date> {
  if (ctx.house.clock.virtual) return ctx.house.clock.now()
  const result = await ctx.db.selectNoFrom((eb) => eb.fn<Date>('clock_timestamp').as('now')).executeTakeFirstOrThrow()
  return result.now
}

/** The same transaction at another instant. */
export function atInstant(ctx: Ctx, now: Date): Ctx {
  return { ...ctx, now, id: () => idAt(now) }
}
