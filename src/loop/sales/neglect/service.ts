import type { RawBuilder } from 'kysely'
import { workWeek } from '#access/company/service.ts'
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import { dayIn } from '#kernel/calendar.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append, derivedId, type News } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { readSetting, type SettingRow, settingFrom, writeSetting } from '#kernel/settings.ts'
import { giveOwners } from '#loop/identify/change/owners.ts'
import { loadPeople, resolveSubjects } from '#loop/identify/service.ts'
import { mailOwners } from '../assignment/notice.ts'
import { insertRun, selectActive } from '../assignment/queries.ts'
import { briefsOf, noBrief } from '../brief.ts'
import { checkOwner, leadsOf } from '../people.ts'
import { raise } from '../signals/service.ts'
import { moveStages } from '../stage/service.ts'
import { DEFAULT_NEGLECT, type NeglectList, type NeglectSettings, neglectSettings, type PlanKind } from './contract.ts'
import { lieSince, newestOf, PLAN_EVENTS, TOUCH_EVENTS, type Touches, touchesIn } from './decide.ts'
import * as queries from './queries.ts'

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Plans that higher rooms know of: a condition over the person row under an alias. */
    readonly leadPlans?: Readonly<Partial<Record<PlanKind, (person: string) => RawBuilder<unknown>>>>
  }
}

/** Under which key the settings are kept, for whoever reads several at once. */
export const SETTINGS = 'sales.neglect'

export const readSettings = (ctx: Ctx): Promise<NeglectSettings> => readSetting(ctx, SETTINGS, neglectSettings, DEFAULT_NEGLECT)

/** Saves the settings; `recount` then looks at everybody anew. */
export async function saveSettings(ctx: Ctx, input: NeglectSettings): Promise<NeglectSettings> {
  await checkOwner(ctx, input.backTo)
  await writeSetting(ctx, SETTINGS, input)
  return input
}

/** The first plan that holds, as SQL over a person: what this room knows, and what higher rooms told through the port. */
export const planSql = (ctx: Ctx, settings: NeglectSettings): queries.PlanSql =>
  queries.planSql(settings.plans, ctx.house.ports.leadPlans ?? {})

/** Folds the news of a pass into what is known of leads: a fixed number of statements, however many people. */
export async function fold(ctx: Ctx, news: readonly News[]): Promise<void> {
  const settings = await readSettings(ctx)
  const named = news.filter((one) => one.name === 'lead.created' || one.name === 'lead.named')
  const met = distinctSubjects(
    news.filter((one) => one.name === 'lead.adopted' || one.name === 'lead.released').map((one) => subjectOf(one.personId)),
  )
  await begin(ctx, named, met)
  const again = met.length ? await queries.newestEvents(ctx.db, met, TOUCH_EVENTS) : []
  const touches = touchesIn([...news, ...again])
  await queries.foldTouches(
    ctx.db,
    [...touches].map(([id, one]) => foldOf(id, one, settings)),
  )
  await queries.foldOwners(ctx.db, newestOwners(news))
  const changed = news.filter((one) => one.name.startsWith('lead.') || PLAN_EVENTS.includes(one.name))
  await queries.refreshPlans(ctx.db, distinctSubjects(changed.map((one) => subjectOf(one.personId))), planSql(ctx, settings))
}

const foldOf = (id: string, touches: Touches, { kinds }: NeglectSettings): queries.Fold => ({
  subject: subjectOf(id),
  touches,
  ...newestOf(touches, kinds),
  light: Object.keys(touches).every((kind) => kind === 'visited'),
})

/** What `fold` does with the last mail that left to each person, as a statement to be sent with others; they are held by their pulses. */
export function sentFolded(rows: readonly SettingRow[], last: ReadonlyMap<string, Date>): RawBuilder<unknown> {
  const settings = settingFrom(rows, SETTINGS, neglectSettings, DEFAULT_NEGLECT)
  return queries.touchesFolded([...last].map(([id, at]) => foldOf(id, { sent: at }, settings)))
}

