// Mail after a restore: nothing that may have gone out already goes out by itself.
import type { Ctx } from '#kernel/ctx.ts'
import * as queries from './queries.ts'

export interface Doubts {
  readonly deliveries: number
  readonly newslettersPaused: number
  readonly newslettersDrafted: number
}

/** Puts mail in the state a restored installation must begin in (S12). Runs in the transaction of the restore. */
export async function doubtMail(ctx: Pick<Ctx, 'db' | 'now'>): Promise<Doubts> {
  const { paused, drafted } = await queries.restNewsletters(ctx.db, ctx.now)
  const deliveries = await queries.doubtDeliveries(ctx.db, 'restored from a backup: it may have been sent since')
  return { deliveries, newslettersPaused: paused, newslettersDrafted: drafted }
}

/** Tells the topics people did not want once more. @returns how many of these stops were new */
export async function reapplyTopics(ctx: Ctx, stops: readonly { person: string; topic: string; since: Date }[]): Promise<number> {
  return stops.length ? queries.reapplyTopicStops(ctx.db, stops) : 0
}
