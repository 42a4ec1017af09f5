// The claimer of changed companies, a door of its own like the reactor.
import type { Actor, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { turnCompanies } from './service.ts'

const CLAIMER: Actor = { kind: 'system', name: 'companies' }

/** One turn. @returns how many companies were looked at */
export function turn(house: House): Promise<number> {
  return withTx(house, CLAIMER, turnCompanies)
}

/** Turns until no company has news: tests, the command line, the demo. */
export async function turnUntilQuiet(house: House, most = 10_000): Promise<void> {
  for (let turns = 0; turns < most; turns++) if ((await turn(house)) === 0) return
  throw new Error(`the companies did not come to rest within ${most} turns`)
}
