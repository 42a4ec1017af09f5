import { workWeek } from '#access/company/service.ts'
import { isActiveUser } from '#access/users/service.ts'
import { addDays, dayIn, isBusinessDay } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { assertTemplates } from '../template/folders/service.ts'
import { type Issue, type Line, type LineAlert, type linesContract, MOST_LINES } from './contract.ts'
import { alertsOf, type IssueFacts, isLate, nextOf, openSlots, paceOf, stateOf } from './decide.ts'
import { countLines, findLine, type IssueRow, type LineRow, listIssues, listLines, putLine, setArchived } from './queries.ts'
import { slotsBetween, type Working } from './rhythm.ts'

type Ask<K extends keyof typeof linesContract> = InputOf<(typeof linesContract)[K]>

/** Issues older than this say nothing of the rhythm of today. */
const LOOKS_BACK = 1_100
const MOST_DAYS = 400

/** The day it is for the company, and the days on which it works. */
export interface Today extends Working {
  readonly today: string
  readonly zone: string
}

export async function todayOf(ctx: Ctx): Promise<Today> {
  const week = await workWeek(ctx)
  return { calendar: ctx.house.calendar, week, zone: week.timeZone, today: dayIn(week.timeZone, ctx.now) }
}

/** A line with its issues, as decisions read them. */
export interface Loaded {
  readonly row: LineRow
  readonly issues: readonly IssueRow[]
  readonly facts: readonly IssueFacts[]
}

export const standing = (row: IssueRow) =>
  stateOf({ skipped: row.skipped, status: row.status, approved: row.approved, begun: row.started_at !== null })

const factsOf = (row: IssueRow, zone: string): IssueFacts => ({
  id: row.id,
  slot: row.slot,
  day: row.day,
  dueOn: row.due_on,
  theme: row.theme,
  state: standing(row),
  sentOn: row.started_at && dayIn(zone, row.started_at),
})

export const ruleOf = (row: LineRow) => ({ rhythm: row.rhythm, startsOn: row.starts_on, aheadDays: row.ahead_days })

/** All lines in use, or the one asked for, each with its issues: two statements however many there are. */
export async function loadLines(ctx: Ctx, { today, zone }: Today, rows?: readonly LineRow[]): Promise<Loaded[]> {
  const lines = rows ?? (await listLines(ctx.db))
  const issues = await listIssues(
    ctx.db,
    lines.map(({ id }) => id),
    addDays(today, -LOOKS_BACK),
  )
  const byLine = Map.groupBy(issues, (issue) => issue.line_id)
  return lines.map((row) => {
    const own = byLine.get(row.id) ?? []
    return { row, issues: own, facts: own.map((issue) => factsOf(issue, zone)) }
  })
}

/** What its owner should know of a line now. */
export const alertsIn = ({ row, facts }: Loaded, at: Today): LineAlert[] =>
  alertsOf(ruleOf(row), facts, at.today, at).map(({ kind, slot, day, issue }) => ({
    kind,
    lineId: row.id,
    lineName: row.name,
    day,
    slot,
    issueId: issue?.id ?? null,
    theme: issue?.theme ?? '',
    dueOn: issue?.dueOn ?? null,
  }))

function shown(loaded: Loaded, at: Today): Line {
  const { row, facts } = loaded
  const next = row.archived_at ? null : nextOf(ruleOf(row), facts, at.today, at)
  return {
    id: row.id,
    name: row.name,
    rhythm: row.rhythm,
    startsOn: row.starts_on,
    sendAt: row.send_at,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    topicId: row.topic_id,
    include: row.include,
    exclude: row.exclude,
    templateId: row.template_id,
    sender: row.sender,
    draftDays: row.draft_days,
    aheadDays: row.ahead_days,
    hoursNeeded: row.hours_needed,
    hoursFree: row.hours_free,
    archived: row.archived_at !== null,
    next: next && {
      day: next.day,
      slot: next.slot,
      issueId: next.issue?.id ?? null,
      state: next.issue?.state ?? null,
      theme: next.issue?.theme ?? '',
    },
    ahead: facts.filter((issue) => issue.day >= at.today && issue.state !== 'sent' && issue.state !== 'skipped').length,
    alerts: row.archived_at ? [] : alertsIn(loaded, at),
    pace: paceOf(ruleOf(row), facts, at.today, at),
  }
}

export async function list(ctx: Ctx): Promise<{ items: Line[] }> {
  const at = await todayOf(ctx)
  return { items: (await loadLines(ctx, at)).map((one) => shown(one, at)) }
}

export async function get(ctx: Ctx, { id }: Ask<'get'>): Promise<Line> {
  const at = await todayOf(ctx)
  const [loaded] = await loadLines(ctx, at, [await lineOf(ctx, id)])
  return shown(loaded as Loaded, at)
}

/** @throws Refusal `line.missing` */
export async function lineOf(ctx: Ctx, id: string, lock = false): Promise<LineRow> {
  const row = await findLine(ctx.db, id, lock)
  return row ?? refuse('missing', 'line.missing', { message: 'この定期メルマガはありません / There is no such line of newsletters.' })
}

export async function create(ctx: Ctx, input: Ask<'create'>): Promise<{ id: string }> {
  await assertRoom(ctx)
  await assertLine(ctx, input)
  const id = ctx.id()
  await putLine(ctx.db, id, input, ctx.now)
  await announce(ctx, 'newsletterLine', { id })
  return { id }
}

export async function update(ctx: Ctx, input: Ask<'update'>): Promise<{ ok: true }> {
  const before = await lineOf(ctx, input.id, true)
  await assertLine(ctx, input, before)
  await putLine(ctx.db, input.id, input, ctx.now)
  await announce(ctx, 'newsletterLine', { id: input.id })
  return { ok: true }
}

