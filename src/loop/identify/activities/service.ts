// What colleagues do with people: recorded by hand, corrected by hand. Each deed is an event of the journal, each correction another one.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append, derivedId, type NewEvent } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { announce } from '#kernel/live.ts'
import { decodeKey, encodeKey } from '../leads/decide.ts'
import { userNames } from '../leads/queries.ts'
import { findPerson } from '../leads/service.ts'
import { resolveSubjects } from '../service.ts'
import type { Activity } from './contract.ts'
import { blank, changesOf, type Draft, type Flaw, flawOf, type Told, withTold } from './decide.ts'
import type { ActivityKind } from './kinds/contract.ts'
import * as queries from './queries.ts'
import type { ActivityRow } from './tables.ts'

const FLAWS: Readonly<Record<Flaw, { field: string; message: string }>> = {
  'note.empty': { field: 'body', message: 'メモの内容を入力してください / Write the note.' },
  'activity.result': { field: 'result', message: 'この結果は選べません / This result is not one of the list.' },
  'activity.future': {
    field: 'at',
    message: '先の日時は記録できません。予定はタスクにしてください / This lies ahead: make a task of what is planned.',
  },
}

function sound(ctx: Ctx, draft: Draft): void {
  const flaw = flawOf(draft, ctx.now)
  if (flaw) refuse('unprocessable', flaw, FLAWS[flaw])
}

const actorName = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : '')
const actorId = (ctx: Ctx): string | null => (ctx.actor.kind === 'user' ? ctx.actor.id : null)
const keyOf = (row: ActivityRow): queries.ActivityAt => ({ bucket: row.bucket, id: row.person_id, activity: row.id })
const subjectOfRow = (row: ActivityRow): Subject => ({ bucket: row.bucket, id: row.person_id })

/** What the journal says of an activity: what rules can count and filter by, never what was written in it. */
function propsOf(row: ActivityRow): JsonObject {
  const { result, direction, minutes, title } = row
  const known = Object.entries({ result, direction, minutes, title }).filter(([, value]) => value !== null)
  return { activity: row.id, by: row.user_name, ...Object.fromEntries(known) }
}

/** Something more about an activity that is in the journal already. */
const correction = (ctx: Ctx, row: ActivityRow, name: string, props: JsonObject = {}): NewEvent => ({
  subject: subjectOfRow(row),
  id: derivedId(ctx.id(), 'activities', name),
  name,
  occurredAt: ctx.now,
  props: { activity: row.id, kind: row.kind, by: actorName(ctx), ...props },
})

/**
 * Records an activity with one person or several at once: a row and an event `activity.<kind>` each, at the time it happened.
 * @throws Refusal `lead.unknown`, or what is wrong with it (`note.empty`, `activity.result`, `activity.future`)
 */
export async function add(
  ctx: Ctx,
  input: Told & { leadIds: readonly string[]; kind: ActivityKind },
): Promise<{ items: { leadId: string; id: string }[] }> {
  const draft = withTold(blank(input.kind, ctx.now), input)
  sound(ctx, draft)
  const found = await resolveSubjects(ctx, input.leadIds)
  for (const id of input.leadIds) if (!found.has(id)) await findPerson(ctx, id)
  const group = ctx.id()
  const subjects = distinctSubjects([...found.values()])
  const rows: ActivityRow[] = subjects.map((subject) => ({
    ...draft,
    bucket: subject.bucket,
    person_id: subject.id,
    id: subjects.length === 1 ? group : ctx.id(),
    user_id: actorId(ctx),
    user_name: actorName(ctx),
    group_id: group,
    created_at: ctx.now,
    changed_at: ctx.now,
    removed_at: null,
    origin_person_id: null,
  }))
  await queries.insertActivities(ctx.db, rows)
  await append(
    ctx,
    rows.map((row) => ({
      subject: subjectOfRow(row),
      id: derivedId(row.id, 'activities', 'made'),
      name: `activity.${row.kind}`,
      occurredAt: row.occurred_at,
      causeId: row.id,
      props: propsOf(row),
    })),
  )
  await tell(ctx, rows)
  return { items: rows.map((row) => ({ leadId: row.person_id, id: row.id })) }
}

const tell = (ctx: Ctx, rows: readonly ActivityRow[]): Promise<void> =>
  announce(ctx, 'activities', { ids: [...new Set(rows.map((row) => row.person_id))].slice(0, 100) })

