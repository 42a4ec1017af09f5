import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import { mayActor } from '#access/roles.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, subjectOf } from '#kernel/db/buckets.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { isActiveUser } from '#loop/identify/change/queries.ts'
import { personColumns } from '#loop/identify/fields/columns.ts'
import { readAttrs } from '#loop/identify/fields/service.ts'
import { conditionsOf } from '#loop/identify/leads/list.ts'
import { resolveSubjects } from '#loop/identify/service.ts'
import { TRASH_DAYS } from '#loop/identify/trash/service.ts'
import { live } from '#loop/plan/campaigns/service.ts'
import type { BulkAct, BulkShown, bulkContract } from './contract.ts'
import { emptied } from './decide.ts'
import { bulkJob } from './jobs.ts'
import * as queries from './queries.ts'

type Ask<K extends keyof typeof bulkContract> = InputOf<(typeof bulkContract)[K]>
const DAY = 86_400_000

/** Begins a change to many leads. What it is about is written down first; it runs as a job. */
export async function start(ctx: Ctx, input: Ask<'start'>): Promise<BulkShown> {
  demandMay(ctx, input.act, input.filter !== undefined)
  const act = await readAct(ctx, input.act)
  if (input.filter) await conditionsOf(ctx, input.filter)
  const id = ctx.id()
  await queries.insertAct(ctx.db, {
    id,
    kind: act.kind,
    act: act as never,
    filter: (input.filter ?? null) as never,
    by: 'name' in ctx.actor ? ctx.actor.name : ctx.actor.kind,
    byId: 'id' in ctx.actor ? ctx.actor.id : null,
    at: ctx.now,
    undoUntil: new Date(ctx.now.getTime() + TRASH_DAYS * DAY),
  })
  if (input.ids) {
    const found = await resolveSubjects(ctx, input.ids)
    const subjects = distinctSubjects(input.ids.map((one) => found.get(one) ?? subjectOf(one)))
    await queries.moveAct(ctx.db, id, { total: await queries.addChosen(ctx.db, id, subjects, ctx.now) })
  }
  await ctx.house.jobs.enqueue(ctx, bulkJob, { id })
  await announce(ctx, 'bulk', { id })
  return get(ctx, { id })
}

/** Whole lists, and the trash, are for those who answer for the list; scenarios for those who may let people into them one by one. */
function demandMay(ctx: Ctx, act: BulkAct, isWhole: boolean): void {
  if (act.kind === 'scenario' && !mayActor(ctx.actor, 'scenarios.write'))
    refuse('forbidden', 'permission.missing', {
      message: 'シナリオに入れる権限がありません / You may not let leads into scenarios.',
    })
  if (mayActor(ctx.actor, 'leads.bulk') || !(isWhole || act.kind === 'trash')) return
  refuse('forbidden', 'permission.missing', {
    message: '一覧全体の変更と削除は、管理者とマーケターができます / Changing a whole list, and deleting, is for owners and marketers.',
  })
}

/** The act with its values made fit to store. @throws Refusal for a field, value, colleague or campaign that is none */
async function readAct(ctx: Ctx, act: BulkAct): Promise<BulkAct> {
  if (act.kind === 'field') return readField(act)
  if (act.kind === 'attr')
    return { ...act, value: ((await readAttrs(ctx, { [act.key]: act.value }, true))[act.key] ?? clears(act)) as typeof act.value }
  if (act.kind === 'owner' && act.ownerId !== null && !(await isActiveUser(ctx.db, act.ownerId)))
    refuse('unprocessable', 'owner.unknown', { message: '担当者が見つかりません / There is no such colleague.', field: 'ownerId' })
  if (act.kind === 'campaign') await live(ctx, act.target)
  if (act.kind === 'scenario' && !ctx.house.ports.scenarioDoor)
    refuse('unprocessable', 'scenario.missing', { message: 'シナリオがありません / There are no scenarios here.' })
  if ((act.kind === 'tags' || act.kind === 'interest') && !act.add.length && !act.remove.length)
    refuse('unprocessable', 'bulk.nothing', {
      message: '追加または削除するものを選んでください / Choose what to add or to remove.',
      field: 'add',
    })
  return act
}

