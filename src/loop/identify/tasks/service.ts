// Tasks about people. The instant one falls due is a timer of the person's: the reactor wakes for it, whatever else happens.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append, derivedId, wake } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { newsOf, type Pass } from '#kernel/pass.ts'
import { isActiveUser } from '../change/queries.ts'
import { decodeKey, encodeKey } from '../leads/decide.ts'
import { userNames } from '../leads/queries.ts'
import { findPerson } from '../leads/service.ts'
import { selectPeople } from '../queries.ts'
import type { Task } from './contract.ts'
import { type Told, tellAt, withTold } from './decide.ts'
import * as queries from './queries.ts'
import type { TaskResult, TaskRow } from './tables.ts'

interface One {
  readonly leadId: string
  readonly id: string
}

const actorName = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : '')
const me = (ctx: Ctx): string | null => (ctx.actor.kind === 'user' ? ctx.actor.id : null)
const subjectOfRow = (row: TaskRow): Subject => ({ bucket: row.bucket, id: row.person_id })

async function checkAssignee(ctx: Ctx, id: string | null | undefined): Promise<void> {
  if (id && !(await isActiveUser(ctx.db, id)))
    refuse('unprocessable', 'assignee.unknown', { message: '担当者が見つかりません / There is no such colleague.', field: 'assigneeId' })
}

/** Wakes the person when the task falls due, and lets open screens know. */
async function kept(ctx: Ctx, row: TaskRow): Promise<Task> {
  const at = tellAt(row)
  if (at) await wake(ctx, [subjectOfRow(row)], at)
  await announce(ctx, 'tasks', { ids: [row.person_id] })
  const [shown] = await present(ctx, [row])
  return shown ?? missing()
}

const missing = (): never => refuse('missing', 'task.unknown', { message: 'タスクが見つかりません / There is no such task.', field: 'id' })

/** Makes a task. @throws Refusal `lead.unknown`, `assignee.unknown` */
export async function add(ctx: Ctx, input: Told & { leadId: string; title: string }): Promise<Task> {
  await checkAssignee(ctx, input.assigneeId)
  const person = await findPerson(ctx, input.leadId)
  const blank: TaskRow = {
    bucket: person.bucket,
    person_id: person.id,
    id: ctx.id(),
    title: input.title,
    body: null,
    due_at: null,
    assignee_id: me(ctx),
    created_at: ctx.now,
    created_by: actorName(ctx),
    done_at: null,
    done_by: null,
    told_at: null,
    results: [],
    result: null,
    removed_at: null,
    origin_person_id: null,
  }
  const row = withTold(blank, input, actorName(ctx), ctx.now)
  await queries.insertTask(ctx.db, row)
  return kept(ctx, row)
}

/** A task that something of the house makes: its id follows from what made it. */
export interface MadeTask {
  readonly subject: Subject
  readonly id: string
  readonly title: string
  readonly body: string
  readonly dueAt: Date
  readonly assigneeId: string | null
  readonly results: readonly TaskResult[]
  readonly causeId: string
  readonly hop: number
}

/** Makes tasks for many people at once, and tells of them in the journal. Whoever is no lead gets none. @returns the ids of people that have one */
export async function addAll(ctx: Ctx, tasks: readonly MadeTask[]): Promise<ReadonlySet<string>> {
  const people = await selectPeople(
    ctx.db,
    tasks.map(({ subject }) => subject),
  )
  const able = tasks.filter(({ subject }) => people.get(subject.id)?.identified_at)
  if (!able.length) return new Set()
  const made = await queries.insertTasks(
    ctx.db,
    able.map((one) => ({
      bucket: one.subject.bucket,
      person_id: one.subject.id,
      id: one.id,
      title: one.title,
      body: one.body || null,
      due_at: one.dueAt,
      assignee_id: one.assigneeId,
      created_at: ctx.now,
      created_by: actorName(ctx),
      done_at: null,
      done_by: null,
      told_at: null,
      results: [...one.results],
      result: null,
      removed_at: null,
      origin_person_id: null,
    })),
  )
  const fresh = able.filter(({ id }) => made.has(id))
  await append(
    ctx,
    fresh.map(({ subject, id, title, causeId, hop }) => ({
      subject,
      id: derivedId(id, 'tasks', 'made'),
      name: 'task.made',
      occurredAt: ctx.now,
      causeId,
      hop,
      props: { task: id, title },
    })),
  )
  if (fresh.length) await announce(ctx, 'tasks', { ids: fresh.slice(0, MOST_TOLD).map(({ subject }) => subject.id) })
  return new Set(able.map(({ subject }) => subject.id))
}

async function locked(ctx: Ctx, input: One): Promise<TaskRow> {
  const person = await findPerson(ctx, input.leadId)
  return (await queries.findTask(ctx.db, person, input.id, true)) ?? missing()
}

/** @throws Refusal `task.result` when a task that asks how it went is ticked without an answer, or with another */
function checkResult(before: TaskRow, told: Told): void {
  const asks = before.results.length > 0 && before.done_at === null && told.done === true && told.result === undefined
  const strange = told.result !== undefined && !before.results.some(({ key }) => key === told.result)
  if (asks || strange) refuse('unprocessable', 'task.result', { message: '結果を選んでください / Choose how it went.', field: 'result' })
}