/** Looks at the plans of some people anew, who are held by their pulses: for higher rooms whose plans begin and end. Visitors have none. */
export async function lookAtPlans(ctx: Ctx, subjects: readonly Subject[]): Promise<void> {
  if (subjects.length) await queries.refreshPlans(ctx.db, subjects, planSql(ctx, await readSettings(ctx)))
}

/** New leads begin their clock, and so does whoever was parted from another one. */
async function begin(ctx: Ctx, named: readonly News[], met: readonly Subject[]): Promise<void> {
  if (!named.length && !met.length) return
  const leads = await leadsOf(ctx, [...named, ...met.map(({ id }) => ({ personId: id }))])
  const first = new Map(named.map((one) => [one.personId, one]))
  await queries.insertTouches(
    ctx.db,
    [...leads.values()].map((row) => ({
      subject: { bucket: row.bucket, id: row.id },
      at: first.get(row.id)?.occurredAt ?? row.identified_at ?? ctx.now,
      ownerId: row.owner_id,
    })),
  )
}

function newestOwners(news: readonly News[]): { subject: Subject; ownerId: string | null; at: Date }[] {
  const newest = new Map<string, News>()
  for (const one of news) if (one.name === 'owner.assigned') newest.set(one.personId, one)
  return [...newest.values()].map((one) => ({
    subject: subjectOf(one.personId),
    ownerId: typeof one.props['owner'] === 'string' ? one.props['owner'] : null,
    at: one.occurredAt,
  }))
}

async function sinceOf(ctx: Ctx, settings: NeglectSettings, days: number): Promise<queries.Since> {
  const week = await workWeek(ctx)
  return {
    before: new Date(ctx.now.getTime() - days * DAY),
    lying: lieSince(ctx.house.calendar, week, ctx.now, settings),
    today: dayIn(week.timeZone, ctx.now),
    rule: settings,
  }
}

const STEPS = [30, 60, 90, 180] as const

export async function report(ctx: Ctx) {
  const settings = await readSettings(ctx)
  const since = await sinceOf(ctx, settings, 30)
  const all = await queries.countAll(
    ctx.db,
    STEPS.map((days) => new Date(ctx.now.getTime() - days * DAY)),
  )
  return {
    total: all.total,
    untouched: STEPS.map((days, index) => ({ days, n: all.untouched[index] ?? 0 })),
    plans: all.plans,
    planless: await queries.countList(ctx.db, 'planless', since),
    parked: await queries.countList(ctx.db, 'parked', since),
    neglected: await queries.countList(ctx.db, 'neglected', since),
    settings,
  }
}

/** The leads behind a number. */
export async function people(
  ctx: Ctx,
  input: { list: NeglectList; days?: number | undefined; cursor?: string | undefined; limit: number },
) {
  const since = await sinceOf(ctx, await readSettings(ctx), input.days ?? 30)
  const rows = await queries.listPage(ctx.db, input.list, since, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const briefs = await briefsOf(
    ctx,
    shown.map((row) => row.person_id),
  )
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      lead: briefs.get(row.person_id) ?? noBrief(row.person_id),
      ownerId: row.owner_id,
      touchedAt: row.touched_at.toISOString(),
      workedAt: row.worked_at.toISOString(),
      plan: row.plan,
      parkedUntil: row.parked_until,
      parkedReason: row.parked_reason,
      parkedBy: row.parked_by,
    })),
    next: rows.length > input.limit && last ? encodeCursor(last.key, last.person_id) : null,
  }
}

/** Parks leads until a day. @throws Refusal when the day is not after today */
export async function park(ctx: Ctx, input: { ids: readonly string[]; until: string; reason: string }): Promise<{ changed: number }> {
  const today = dayIn((await workWeek(ctx)).timeZone, ctx.now)
  if (input.until <= today || Number.isNaN(Date.parse(input.until)))
    refuse('unprocessable', 'park.until', { message: '明日以降の日付を選んでください / Choose a day after today.', field: 'until' })
  const by = 'name' in ctx.actor ? ctx.actor.name : ''
  return mark(ctx, input.ids, { until: input.until, reason: input.reason, by }, 'lead.parked')
}

