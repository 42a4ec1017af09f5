// What the screens read of hand-offs.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { briefsOf, noBrief } from '../brief.ts'
import { leadOf } from '../people.ts'
import type { LeadBrief } from '../signals/contract.ts'
import type { Handoff } from './contract.ts'
import * as queries from './queries.ts'

const HISTORY = 30

/** A page, newest first. */
export async function list(
  ctx: Ctx,
  input: {
    cursor?: string | undefined
    limit: number
    state?: Handoff['state'] | 'overdue' | undefined
    owner?: string | undefined
    leadId?: string | undefined
    mql?: number | undefined
    met?: boolean | undefined
  },
): Promise<{ items: Handoff[]; next: string | null }> {
  const person = input.leadId ? await leadOf(ctx, input.leadId) : undefined
  const ownerId =
    input.owner === 'none' ? null : input.owner === 'me' ? (ctx.actor.kind === 'user' ? ctx.actor.id : undefined) : input.owner
  const rows = await queries.listHandoffs(
    ctx.db,
    { ...stateAt(input.state, ctx.now), ownerId, person, mql: input.mql, met: input.met },
    decodeCursor(input.cursor),
    input.limit + 1,
  )
  const shown = rows.slice(0, input.limit)
  const briefs = await briefsOf(
    ctx,
    shown.map((row) => row.person_id),
  )
  const last = shown.at(-1)
  return {
    items: shown.map((row) => present(row, briefs.get(row.person_id) ?? noBrief(row.person_id), ctx.now)),
    next: rows.length > input.limit && last ? encodeCursor(last.made_at, last.id) : null,
  }
}

/** `overdue`: open, and its answer was due before now. */
const stateAt = (state: Handoff['state'] | 'overdue' | undefined, now: Date) =>
  state === 'overdue' ? ({ state: 'open', dueBefore: now } as const) : { state }

/** One with the history that led to it. */
export async function get(ctx: Ctx, input: { leadId: string; id: string }) {
  const lead = await leadOf(ctx, input.leadId)
  const row = await queries.findHandoff(ctx.db, lead, input.id, false)
  if (!row) refuse('missing', 'handoff.missing', { message: 'There is no such hand-off.' })
  const [briefs, history] = [await briefsOf(ctx, [row.person_id]), await queries.selectHistory(ctx.db, lead, row.made_at, HISTORY)]
  return {
    ...present(row, briefs.get(row.person_id) ?? noBrief(row.person_id), ctx.now),
    history: history.map(({ id, name, occurred_at, props }) => ({ id, name, at: occurred_at.toISOString(), props })),
  }
}

function present(row: queries.HandoffRow, lead: LeadBrief, now: Date): Handoff {
  return {
    id: row.id,
    lead,
    state: row.state,
    reason: row.reason as Handoff['reason'],
    note: row.note,
    detail: row.detail,
    ownerId: row.owner_id,
    madeAt: row.made_at.toISOString(),
    madeBy: row.made_by,
    dueAt: row.due_at.toISOString(),
    overdue: row.state === 'open' && row.due_at < now,
    answeredAt: row.answered_at?.toISOString() ?? null,
    answeredBy: row.answered_by,
    returnReason: row.return_reason as Handoff['returnReason'],
    returnNote: row.return_note,
  }
}

/** How many wait, and how the last days went. */
export async function summary(ctx: Ctx, input: { days: number }) {
  const since = new Date(ctx.now.getTime() - input.days * DAY)
  const [numbers, returns] = [await queries.countHandoffs(ctx.db, ctx.now, since), await queries.countReturns(ctx.db, since)]
  return {
    open: Number(numbers.open),
    overdue: Number(numbers.overdue),
    made: Number(numbers.made),
    accepted: Number(numbers.accepted),
    returned: Number(numbers.returned),
    medianHoursToAccept: numbers.median_hours === null ? null : Math.round(numbers.median_hours * 100) / 100,
    returnReasons: returns.flatMap(({ return_reason, n }) =>
      return_reason === null ? [] : [{ reason: return_reason as NonNullable<Handoff['returnReason']>, n: Number(n) }],
    ),
  }
}