/** A null clears; a key that no field has is refused rather than passed over. */
function clears(act: Extract<BulkAct, { kind: 'attr' }>): null {
  if (act.value === null || act.value === '') return null
  refuse('unprocessable', 'field.unknown', { message: '項目が見つかりません / There is no such field.', field: 'key' })
}

function readField(act: Extract<BulkAct, { kind: 'field' }>): BulkAct {
  const column = personColumns.find((one) => one.field === act.field)
  if (!column)
    refuse('unprocessable', 'field.unknown', {
      message: 'この項目はまとめて変更できません / This field cannot be changed for many.',
      field: 'field',
    })
  if (act.value.trim() !== '' && column.normalise(act.value) === null)
    refuse('unprocessable', 'field.value', {
      message: `${column.ja}の値を確認してください / Check the value of ${column.en}.`,
      field: 'value',
    })
  return act
}

/** Acts, the newest first. */
export async function list(ctx: Ctx, { cursor, limit }: Ask<'list'>): Promise<{ items: BulkShown[]; next: string | null }> {
  const rows = await queries.listActs(ctx.db, decodeCursor(cursor), limit + 1)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { items: rows.slice(0, limit).map((row) => shownOf(ctx, row)), next: last ? encodeCursor(last.at, last.id) : null }
}

export async function get(ctx: Ctx, { id }: Ask<'get'>): Promise<BulkShown> {
  return shownOf(ctx, (await queries.findAct(ctx.db, id)) ?? unknown())
}

const unknown = (): never => refuse('missing', 'bulk.unknown', { message: 'この操作は見つかりません / There is no such change.' })

const ENDED: ReadonlySet<string> = new Set(['done', 'cancelled', 'failed'])
const mayUndo = (ctx: Ctx, row: queries.BulkRow): boolean =>
  ENDED.has(row.state) && row.changed > 0 && row.kind !== 'stop' && row.undo_until > ctx.now

function shownOf(ctx: Ctx, row: queries.BulkRow): BulkShown {
  const act = row.act as unknown as BulkAct
  const isOver = row.undo_until <= ctx.now
  const left = isOver ? emptied(act) : null
  return {
    id: row.id,
    act: left ?? act,
    filter: isOver && row.filter ? {} : (row.filter as never),
    forgotten: left !== null || (isOver && row.filter !== null),
    state: row.state,
    by: row.made_by,
    at: row.at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    total: row.total,
    done: row.done,
    changed: row.changed,
    failure: row.failure,
    undoUntil: row.undo_until.toISOString(),
    mayUndo: mayUndo(ctx, row),
    undoneBy: row.undone_by,
    undoneAt: row.undone_at?.toISOString() ?? null,
    restored: row.restored,
    kept: row.kept,
  }
}

/** Stops an act; what is done stays. */
export async function cancel(ctx: Ctx, { id }: Ask<'cancel'>): Promise<{ ok: true }> {
  const row = (await queries.lockAct(ctx.db, id)) ?? unknown()
  demandMay(ctx, row.act as unknown as BulkAct, row.filter !== null)
  if (row.state === 'waiting' || row.state === 'running') await queries.moveAct(ctx.db, id, { state: 'cancelled', endedAt: ctx.now })
  await announce(ctx, 'bulk', { id })
  return { ok: true }
}

/** Takes an act back. @throws Refusal conflict when it is not over, was taken back, or its days are over */
export async function undo(ctx: Ctx, { id }: Ask<'undo'>): Promise<BulkShown> {
  const row = (await queries.lockAct(ctx.db, id)) ?? unknown()
  demandMay(ctx, row.act as unknown as BulkAct, row.filter !== null)
  if (!mayUndo(ctx, row)) refuse('conflict', 'bulk.noUndo', { message: 'この操作は元に戻せません / This can no longer be undone.' })
  await queries.moveAct(ctx.db, id, {
    state: 'undoing',
    mark: { bucket: -1, id: '00000000-0000-0000-0000-000000000000' },
    undoneBy: 'name' in ctx.actor ? ctx.actor.name : ctx.actor.kind,
  })
  await ctx.house.jobs.enqueue(ctx, bulkJob, { id })
  await announce(ctx, 'bulk', { id })
  return get(ctx, { id })
}
