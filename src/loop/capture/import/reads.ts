// What screens see of imports.
import { createHash } from 'node:crypto'
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { customFields } from '#loop/identify/fields/service.ts'
import { type ImportDetail, type ImportFound, type ImportRun, type ImportUndone, importOptions } from './contract.ts'
import { veiled } from './decide.ts'
import { firstRows, type Recipe } from './file.ts'
import { looksLikeDeals, plain, propose, proposeDeals } from './headers.ts'
import { FileFault, UNDO_DAYS } from './limits.ts'
import * as queries from './queries.ts'
import type { ImportRunTable } from './tables.ts'
import { recipeOf } from './work.ts'

const MOVING = new Set(['running', 'checking', 'undoing'])

/** Rows per second since it last began or was resumed, and how long the rest will take at that rate. */
function pace(row: ImportRunTable, total: number): { perSecond: number | null; secondsLeft: number | null } {
  const seconds = row.leg_at && row.last_at ? (row.last_at.getTime() - row.leg_at.getTime()) / 1000 : 0
  const done = row.rows_done - row.leg_rows
  if (!MOVING.has(row.status) || seconds <= 0 || done <= 0) return { perSecond: null, secondsLeft: null }
  return { perSecond: done / seconds, secondsLeft: Math.max(0, ((total - row.rows_done) * seconds) / done) }
}

const OVER = new Set(['done', 'cancelled', 'failed'])

/** Until when an import that is over can be taken back and tells what the rows said that it did not take; null before it is over, and after. */
function keptUntil({ finished_at: at }: ImportRunTable, now: Date): Date | null {
  const until = at && new Date(at.getTime() + UNDO_DAYS * DAY)
  return until && until > now ? until : null
}

/** Is what stood in the rows that were not taken gone by age? */
export const areRowsGone = (row: ImportRunTable, now: Date): boolean => row.finished_at !== null && keptUntil(row, now) === null

const runOf = (row: ImportRunTable, now: Date): ImportRun => {
  const total = row.rows_total ?? row.rows_estimate
  const until = keptUntil(row, now)?.toISOString() ?? null
  return {
    id: row.id,
    name: row.name,
    target: row.target === 'deals' ? 'deals' : 'people',
    bytes: Number(row.bytes),
    encoding: row.encoding as ImportRun['encoding'],
    delimiter: row.delimiter,
    sheet: row.sheet,
    status: row.status,
    rowsEstimate: total,
    rowsDone: row.rows_done,
    ...pace(row, total),
    inserted: row.inserted,
    returned: row.returned,
    updated: row.updated,
    skipped: row.skipped,
    rejected: row.rejected,
    failure: row.failure,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    rowsUntil: until,
    undoUntil: OVER.has(row.status) && row.inserted + row.updated > 0 ? until : null,
    undone: (row.undone as unknown as ImportUndone | null) ?? null,
    madeBy: row.made_by,
  }
}

/** The imports, newest first. */
export async function listImports(
  ctx: Ctx,
  input: { cursor?: string | undefined; limit: number },
): Promise<{ items: ImportRun[]; next: string | null }> {
  const rows = await queries.listRuns(ctx.db, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => runOf(row, ctx.now)),
    next: rows.length > input.limit && last ? encodeCursor(last.created_at, last.id) : null,
  }
}

/** @throws Refusal `import.unknown` */
export async function found(ctx: Ctx, id: string): Promise<ImportRunTable> {
  const row = await queries.findRun(ctx.db, id)
  if (!row) refuse('missing', 'import.unknown', { message: 'インポートが見つかりません / There is no such import.' })
  return row
}

const SAMPLE_ROWS = 30

/** How a reader may be asked to read another way than was found. */
export interface Asked {
  readonly id: string
  readonly target?: 'people' | 'deals' | undefined
  readonly encoding?: ImportRun['encoding'] | undefined
  readonly delimiter?: string | undefined
  readonly sheet?: number | undefined
}

