import { workWeek } from '#access/company/service.ts'
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import { addDays, dayIn } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { append, derivedId } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { announce } from '#kernel/live.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { briefsOf, noBrief } from '../../brief.ts'
import { selectAnswers } from '../queries.ts'
import { type GuardSettings, type GuardWhy, guardSettings, guardWhy, NO_GUARD } from './contract.ts'
import { whyKept } from './decide.ts'
import * as queries from './queries.ts'

export const readGuard = (ctx: Ctx): Promise<GuardSettings> => readSetting(ctx, 'sales.guard', guardSettings, NO_GUARD)

export async function save(ctx: Ctx, input: GuardSettings): Promise<GuardSettings> {
  await writeSetting(ctx, 'sales.guard', input)
  await announce(ctx, 'guard', {})
  return input
}

/** Who of these people is kept from sales, and why: by person id, those who may go are absent. One setting is read when it is off. */
export async function keptBy(ctx: Ctx, subjects: readonly Subject[]): Promise<Map<string, GuardWhy[]>> {
  const rule = await readGuard(ctx)
  if (!rule.isOn || subjects.length === 0) return new Map()
  const known = await queries.selectKnown(ctx.db, subjects, { model: rule.score?.model ?? 'main', segmentId: rule.segmentId })
  const answers = Map.groupBy(await selectAnswers(ctx.db, subjects), (row) => row.person_id)
  return new Map(
    subjects.flatMap(({ id }) => {
      const why = whyKept(rule, { ...(known.get(id) ?? { total: 0, segmentName: null }), answers: answers.get(id) ?? [] })
      return why.length ? [[id, why] as const] : []
    }),
  )
}

/** An ask that the guard stopped. */
export interface Kept {
  readonly subject: Subject
  readonly reason: string
  readonly causeId: string
  readonly hop: number
  readonly why: readonly GuardWhy[]
}

/** Notes who was kept: once per cause in the journal, once per lead and day in the list. */
export async function noteKept(ctx: Ctx, kept: readonly Kept[]): Promise<void> {
  if (!kept.length) return
  const idOf = (one: Kept) => derivedId(one.causeId, 'sales', 'handoff.blocked')
  const fresh = await append(
    ctx,
    kept.map((one) => ({
      subject: one.subject,
      id: idOf(one),
      name: 'handoff.blocked',
      occurredAt: ctx.now,
      causeId: one.causeId,
      hop: one.hop + 1,
      props: { reason: one.reason, why: one.why.map((each) => ({ ...each })) } as unknown as JsonObject,
    })),
  )
  const once = new Map(kept.filter((one) => fresh.has(idOf(one))).map((one) => [one.subject.id, one]))
  if (!once.size) return
  await queries.insertBlocks(ctx.db, [...once.values()], await today(ctx), ctx.now)
  await announce(ctx, 'guard', { n: once.size })
}

/** Whoever is handed over is kept no longer; `override` is why a person did so against the rule. */
export async function settleKept(ctx: Ctx, handed: readonly { subject: Subject; override: string | null }[]): Promise<void> {
  if (handed.length) await queries.settleBlocks(ctx.db, handed, 'name' in ctx.actor ? ctx.actor.name : '', ctx.now)
}

const today = async (ctx: Ctx): Promise<string> => dayIn((await workWeek(ctx)).timeZone, ctx.now)

export async function report(ctx: Ctx) {
  const now = await today(ctx)
  const numbers = await queries.countBlocks(ctx.db, addDays(now, -29))
  return { settings: await readGuard(ctx), ...numbers, today: numbers.days.find((one) => one.day === now)?.n ?? 0 }
}

/** The leads that are kept, or were on a day. */
export async function people(ctx: Ctx, input: { day?: string | undefined; cursor?: string | undefined; limit: number }) {
  const rows = await queries.listBlocks(ctx.db, input.day ?? null, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const ids = shown.map((row) => row.person_id)
  const briefs = await briefsOf(ctx, ids)
  const still = await keptBy(ctx, distinctSubjects(ids.map(subjectOf)))
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      lead: briefs.get(row.person_id) ?? noBrief(row.person_id),
      day: row.day,
      at: row.at.toISOString(),
      times: row.times,
      reason: row.reason,
      why: guardWhy.array().parse(row.why),
      still: still.has(row.person_id),
      settledAt: row.settled_at?.toISOString() ?? null,
      override: row.override,
      overrideBy: row.override_by,
    })),
    next: rows.length > input.limit && last ? encodeCursor(last.at, last.person_id) : null,
  }
}