async function locked(ctx: Ctx, items: readonly { leadId: string; id: string }[]): Promise<ActivityRow[]> {
  const subjects = await resolveSubjects(
    ctx,
    items.map((one) => one.leadId),
  )
  const keys = items.flatMap((one) => {
    const subject = subjects.get(one.leadId)
    return subject ? [{ ...subject, activity: one.id }] : []
  })
  return queries.lockActivities(ctx.db, keys)
}

/** Corrects an activity. Its event stays as it was; `activity.changed` says what is different since. @throws Refusal `activity.unknown` */
export async function change(ctx: Ctx, input: Told & { leadId: string; id: string }): Promise<Activity> {
  const [before] = await locked(ctx, [input])
  if (!before || before.removed_at) return missing()
  const draft = withTold(before, input)
  sound(ctx, draft)
  const fields = changesOf(before, draft)
  const row = { ...before, ...draft, changed_at: fields.length ? ctx.now : before.changed_at }
  if (fields.length) {
    await queries.updateActivity(ctx.db, row)
    // A pin is how a note is shown, not what it says.
    if (fields.some((field) => field !== 'pinned')) await append(ctx, [correction(ctx, row, 'activity.changed', { fields })])
    await tell(ctx, [row])
  }
  const [shown] = await presentActivities(ctx, [row])
  return shown ?? missing()
}

const missing = (): never =>
  refuse('missing', 'activity.unknown', { message: '記録が見つかりません / There is no such activity.', field: 'id' })

/** Takes activities away; the timeline shows them no more, and they can be brought back. */
export async function remove(ctx: Ctx, input: { items: readonly { leadId: string; id: string }[] }): Promise<{ removed: number }> {
  const rows = (await locked(ctx, input.items)).filter((row) => row.removed_at === null)
  await queries.setRemoved(ctx.db, rows.map(keyOf), ctx.now)
  await append(
    ctx,
    rows.map((row) => correction(ctx, row, 'activity.removed')),
  )
  await tell(ctx, rows)
  return { removed: rows.length }
}

/** Brings removed activities back. */
export async function restore(ctx: Ctx, input: { items: readonly { leadId: string; id: string }[] }): Promise<{ restored: number }> {
  const rows = (await locked(ctx, input.items)).filter((row) => row.removed_at !== null)
  await queries.setRemoved(ctx.db, rows.map(keyOf), null)
  await append(
    ctx,
    rows.map((row) => correction(ctx, row, 'activity.restored')),
  )
  await tell(ctx, rows)
  return { restored: rows.length }
}

/** A page of a person's activities, pinned notes first. */
export async function list(
  ctx: Ctx,
  input: { leadId: string; kind?: ActivityKind | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: Activity[]; next: string | null }> {
  const person = await findPerson(ctx, input.leadId)
  const after = input.cursor === undefined ? null : decodeKey('activities', input.cursor)
  if (after === undefined)
    refuse('invalid', 'cursor.unknown', { message: 'This cursor is not one of ours. Begin at the first page.', field: 'cursor' })
  const place = after && { pinned: after.key.startsWith('t'), at: after.key.slice(1), id: after.id }
  const rows = await queries.listActivities(ctx.db, person, input.kind ?? null, place, input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: await presentActivities(ctx, shown),
    next: rows.length > input.limit && last ? encodeKey('activities', `${last.pinned ? 't' : 'f'}${last.key}`, last.id) : null,
  }
}

/** Activities as the API shows them: the colleagues by name, and how many people the act was with. */
export async function presentActivities(ctx: Ctx, rows: readonly ActivityRow[]): Promise<Activity[]> {
  if (!rows.length) return []
  const names = await userNames(
    ctx.db,
    rows.flatMap((row) => row.colleagues),
  )
  const groups = await queries.countGroups(ctx.db, rows)
  return rows.map((row) => ({
    leadId: row.person_id,
    id: row.id,
    kind: row.kind,
    at: row.occurred_at.toISOString(),
    direction: row.direction,
    result: row.result,
    minutes: row.minutes,
    title: row.title,
    body: row.body,
    pinned: row.pinned,
    userId: row.user_id,
    userName: row.user_name,
    colleagues: row.colleagues.flatMap((id) => {
      const name = names.get(id)
      return name === undefined ? [] : [{ id, name }]
    }),
    with: groups.get(row.group_id) ?? 1,
    changedAt: row.changed_at > row.created_at ? row.changed_at.toISOString() : null,
  }))
}
