import type { House } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { DEMO_DATABASE } from '../demo/state.ts'

/**
 * `demo remove`: drops the demo company's database with everything in it. The installation's own data lies in another one.
 * @throws Refusal invalid for other words, conflict while the demo is running
 */
export async function demoCommand(house: House, args: readonly string[]): Promise<string> {
  if (args.length !== 1 || args[0] !== 'remove') refuse('invalid', 'demo.usage', { message: 'Usage: demo remove' })
  const { rows } = await house.pool.query<{ n: number }>('SELECT count(*) AS n FROM pg_stat_activity WHERE datname = $1', [DEMO_DATABASE])
  if (Number(rows[0]?.n) > 0) refuse('conflict', 'demo.running', { message: 'The demo is running. Stop it, then remove it.' })
  await house.pool.query(`DROP DATABASE IF EXISTS ${DEMO_DATABASE}`)
  return 'The demo company is gone.'
}
