// What happened with somebody, read: the timeline, the story in one line, and all of it in one answer.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import type { Activity } from '../activities/contract.ts'
import { findActivities } from '../activities/queries.ts'
import { list as listActivities, presentActivities } from '../activities/service.ts'
import { list as listFiles } from '../files/service.ts'
import { decodeKey, encodeKey } from '../leads/decide.ts'
import { findPerson, getLead } from '../leads/service.ts'
import { list as listTasks } from '../tasks/service.ts'
import type { HistoryEntry, Milestone } from './contract.ts'
import { engagedOf, lineOf, MILESTONES, OFFLINE, SILENT, startsOf, storyOf, type Told } from './decide.ts'
import type { HistoryGroup } from './groups/contract.ts'
import * as queries from './queries.ts'

const HALF_HOUR = 1_800_000
const idOf = (props: Readonly<Record<string, unknown>>): string => (typeof props['activity'] === 'string' ? props['activity'] : '')
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

async function activitiesOf(
  ctx: Ctx,
  subject: Subject,
  events: readonly { name: string; props: Readonly<Record<string, unknown>> }[],
): Promise<ReturnType<typeof findActivities>> {
  const ids = events.filter((one) => one.name.startsWith('activity.')).map((one) => idOf(one.props))
  return findActivities(
    ctx.db,
    subject,
    ids.filter((id) => UUID.test(id)),
  )
}

/** A page of the timeline, newest first: pages with the time they were looked at, activities as they stand; removed ones are left out. */
export async function history(
  ctx: Ctx,
  input: { id: string; group?: HistoryGroup | undefined; people?: boolean | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: HistoryEntry[]; next: string | null }> {
  const { bucket, id } = await findPerson(ctx, input.id)
  const subject = { bucket, id }
  const after = input.cursor === undefined ? null : decodeKey('history', input.cursor)
  if (after === undefined)
    refuse('invalid', 'cursor.unknown', { message: 'This cursor is not one of ours. Begin at the first page.', field: 'cursor' })
  const filter = { ...(input.group ? startsOf(input.group) : {}), without: SILENT, people: input.people === true }
  const rows = await queries.listEvents(ctx.db, subject, filter, after, input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: await present(ctx, subject, shown),
    next: rows.length > input.limit && last ? encodeKey('history', last.key, last.id) : null,
  }
}

async function present(ctx: Ctx, subject: Subject, rows: readonly queries.EventRow[]): Promise<HistoryEntry[]> {
  const ids = rows.map((row) => row.id)
  const points = new Map<string, number>()
  for (const ask of ctx.house.ports.timelinePoints ?? [])
    for (const [id, n] of await ask(ctx, subject, ids)) points.set(id, (points.get(id) ?? 0) + n)
  const engaged = await engagedIn(ctx, subject, rows)
  const found = await activitiesOf(ctx, subject, rows)
  const standing = await presentActivities(
    ctx,
    [...found.values()].filter((row) => row.removed_at === null),
  )
  const activities = new Map<string, Activity>(standing.map((one) => [one.id, one]))
  return rows.flatMap((row) => {
    const activity = activities.get(idOf(row.props)) ?? null
    if (row.name.startsWith('activity.') && !activity) return []
    return [
      {
        id: row.id,
        name: row.name,
        at: activity?.at ?? row.occurred_at.toISOString(),
        historic: row.historic,
        props: row.props,
        points: points.get(row.id) ?? null,
        engaged: engaged.get(row.id) ?? null,
        activity,
      },
    ]
  })
}

async function engagedIn(ctx: Ctx, subject: Subject, rows: readonly queries.EventRow[]): Promise<Map<string, number>> {
  const views = rows.filter((row) => row.name === 'page.viewed').map(({ id, occurred_at: at, props }) => ({ id, at, props }))
  const [newest, oldest] = [views[0], views.at(-1)]
  if (!newest || !oldest) return new Map()
  return engagedOf(views, await queries.listLeaves(ctx.db, subject, oldest.at, new Date(newest.at.getTime() + HALF_HOUR)))
}

const MOST_OF_NAME = 40
const MOST_VIEWS = 2_000

/** How the relation began and what came of it, in one line. */
export async function story(ctx: Ctx, input: { id: string }): Promise<{ items: Milestone[]; skipped: number; ja: string; en: string }> {
  const { bucket, id } = await findPerson(ctx, input.id)
  const subject = { bucket, id }
  const events = [
    ...(await queries.listNamed(ctx.db, subject, MILESTONES, MOST_OF_NAME)),
    ...(await queries.listPages(ctx.db, subject, MOST_VIEWS)),
  ]
  const found = await activitiesOf(ctx, subject, events)
  const told = events.flatMap((event): Told[] => {
    const row = found.get(idOf(event.props))
    if (!event.name.startsWith('activity.')) return [event]
    return row && row.removed_at === null ? [{ ...event, at: row.occurred_at, activity: row }] : []
  })
  const { items, skipped } = storyOf(told)
  return { items, skipped, ja: lineOf(items, skipped, 'ja'), en: lineOf(items, skipped, 'en') }
}

const NEWEST = 50

/** All about a person in one answer: the basics, what they did online, what happened offline. */
export async function record(ctx: Ctx, input: { id: string }) {
  const lead = await getLead(ctx, input)
  const subject = await findPerson(ctx, lead.id)
  const rows = await queries.listEvents(ctx.db, subject, { not: OFFLINE, without: SILENT, people: true }, null, NEWEST)
  return {
    lead,
    story: await story(ctx, { id: lead.id }),
    online: await present(ctx, { bucket: subject.bucket, id: subject.id }, rows),
    offline: (await listActivities(ctx, { leadId: lead.id, limit: NEWEST })).items,
    tasks: (await listTasks(ctx, { leadId: lead.id, state: 'open', limit: NEWEST })).items,
    files: (await listFiles(ctx, { leadId: lead.id })).items,
  }
}
