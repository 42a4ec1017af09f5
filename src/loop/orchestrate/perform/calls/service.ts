// Calls of scenarios to the outside: written down with the step, made after it (sweep.ts), repeated with growing pauses under one id.
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import * as queries from './queries.ts'

const KEPT_DAYS = 90

export type NewCall = queries.NewCall

/** Writes calls down in the transaction of their steps. What is there already (the same step again) is not called twice. */
export async function putCalls(ctx: Ctx, calls: readonly NewCall[]): Promise<void> {
  if (calls.length) await queries.insertCalls(ctx.db, calls, ctx.now)
}

/** Tries the calls of a step again for these runs, as if for the first time. @returns how many are under way again */
export function retryCalls(ctx: Ctx, runs: readonly string[], step: string): Promise<number> {
  return queries.reviveCalls(ctx.db, runs, step, ctx.now)
}

/** Forgets calls that were settled long ago. */
export function forgetOld(ctx: Ctx): Promise<void> {
  return queries.forgetCalls(ctx.db, new Date(ctx.now.getTime() - KEPT_DAYS * DAY))
}