/** Changes a task; a tick is told to the journal as `task.done`. @throws Refusal `task.unknown`, `assignee.unknown` */
export async function change(ctx: Ctx, input: One & Told): Promise<Task> {
  await checkAssignee(ctx, input.assigneeId)
  const before = await locked(ctx, input)
  if (before.removed_at) return missing()
  checkResult(before, input)
  const row = withTold(before, input, actorName(ctx), ctx.now)
  await queries.updateTask(ctx.db, row)
  if (row.done_at && !before.done_at) {
    const chosen = row.results.find(({ key }) => key === row.result)
    const props = { task: row.id, title: row.title, by: actorName(ctx), ...(chosen ? { result: chosen.key, resultName: chosen.name } : {}) }
    await append(ctx, [
      { subject: subjectOfRow(row), id: derivedId(ctx.id(), 'tasks', 'done'), name: 'task.done', occurredAt: ctx.now, props },
    ])
  }
  return kept(ctx, row)
}

export async function remove(ctx: Ctx, input: One): Promise<{ removed: boolean }> {
  const row = await locked(ctx, input)
  await queries.updateTask(ctx.db, { ...row, removed_at: row.removed_at ?? ctx.now })
  await announce(ctx, 'tasks', { ids: [row.person_id] })
  return { removed: row.removed_at === null }
}

export async function restore(ctx: Ctx, input: One): Promise<Task> {
  const row = { ...(await locked(ctx, input)), removed_at: null }
  await queries.updateTask(ctx.db, row)
  return kept(ctx, row)
}

export async function get(ctx: Ctx, input: One): Promise<Task> {
  const person = await findPerson(ctx, input.leadId)
  const row = await queries.findTask(ctx.db, person, input.id, false)
  const [shown] = row && !row.removed_at ? await present(ctx, [row]) : []
  return shown ?? missing()
}

/** A page of tasks: one's own (`me`), somebody's, nobody's, or those about a lead. */
export async function list(
  ctx: Ctx,
  input: {
    state: 'open' | 'done'
    assignee?: string | undefined
    leadId?: string | undefined
    cursor?: string | undefined
    limit: number
  },
): Promise<{ items: Task[]; next: string | null }> {
  const subject = input.leadId ? await findPerson(ctx, input.leadId) : undefined
  const order = `tasks.${input.state}`
  const after = input.cursor === undefined ? null : decodeKey(order, input.cursor)
  if (after === undefined)
    refuse('invalid', 'cursor.unknown', { message: 'This cursor is not one of ours. Begin at the first page.', field: 'cursor' })
  const assignee = input.assignee === 'me' ? me(ctx) : input.assignee === 'none' ? null : input.assignee
  const rows = await queries.listTasks(ctx.db, { state: input.state, assignee, subject }, after, input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return { items: await present(ctx, shown), next: rows.length > input.limit && last ? encodeKey(order, last.key, last.id) : null }
}

async function present(ctx: Ctx, rows: readonly TaskRow[]): Promise<Task[]> {
  if (!rows.length) return []
  const people = await selectPeople(ctx.db, rows.map(subjectOfRow))
  const names = await userNames(
    ctx.db,
    rows.flatMap((row) => row.assignee_id ?? []),
  )
  return rows.map((row) => {
    const person = people.get(row.person_id)
    return {
      leadId: row.person_id,
      id: row.id,
      leadName: [person?.family_name, person?.given_name].filter(Boolean).join(' ') || person?.mail || '',
      companyName: person?.company_name ?? null,
      title: row.title,
      body: row.body,
      dueAt: row.due_at?.toISOString() ?? null,
      assigneeId: row.assignee_id,
      assigneeName: (row.assignee_id && names.get(row.assignee_id)) || null,
      createdAt: row.created_at.toISOString(),
      createdBy: row.created_by,
      doneAt: row.done_at?.toISOString() ?? null,
      doneBy: row.done_by,
      results: row.results.map(({ key, name }) => ({ key, name })),
      result: row.result,
    }
  })
}

const MOST_TOLD = 40

/** A stage of the loop: tells of tasks that fell due, once each, and says when the next one does. */
export async function react(ctx: Ctx, pass: Pass): Promise<void> {
  const next = await queries.nextDue(ctx.db, pass.people)
  if (!next.size) return
  const due = pass.people.filter(({ id }) => (next.get(id) ?? pass.at) <= pass.at && next.has(id))
  if (due.length) await tell(ctx, pass, await queries.tellDue(ctx.db, due, pass.at))
  const later = due.length ? await queries.nextDue(ctx.db, pass.people) : next
  for (const [id, at] of later) pass.wake(id, at)
}

async function tell(ctx: Ctx, pass: Pass, told: readonly TaskRow[]): Promise<void> {
  const hopOf = (id: string): number => Math.max(0, ...newsOf(pass, id).map((news) => news.hop))
  await append(
    ctx,
    told.map((row) => ({
      subject: subjectOfRow(row),
      id: derivedId(row.id, 'tasks', `due ${row.due_at?.toISOString()}`),
      name: 'task.due',
      occurredAt: row.due_at ?? pass.at,
      causeId: row.id,
      hop: hopOf(row.person_id) + 1,
      props: { task: row.id, title: row.title, assignee: row.assignee_id },
    })),
  )
  const due = told.slice(0, MOST_TOLD).map((row) => ({ lead: row.person_id, id: row.id, assignee: row.assignee_id }))
  if (due.length) await announce(ctx, 'tasks', { ids: due.map((one) => one.lead), due })
}
