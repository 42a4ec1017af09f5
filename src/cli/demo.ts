import type { House } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { countSessions, dropDatabase } from '../demo/queries.ts'
import { DEMO_DATABASE } from '../demo/state.ts'

/**
 * `demo remove`: drops the demo company's database with everything in it. The installation's own data lies in another one.
 * @throws Refusal invalid for other words, conflict while the demo is running
 */
export async function demoCommand(house: House, args: readonly string[]): Promise<string> {
  if (args.length !== 1 || args[0] !== 'remove') refuse('invalid', 'demo.usage', { message: 'Usage: demo remove' })
  if ((await countSessions(house.db, DEMO_DATABASE)) > 0)
    refuse('conflict', 'demo.running', { message: 'The demo is running. Stop it, then remove it.' })
  await dropDatabase(house.db, DEMO_DATABASE)
  return 'The demo company is gone.'
}
