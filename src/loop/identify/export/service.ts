import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { announce } from '#kernel/live.ts'
import { readAsk, sourceOf, unknown } from './ask.ts'
import type { ExportFormat, ExportShown, exportsContract, Loss } from './contract.ts'
import { exportJob } from './jobs.ts'
import * as queries from './queries.ts'

type Ask<K extends keyof typeof exportsContract> = InputOf<(typeof exportsContract)[K]>

/** Days a prepared file lies there. */
export const FILE_DAYS = 7
const DAY = 86_400_000

/** The columns a list can be exported with. */
export async function columns(ctx: Ctx, input: Ask<'columns'>) {
  const all = await sourceOf(ctx, input.source).columns(ctx)
  return { items: all.map(({ key, ja, en, usual }) => ({ key, ja, en, usual: usual === true })) }
}

/** Begins to prepare a file; it is written as a job. */
export async function start(ctx: Ctx, ask: Ask<'start'>): Promise<ExportShown> {
  const asked = await readAsk(ctx, ask)
  const id = ctx.id()
  await queries.insertExport(ctx.db, {
    id,
    source: ask.source,
    title: asked.source[ask.language],
    format: ask.format,
    filter: ask.filter as never,
    columns: asked.columns.map((column) => column.key),
    language: ask.language,
    state: 'waiting',
    made_by: 'name' in ctx.actor ? ctx.actor.name : ctx.actor.kind,
    made_by_id: 'id' in ctx.actor ? ctx.actor.id : null,
    at: ctx.now,
    ended_at: null,
    expires_at: new Date(ctx.now.getTime() + FILE_DAYS * DAY),
    total: await queries.estimateRows(ctx.db, await asked.source.rows(ctx, ask.filter)),
    failure: null,
  })
  await ctx.house.jobs.enqueue(ctx, exportJob, { id })
  return get(ctx, { id })
}

/** Exports, the newest first. */
export async function list(ctx: Ctx, { cursor, limit }: Ask<'list'>): Promise<{ items: ExportShown[]; next: string | null }> {
  const rows = await queries.listExports(ctx.db, decodeCursor(cursor), limit + 1)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { items: rows.slice(0, limit).map((row) => shownOf(ctx, row)), next: last ? encodeCursor(last.at, last.id) : null }
}

export async function get(ctx: Ctx, { id }: Ask<'get'>): Promise<ExportShown> {
  return shownOf(ctx, (await queries.findExport(ctx.db, id)) ?? unknown())
}

function shownOf(ctx: Ctx, row: queries.ExportRow): ExportShown {
  return {
    id: row.id,
    source: row.source,
    title: row.title,
    format: row.format as ExportFormat,
    state: row.state,
    by: row.made_by,
    isMine: 'id' in ctx.actor && ctx.actor.id === row.made_by_id,
    at: row.at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
    total: row.total,
    rows: row.rows,
    bytes: Number(row.bytes),
    lost: row.lost,
    losses: row.losses as unknown as Loss[],
    failure: row.failure,
    downloads: row.downloads,
    url: row.state === 'done' ? `/api/exports/${row.id}/file` : null,
  }
}

/** Stops preparing a file, or deletes it. */
export async function cancel(ctx: Ctx, { id }: Ask<'cancel'>): Promise<{ ok: true }> {
  if (!(await queries.moveExport(ctx.db, id, ['waiting', 'running', 'done'], { state: 'cancelled', ended_at: ctx.now }))) unknown()
  await announce(ctx, 'exports', { id })
  return { ok: true }
}