export const unpark = (ctx: Ctx, input: { ids: readonly string[] }): Promise<{ changed: number }> =>
  mark(ctx, input.ids, { until: null, reason: null, by: null }, 'lead.unparked')

async function mark(
  ctx: Ctx,
  ids: readonly string[],
  parked: { until: string | null; reason: string | null; by: string | null },
  name: string,
): Promise<{ changed: number }> {
  const subjects = distinctSubjects([...(await resolveSubjects(ctx, ids)).values()])
  const changed = await queries.setParked(ctx.db, subjects, parked)
  const props = parked.until ? { until: parked.until, reason: parked.reason, by: parked.by } : {}
  await append(
    ctx,
    changed.map((subject) => ({ subject, id: ctx.id(), name, occurredAt: ctx.now, props })),
  )
  await announce(ctx, 'leads', { ids: changed.slice(0, 50).map((one) => one.id) })
  return { changed: changed.length }
}

/** Gives one page of leads that sales lets lie back to the pool. @returns how many, and the run by which it is taken back */
export async function returnPage(ctx: Ctx, most: number): Promise<{ runId: string | null; changed: number }> {
  const settings = await readSettings(ctx)
  const since = await sinceOf(ctx, settings, settings.days)
  const rows = await queries.listPage(ctx.db, 'neglected', since, null, most)
  const runId = ctx.id()
  const props = { why: 'neglected', days: settings.days, businessDays: settings.businessDays }
  const moved = await giveOwners(
    ctx,
    rows.map((row) => ({ subject: subjectOf(row.person_id), ownerId: settings.backTo, causeId: runId, props })),
    new Map(rows.map((row) => [row.person_id, row.owner_id])),
  )
  // Whoever has another owner by now than was folded is put right, or the same page would be found again.
  await queries.refreshPlans(ctx.db, distinctSubjects(rows.map((row) => subjectOf(row.person_id))), planSql(ctx, settings))
  if (!moved.length) return { runId: null, changed: 0 }
  await insertRun(ctx.db, { id: runId, kind: 'returned', at: ctx.now, by_name: 'name' in ctx.actor ? ctx.actor.name : '' }, moved)
  const subjects = moved.map((one) => one.subject)
  const given = await queries.returnHandoffs(ctx.db, subjects, ctx.now, `${settings.days}日間対応なし`)
  await append(
    ctx,
    given.map((one) => ({
      subject: one.subject,
      id: derivedId(runId, 'sales', `returned ${one.id}`),
      name: 'handoff.returned',
      occurredAt: ctx.now,
      causeId: runId,
      props: { handoff: one.id, reason: 'other', why: 'neglected' },
    })),
  )
  await moveStages(
    ctx,
    subjects.map((subject) => ({ subject, cause: 'returned' as const, causeId: derivedId(runId, 'sales', subject.id), hop: 0 })),
  )
  await tell(ctx, runId, moved, settings)
  return { runId, changed: moved.length }
}

async function tell(
  ctx: Ctx,
  runId: string,
  moved: readonly { subject: Subject; before: string | null }[],
  settings: NeglectSettings,
): Promise<void> {
  await raise(
    ctx,
    moved.map((one) => ({
      subject: one.subject,
      kind: 'neglected' as const,
      channel: 'sales' as const,
      at: ctx.now,
      causeId: derivedId(runId, 'sales', `neglected ${one.subject.id}`),
      hop: 0,
      ownerId: one.before,
      detail: { days: settings.days },
    })),
  )
  const owned = moved.flatMap((one) => (one.before ? [{ ...one, owner: one.before }] : []))
  const people = await loadPeople(
    ctx,
    owned.map((one) => one.subject),
  )
  await mailOwners(
    ctx,
    'returned',
    Map.groupBy(owned, (one) => one.owner),
    people,
    await selectActive(ctx.db),
  )
  await announce(ctx, 'leads', { ids: moved.slice(0, 50).map((one) => one.subject.id) })
}
