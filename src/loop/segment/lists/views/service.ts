import { mayActor } from '#access/roles.ts'
import type { Actor, Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import type { SavedView, viewsContract } from './contract.ts'
import * as queries from './queries.ts'
import type { SavedViewTable } from './tables.ts'

type Ask<K extends keyof typeof viewsContract> = InputOf<(typeof viewsContract)[K]>
const MOST_VIEWS = 100

function userOf(ctx: Ctx): Extract<Actor, { kind: 'user' }> {
  if (ctx.actor.kind === 'user') return ctx.actor
  refuse('forbidden', 'view.noUser', { message: 'A saved view belongs to somebody who signs in.' })
}

/** One's own views of a list, and those shared with everybody. */
export async function list(ctx: Ctx, input: Ask<'list'>): Promise<{ items: SavedView[] }> {
  const me = userOf(ctx)
  return { items: (await queries.listViews(ctx.db, input.list, me.id)).map((row) => shownOf(row, me.id)) }
}

function shownOf(row: SavedViewTable, me: string): SavedView {
  return {
    id: row.id,
    list: row.list as SavedView['list'],
    name: row.name,
    shared: row.shared,
    isMine: row.owner_id === me,
    by: row.owner_name,
    state: row.state as never,
    changedAt: row.changed_at.toISOString(),
  }
}

/** The views that everybody sees, of all lists. */
export async function listShared(ctx: Ctx): Promise<SavedView[]> {
  return (await queries.listShared(ctx.db)).map((row) => shownOf(row, ''))
}

/** Nobody's own: whoever answers for the lists may change it. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Makes or changes a view that everybody sees, whoever asks. @returns its id */
export async function keepShared(
  ctx: Ctx,
  given: { readonly id: string | null } & Pick<SavedView, 'list' | 'name' | 'state'>,
): Promise<string> {
  demandShare(ctx)
  const before = given.id === null ? undefined : await queries.findView(ctx.db, given.id)
  const by = ctx.actor.kind === 'user' ? { owner_id: ctx.actor.id, owner_name: ctx.actor.name } : { owner_id: NOBODY, owner_name: '' }
  const id = before?.id ?? ctx.id()
  await queries.saveView(ctx.db, {
    ...(before ?? { ...by, created_at: ctx.now }),
    ...{ id, list: given.list, name: given.name, shared: true, state: given.state as never, changed_at: ctx.now },
  })
  return id
}

export async function create(ctx: Ctx, input: Ask<'create'>): Promise<SavedView> {
  const me = userOf(ctx)
  if (input.shared) demandShare(ctx)
  if ((await queries.countOwn(ctx.db, input.list, me.id)) >= MOST_VIEWS)
    refuse('conflict', 'view.many', { message: `ビューは${MOST_VIEWS}件までです / ${MOST_VIEWS} views at most.`, field: 'name' })
  const row: SavedViewTable = {
    id: ctx.id(),
    list: input.list,
    name: input.name,
    owner_id: me.id,
    owner_name: me.name,
    shared: input.shared,
    state: input.state as never,
    created_at: ctx.now,
    changed_at: ctx.now,
  }
  await queries.saveView(ctx.db, row)
  return shownOf(row, me.id)
}

/** What everybody sees is made by those who may change leads. */
function demandShare(ctx: Ctx): void {
  if (mayActor(ctx.actor, 'leads.write')) return
  refuse('forbidden', 'permission.missing', { message: '共有ビューを作る権限がありません / You may not share views.', field: 'shared' })
}

/** A view is changed by whoever made it; a shared one also by those who answer for the lists. */
async function mine(ctx: Ctx, id: string): Promise<SavedViewTable> {
  const me = userOf(ctx)
  const row = await queries.findView(ctx.db, id)
  const visible = row && (row.owner_id === me.id || row.shared)
  if (!visible) refuse('missing', 'view.unknown', { message: 'ビューが見つかりません / There is no such view.' })
  if (row.owner_id === me.id || mayActor(ctx.actor, 'leads.bulk')) return row
  refuse('forbidden', 'view.notMine', { message: '他の人のビューは変更できません / This view is somebody else’s.' })
}

export async function change(ctx: Ctx, input: Ask<'change'>): Promise<SavedView> {
  const row = await mine(ctx, input.id)
  if (input.shared && !row.shared) demandShare(ctx)
  const next = {
    ...row,
    name: input.name ?? row.name,
    shared: input.shared ?? row.shared,
    state: (input.state as never) ?? row.state,
    changed_at: ctx.now,
  }
  await queries.saveView(ctx.db, next)
  return shownOf(next, userOf(ctx).id)
}

export async function remove(ctx: Ctx, input: Ask<'remove'>): Promise<{ ok: true }> {
  await mine(ctx, input.id)
  await queries.deleteView(ctx.db, input.id)
  return { ok: true }
}