/** By which the same kind of file is known again: its headers in their order. */
export const headersKey = (columns: readonly string[], target: string): string =>
  createHash('sha256')
    .update(JSON.stringify([target, ...columns.map(plain)]))
    .digest('hex')

/** An import; while it only lies there, its first rows as decoded and the mapping that is remembered or proposed. */
export async function getImport(ctx: Ctx, input: Asked): Promise<ImportDetail> {
  const row = await found(ctx, input.id)
  const parsed = importOptions.safeParse(row.options)
  const kept = {
    columns: row.columns as string[],
    mapping: row.mapping as string[],
    options: parsed.success ? parsed.data : null,
    sheets: row.sheets as string[],
    tool: null,
    remembered: false,
    found: (row.found as unknown as ImportFound | null) ?? null,
  }
  if (row.status !== 'uploaded' && row.status !== 'checked') return { ...runOf(row, ctx.now), ...kept, sample: [] }
  const own = recipeOf(row)
  const recipe: Recipe = {
    encoding: own.encoding === 'workbook' ? 'workbook' : input.encoding === 'workbook' ? own.encoding : (input.encoding ?? own.encoding),
    delimiter: input.delimiter ?? own.delimiter,
    sheet: input.sheet ?? own.sheet,
  }
  const [columns = [], ...sample] = await preview(ctx, row.id, recipe)
  const target = input.target ?? (row.status === 'checked' ? runOf(row, ctx.now).target : looksLikeDeals(columns) ? 'deals' : 'people')
  const base = { ...runOf(row, ctx.now), ...kept, ...recipe, target, columns, sample }
  if (row.status === 'checked' && kept.mapping.length === columns.length && target === row.target) return base
  const memory = await queries.findMapping(ctx.db, headersKey(columns, target))
  const proposal =
    target === 'deals'
      ? { mapping: proposeDeals(columns), tool: null }
      : propose(columns, sample, await customFields(ctx), await customFields(ctx, 'company'))
  const options = memory ? importOptions.safeParse(memory.options) : null
  return {
    ...base,
    tool: proposal.tool,
    remembered: memory !== undefined,
    mapping: memory ? (memory.mapping as string[]) : proposal.mapping,
    // How it was done is remembered; on what ground, from where and into which campaign is said anew each time.
    options: options?.success ? { ...options.data, basis: 'none', basisText: '', source: '', campaignId: null, campaignStatus: '' } : null,
  }
}

/** The first rows of a file. @throws Refusal `import.unreadable`, `import.fileGone` */
export async function preview(ctx: Ctx, id: string, recipe: Recipe): Promise<string[][]> {
  try {
    return await firstRows(ctx.house, id, recipe, SAMPLE_ROWS + 1)
  } catch (error) {
    if (error instanceof FileFault) refuse('unprocessable', 'import.unreadable', { message: error.message, field: 'file' })
    if ((error as { code?: string }).code === 'ENOENT')
      refuse('gone', 'import.fileGone', {
        message: 'ファイルが見つかりません。もう一度アップロードしてください / The file is gone: please upload it again.',
      })
    throw error
  }
}

/** Rows that were not taken, by line. */
export async function listRows(
  ctx: Ctx,
  input: { id: string; outcome?: 'skipped' | 'rejected' | undefined; cursor?: string | undefined; limit: number },
) {
  const run = await found(ctx, input.id)
  const after = input.cursor === undefined ? 0 : Number(input.cursor)
  if (!Number.isSafeInteger(after) || after > 2_000_000_000)
    refuse('invalid', 'cursor.unknown', { message: 'This cursor is not one of ours. Begin at the first page.', field: 'cursor' })
  const rows = await queries.listRows(ctx.db, input.id, after, input.limit + 1, input.outcome)
  const shown = rows.slice(0, input.limit)
  const next = rows.length > input.limit ? String(shown.at(-1)?.line ?? 0) : null
  const gone = areRowsGone(run, ctx.now)
  const items = shown.map(({ line, outcome, reason, cells }) =>
    gone ? { line, outcome, reason: veiled(reason), cells: null } : { line, outcome, reason, cells: cells as string[] | null },
  )
  return { items, next }
}
