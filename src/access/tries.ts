// Wrong passwords per address, besides better-auth's limit per client: many clients must not guess at one account together.
import { createHash } from 'node:crypto'
import { MINUTE } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { addTry, clearTries, countTries } from './users/queries.ts'

/** So many wrong passwords for one address within the window, then it rests. An address nobody has is counted alike. */
export const MOST_TRIES = 30
const WINDOW = 15 * MINUTE

/** The key under which tries for an address are counted; the address itself is not kept. Null when the body names none. */
export function triesKey(body: unknown): string | null {
  try {
    const { email } = JSON.parse(String(body)) as { email?: unknown }
    return typeof email === 'string' ? `password:${createHash('sha256').update(email.trim().toLowerCase()).digest('hex')}` : null
  } catch {
    return null
  }
}

/** Has this address had too many wrong passwords lately? */
export async function mustRest(house: House, key: string): Promise<boolean> {
  return (await countTries(house.db, key, sinceOf(house))) >= MOST_TRIES
}

/** Counts a wrong password, and forgets all of them after a right one. */
export function noteTry(house: House, key: string, right: boolean): Promise<void> {
  return withTx(house, { kind: 'public' }, (ctx) =>
    right ? clearTries(ctx.db, key) : addTry(ctx.db, key, house.clock.now(), sinceOf(house)),
  )
}

const sinceOf = (house: House): Date => new Date(house.clock.now().getTime() - WINDOW)