/** Its owner works here, and its template may be seen by whoever chooses it; what stands already may stay. */
async function assertLine(ctx: Ctx, input: Pick<Ask<'create'>, 'ownerId' | 'templateId'>, before?: LineRow): Promise<void> {
  await assertOwner(ctx, input.ownerId, before?.owner_id)
  if (input.templateId && input.templateId !== before?.template_id) await assertTemplates(ctx, [input.templateId], 'view')
}

/** @throws Refusal `line.owner` for a colleague who is not there */
export async function assertOwner(ctx: Ctx, id: string | null, before?: string | null): Promise<void> {
  if (id && id !== before && !(await isActiveUser(ctx, id)))
    refuse('invalid', 'line.owner', { message: '担当者が見つかりません / This colleague is not there.', field: 'ownerId' })
}

const setLine = async (ctx: Ctx, id: string, at: Date | null): Promise<{ ok: true }> => {
  await lineOf(ctx, id, true)
  await setArchived(ctx.db, id, at)
  await announce(ctx, 'newsletterLine', { id })
  return { ok: true }
}
export const remove = (ctx: Ctx, { id }: Ask<'remove'>) => setLine(ctx, id, ctx.now)

export async function restore(ctx: Ctx, { id }: Ask<'restore'>): Promise<{ ok: true }> {
  if ((await lineOf(ctx, id, true)).archived_at) await assertRoom(ctx)
  return setLine(ctx, id, null)
}

async function assertRoom(ctx: Ctx): Promise<void> {
  if ((await countLines(ctx.db)) >= MOST_LINES)
    refuse('unprocessable', 'line.many', { message: '定期メルマガが多すぎます / There are too many lines of newsletters.' })
}

export async function notices(ctx: Ctx): Promise<{ items: LineAlert[] }> {
  const at = await todayOf(ctx)
  return { items: (await loadLines(ctx, at)).flatMap((one) => alertsIn(one, at)) }
}

/** The days asked for, what is planned on them, and what the rhythm would want. */
export async function calendar(ctx: Ctx, input: Ask<'calendar'>) {
  if (input.to < input.from || input.to > addDays(input.from, MOST_DAYS))
    refuse('invalid', 'calendar.span', { message: '期間は400日以内にしてください / Ask for 400 days at most.', field: 'to' })
  const at = await todayOf(ctx)
  const loaded = await loadLines(ctx, at, input.lineId ? [await lineOf(ctx, input.lineId)] : undefined)
  const within = ({ day }: { readonly day: string }): boolean => day >= input.from && day <= input.to
  return {
    today: at.today,
    days: daysOf(input.from, input.to, at),
    issues: loaded
      .flatMap((one) => {
        const gone = new Set(overdueIn(one, at).map(({ issueId }) => issueId))
        return one.issues.filter(within).map((issue) => ({ ...shownIssue(issue, one.row, at), overdue: gone.has(issue.id) }))
      })
      .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.sendAt < b.sendAt ? -1 : 1)),
    open: loaded.flatMap((one) => [...goneIn(one, input, at), ...openIn(one, input, at)]),
  }
}

/** The days that went by without their issue, as the alerts tell them. */
const overdueIn = (one: Loaded, at: Today): LineAlert[] =>
  one.row.archived_at ? [] : alertsIn(one, at).filter(({ kind }) => kind === 'overdue')

/** Of those the ones for which nothing had been planned. */
const goneIn = (one: Loaded, { from, to }: { readonly from: string; readonly to: string }, at: Today) =>
  overdueIn(one, at).flatMap(({ lineId, lineName, slot, day, issueId }) =>
    slot !== null && issueId === null && day >= from && day <= to ? [{ lineId, lineName, slot, day, overdue: true }] : [],
  )

function daysOf(from: string, to: string, { calendar, week }: Today) {
  const days: { day: string; holiday: string | null; closed: boolean }[] = []
  for (let day = from; day <= to; day = addDays(day, 1))
    days.push({ day, holiday: week.holidaysOff ? calendar.holidayName(day) : null, closed: !isBusinessDay(calendar, week, day) })
  return days
}

/** Days of the rhythm still to come for which nothing is planned. */
function openIn({ row, facts }: Loaded, { from, to }: { readonly from: string; readonly to: string }, at: Today) {
  const taken = new Set(facts.map(({ slot }) => slot))
  return slotsBetween(row.rhythm, row.starts_on, addDays(from, -31), to, at)
    .filter(({ slot, day }) => !taken.has(slot) && day >= from && day <= to && day >= at.today)
    .map(({ slot, day }) => ({ lineId: row.id, lineName: row.name, slot, day, overdue: false }))
}

function shownIssue(row: IssueRow, line: LineRow, { today, zone }: Today): Issue {
  const facts = factsOf(row, zone)
  return {
    id: row.id,
    lineId: line.id,
    lineName: line.name,
    slot: row.slot,
    day: row.day,
    sendAt: line.send_at,
    theme: row.theme,
    content: row.content,
    ownerId: row.owner_id,
    ownerName: row.owner_name ?? line.owner_name,
    dueOn: row.due_on,
    state: facts.state,
    late: row.day >= today && isLate(facts, today),
    newsletterId: row.newsletter_id,
    sentOn: facts.sentOn,
  }
}

/** The next days of a line for which nothing is planned. */
export const freeSlots = (loaded: Loaded, count: number, at: Today) => openSlots(ruleOf(loaded.row), loaded.facts, at.today, count, at)
