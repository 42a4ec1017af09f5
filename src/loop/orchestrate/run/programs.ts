// Published versions never change, so a process keeps them once it has read them.
import type { Ctx, House } from '#kernel/ctx.ts'
import { type Program, programOf } from '../program/contract.ts'
import { loadGraphs } from './queries.ts'

const MOST = 500
const kept = new WeakMap<House, Map<string, Program>>()

/** The name of a version. */
export const versionKey = (of: { readonly scenario_id: string; readonly version: number }): string => `${of.scenario_id}/${of.version}`

/** These versions as programs, by `versionKey`. */
export async function programsOf(
  ctx: Ctx,
  versions: Iterable<{ readonly scenario_id: string; readonly version: number }>,
): Promise<ReadonlyMap<string, Program>> {
  const known = kept.get(ctx.house) ?? new Map<string, Program>()
  if (known.size > MOST) known.clear()
  kept.set(ctx.house, known)
  const missing = [...new Map([...versions].map((of) => [versionKey(of), of])).values()].filter((of) => !known.has(versionKey(of)))
  if (missing.length) for (const row of await loadGraphs(ctx.db, missing)) known.set(versionKey(row), programOf(row.graph))
  return known
}
