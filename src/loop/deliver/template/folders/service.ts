import type { Actor, Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import type { Folder, FolderLevel, Sharing, templateFoldersContract } from './contract.ts'
import { levelIn, moveFault, type Shelf } from './decide.ts'
import {
  changeFolder,
  countTemplates,
  deleteFolder,
  type FolderRow,
  foldersOf,
  insertFolder,
  listFolders,
  lockFolders,
  placeTemplates,
} from './queries.ts'

type Ask<K extends keyof typeof templateFoldersContract> = InputOf<(typeof templateFoldersContract)[K]>

/** The folders of the company, ready to be asked. */
export interface Shelves {
  readonly rows: readonly FolderRow[]
  level(id: string | null): FolderLevel
  readonly byId: ReadonlyMap<string, Shelf>
  /** Folders whose content the actor must not see. */
  readonly hidden: readonly string[]
}

/** Reads all folders and what the actor may do in each. */
export async function shelvesFor(ctx: Ctx): Promise<Shelves> {
  const rows = await listFolders(ctx.db)
  const byId = new Map<string, Shelf>(
    rows.map((row) => [row.id, { id: row.id, parentId: row.parent_id, sharing: row.sharing, madeBy: row.made_by }]),
  )
  const level = (id: string | null) => levelIn(byId, id, ctx.actor)
  return { rows, byId, level, hidden: rows.filter((row) => level(row.id) === 'none').map((row) => row.id) }
}

/** Refuses whoever may not see a template that lies there as if it did not exist, and whoever may not change it by name. */
export const assertFolder = (ctx: Ctx, folderId: string | null, wanted: 'view' | 'edit'): Promise<void> =>
  assertFolders(ctx, [folderId], wanted)

/** The same for templates by their ids: for whoever wants to send one. Unknown ids are left to the caller. */
export async function assertTemplates(ctx: Ctx, ids: readonly string[], wanted: 'view' | 'edit'): Promise<void> {
  const rows = await foldersOf(ctx.db, ids)
  await assertFolders(
    ctx,
    rows.map((row) => row.folder_id),
    wanted,
  )
}

async function assertFolders(ctx: Ctx, ids: readonly (string | null)[], wanted: 'view' | 'edit'): Promise<void> {
  if (ids.every((id) => id === null)) return
  const shelves = await shelvesFor(ctx)
  const levels = ids.map((id) => shelves.level(id))
  if (levels.includes('none')) missing()
  if (wanted === 'edit' && levels.includes('view')) readOnly()
}

const missing = () => refuse('missing', 'template.missing', { message: 'このテンプレートはありません / This template does not exist.' })
const readOnly = () =>
  refuse('forbidden', 'folder.readOnly', {
    message:
      'このフォルダは閲覧のみです。フォルダの作成者に編集権限を依頼してください / This folder is shared with you for viewing only. Ask whoever made it.',
  })
const noFolder = () => refuse('missing', 'folder.missing', { message: 'このフォルダはありません / This folder does not exist.' })

function shown(row: FolderRow, mine: FolderLevel, templates: number): Folder {
  return { id: row.id, parentId: row.parent_id, name: row.name, sharing: row.sharing, mine: mine === 'edit' ? 'edit' : 'view', templates }
}

export async function list(ctx: Ctx): Promise<{ items: Folder[]; loose: number }> {
  const shelves = await shelvesFor(ctx)
  const counts = await countTemplates(ctx.db)
  const seen = shelves.rows.filter((row) => shelves.level(row.id) !== 'none')
  return { items: seen.map((row) => shown(row, shelves.level(row.id), counts.get(row.id) ?? 0)), loose: counts.get('') ?? 0 }
}

async function one(ctx: Ctx, id: string): Promise<Folder> {
  return (await list(ctx)).items.find((item) => item.id === id) ?? noFolder()
}

function assertName(shelves: Shelves, name: string, parentId: string | null, but: string | null): void {
  const same = shelves.rows.some((row) => row.id !== but && row.parent_id === parentId && row.name.toLowerCase() === name.toLowerCase())
  if (same)
    refuse('conflict', 'folder.name', {
      message: '同じ名前のフォルダがあります / A folder of that name stands there already.',
      field: 'name',
    })
}

function assertPlace(shelves: Shelves, id: string, parentId: string | null): void {
  const fault = moveFault(shelves.byId, id, parentId)
  if (fault === 'loop')
    refuse('invalid', 'folder.loop', { message: 'フォルダを自分の中へは移せません / A folder cannot lie in itself.', field: 'parentId' })
  if (fault === 'deep')
    refuse('invalid', 'folder.deep', { message: 'フォルダは5段までです / Folders lie at most five deep.', field: 'parentId' })
  if (fault === 'parent') noFolder()
}

function assertEdit(shelves: Shelves, id: string | null): void {
  const level = shelves.level(id)
  if (level === 'none') noFolder()
  if (level !== 'edit') readOnly()
}

export async function create(ctx: Ctx, input: Ask<'create'>): Promise<Folder> {
  await lockFolders(ctx.db)
  const shelves = await shelvesFor(ctx)
  const id = ctx.id()
  assertEdit(shelves, input.parentId)
  assertPlace(shelves, id, input.parentId)
  assertName(shelves, input.name, input.parentId, null)
  await insertFolder(
    ctx.db,
    { id, parent_id: input.parentId, name: input.name, sharing: input.sharing, made_by: 'id' in ctx.actor ? ctx.actor.id : null },
    ctx.now,
  )
  return one(ctx, id)
}

export async function update(ctx: Ctx, input: Ask<'update'>): Promise<Folder> {
  await lockFolders(ctx.db)
  const shelves = await shelvesFor(ctx)
  const row = shelves.rows.find((known) => known.id === input.id)
  assertEdit(shelves, row?.id ?? noFolder())
  if (row && row.parent_id !== input.parentId) assertEdit(shelves, input.parentId)
  assertPlace(shelves, input.id, input.parentId)
  assertName(shelves, input.name, input.parentId, input.id)
  assertStillMine(shelves, row, input.sharing, ctx.actor)
  await changeFolder(ctx.db, { id: input.id, parent_id: input.parentId, name: input.name, sharing: input.sharing })
  return one(ctx, input.id)
}

/** Nobody may lock themselves out: whoever shares must still be able to take it back. */
function assertStillMine(shelves: Shelves, row: FolderRow | undefined, sharing: Sharing | null, actor: Actor): void {
  if (!row) return
  const after = new Map(shelves.byId).set(row.id, { id: row.id, parentId: row.parent_id, sharing, madeBy: row.made_by })
  if (levelIn(after, row.id, actor) !== 'edit')
    refuse('invalid', 'folder.lockedOut', {
      message: '自分が編集できなくなる共有設定にはできません / You would lock yourself out of this folder.',
      field: 'sharing',
    })
}

export async function remove(ctx: Ctx, { id }: Ask<'remove'>): Promise<{ ok: true }> {
  await lockFolders(ctx.db)
  const shelves = await shelvesFor(ctx)
  const row = shelves.rows.find((known) => known.id === id) ?? noFolder()
  assertEdit(shelves, row.id)
  assertEdit(shelves, row.parent_id)
  // What was kept from others must not become open to them by a removal.
  const full = ((await countTemplates(ctx.db)).get(id) ?? 0) > 0 || shelves.rows.some((inside) => inside.parent_id === id)
  if (row.sharing !== null && full)
    refuse('conflict', 'folder.full', {
      message:
        '共有範囲を限ったフォルダです。先に中身を移してください / This folder is shared with some only: move what lies in it elsewhere first.',
    })
  if (shelves.rows.some((inside) => inside.parent_id === id && shelves.level(inside.id) !== 'edit')) readOnly()
  for (const inside of shelves.rows.filter((known) => known.parent_id === id)) assertName(shelves, inside.name, row.parent_id, id)
  await deleteFolder(ctx.db, id, row.parent_id)
  return { ok: true }
}

export async function place(ctx: Ctx, { ids, folderId }: Ask<'place'>): Promise<{ moved: number }> {
  await lockFolders(ctx.db)
  assertEdit(await shelvesFor(ctx), folderId)
  await assertTemplates(ctx, ids, 'edit')
  return { moved: await placeTemplates(ctx.db, ids, folderId) }
}
