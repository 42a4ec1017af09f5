import { workWeek } from '#access/company/service.ts'
import { dayIn } from '#kernel/calendar.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { announce } from '#kernel/live.ts'
import { briefsOf, noBrief } from '../../brief.ts'
import { leadOf } from '../../people.ts'
import type { PriorityLine } from './contract.ts'
import { isHidden, type Ranked, ranked } from './decide.ts'
import * as queries from './queries.ts'

/** Whom to call now. */
export async function list(ctx: Ctx, input: { scope: 'mine' | 'all'; limit: number }): Promise<{ items: PriorityLine[]; snoozed: number }> {
  const me = ctx.actor.kind === 'user' ? ctx.actor.id : null
  const { timeZone } = await workWeek(ctx)
  const candidates = await queries.selectCandidates(ctx.db, input.scope === 'mine' ? me : null, ctx.now)
  const standings = candidates.length ? await queries.selectStandings(ctx.db, candidates, ctx.now, dayIn(timeZone, ctx.now)) : []
  const best = ranked(standings, ctx.now, timeZone).slice(0, input.limit)
  const briefs = await briefsOf(
    ctx,
    best.map((one) => one.id),
  )
  const byId = new Map(standings.map((one) => [one.id, one]))
  return {
    items: best.map((one) => ({ lead: briefs.get(one.id) ?? noBrief(one.id), ...present(one, byId.get(one.id)) })),
    snoozed: standings.filter((one) => one.mark?.kind === 'snoozed' && isHidden(one, ctx.now)).length,
  }
}

function present(one: Ranked, standing: queries.StandingRow | undefined): Omit<PriorityLine, 'lead'> {
  return {
    ownerId: standing?.ownerId ?? null,
    points: one.points,
    reasons: one.reasons.map((why) => ({ ...why, at: why.at?.toISOString() ?? null })),
    rank: standing?.rank ?? null,
    lastActAt: one.lastActAt?.toISOString() ?? null,
    touchedAt: standing?.touchedAt?.toISOString() ?? null,
  }
}

/** Dealt with, until something new happens. */
export const done = (ctx: Ctx, { leadId }: { leadId: string }): Promise<{ ok: true }> => mark(ctx, leadId, 'done', null)

/** Put off for so many days of 24 hours. */
export const snooze = (ctx: Ctx, { leadId, days }: { leadId: string; days: number }): Promise<{ ok: true }> =>
  mark(ctx, leadId, 'snoozed', new Date(ctx.now.getTime() + days * DAY))

async function mark(ctx: Ctx, leadId: string, kind: 'done' | 'snoozed', until: Date | null): Promise<{ ok: true }> {
  const lead = await leadOf(ctx, leadId)
  const by = 'name' in ctx.actor ? ctx.actor.name : ''
  await queries.writeMark(ctx.db, { bucket: lead.bucket, id: lead.id }, { kind, at: ctx.now, until, by })
  await announce(ctx, 'priority', { ids: [lead.id] })
  return { ok: true }
}

/** Takes a mark back. */
export async function back(ctx: Ctx, { leadId }: { leadId: string }): Promise<{ ok: true }> {
  const lead = await leadOf(ctx, leadId)
  await queries.deleteMark(ctx.db, { bucket: lead.bucket, id: lead.id })
  await announce(ctx, 'priority', { ids: [lead.id] })
  return { ok: true }
}
