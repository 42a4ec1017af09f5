// People for whom nothing runs any more because of a fault: shown, and tried again.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { announce } from '#kernel/live.ts'
import { release } from '#kernel/parked.ts'
import { resolveSubject, resolveSubjects } from '../service.ts'
import type { Stuck, stuckContract } from './contract.ts'
import { presentReason } from './decide.ts'
import * as queries from './queries.ts'

type Api = typeof stuckContract

const presentRow = ({ reason, at }: queries.StuckRow): Stuck => ({ ...presentReason(reason), since: at.toISOString() })

/** Who is stopped, the latest first. */
export async function list(ctx: Ctx, { cursor, limit }: InputOf<Api['list']>): Promise<OutputOf<Api['list']>> {
  const rows = await queries.listStuck(ctx.db, decodeCursor(cursor), limit + 1)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    items: rows.slice(0, limit).map((row) => {
      const { id, name, mail, company_name: companyName } = row
      return { id, name, companyName, mail, isLead: row.identified_at !== null, ...presentRow(row) }
    }),
    next: last ? encodeCursor(last.at, last.id) : null,
    total: await queries.countStuck(ctx.db),
  }
}

/** Why nothing runs for a person; null while all is well. */
export async function ofPerson(ctx: Ctx, { person }: InputOf<Api['ofPerson']>): Promise<OutputOf<Api['ofPerson']>> {
  const subject = await resolveSubject(ctx, person)
  const row = subject && (await queries.findStuck(ctx.db, subject))
  return { stuck: row ? presentRow(row) : null }
}

/** Lets people go on, these or all. Nothing is done twice: what came off has its stable id. */
export async function retry(ctx: Ctx, { ids }: InputOf<Api['retry']>): Promise<OutputOf<Api['retry']>> {
  const whom = ids ? [...(await resolveSubjects(ctx, ids)).values()] : 'all'
  const tried = await release(ctx, whom)
  await announce(ctx, 'stuck', {})
  return { tried }
}

/** How many are stopped, for whoever watches over the product. */
export const countStuck = (ctx: Ctx): Promise<number> => queries.countStuck(ctx.db)
