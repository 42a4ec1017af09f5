import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { customFields } from '#loop/identify/fields/service.ts'
import { type ImportDetail, type ImportOptions, type ImportRun, importOptions } from './contract.ts'
import { planFlaws, proposeMapping } from './decide.ts'
import { type Encoding, FileFault, firstRows, removeFile } from './file.ts'
import { importJob } from './jobs.ts'
import * as queries from './queries.ts'
import type { ImportRunTable } from './tables.ts'

const runOf = (row: ImportRunTable): ImportRun => ({
  id: row.id,
  name: row.name,
  bytes: Number(row.bytes),
  encoding: row.encoding as Encoding,
  delimiter: row.delimiter,
  status: row.status,
  rowsEstimate: row.rows_estimate,
  rowsDone: row.rows_done,
  inserted: row.inserted,
  updated: row.updated,
  skipped: row.skipped,
  rejected: row.rejected,
  failure: row.failure,
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  madeBy: row.made_by,
})

/** The imports, newest first. */
export async function listImports(
  ctx: Ctx,
  input: { cursor?: string | undefined; limit: number },
): Promise<{ items: ImportRun[]; next: string | null }> {
  const rows = await queries.listRuns(ctx.db, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return { items: shown.map(runOf), next: rows.length > input.limit && last ? encodeCursor(last.created_at, last.id) : null }
}

async function found(ctx: Ctx, id: string): Promise<ImportRunTable> {
  const row = await queries.findRun(ctx.db, id)
  if (!row) refuse('missing', 'import.unknown', { message: 'インポートが見つかりません / There is no such import.' })
  return row
}

const SAMPLE_ROWS = 20

/** An import; while it only lies there, its first rows as decoded by the given (else the guessed) encoding, and the proposed mapping. */
export async function getImport(
  ctx: Ctx,
  input: { id: string; encoding?: Encoding | undefined; delimiter?: string | undefined },
): Promise<ImportDetail> {
  const row = await found(ctx, input.id)
  const parsed = importOptions.safeParse(row.options)
  const kept = { columns: row.columns as string[], mapping: row.mapping as string[], options: parsed.success ? parsed.data : null }
  if (row.status !== 'uploaded') return { ...runOf(row), ...kept, sample: [] }
  const encoding = input.encoding ?? (row.encoding as Encoding)
  const delimiter = input.delimiter ?? row.delimiter
  const [columns = [], ...sample] = await preview(ctx, row.id, encoding, delimiter)
  return { ...runOf(row), encoding, delimiter, columns, mapping: proposeMapping(columns, await customFields(ctx)), options: null, sample }
}

async function preview(ctx: Ctx, id: string, encoding: Encoding, delimiter: string): Promise<string[][]> {
  try {
    return await firstRows(ctx.house, id, encoding, delimiter, SAMPLE_ROWS + 1)
  } catch (error) {
    if (error instanceof FileFault) refuse('unprocessable', 'import.unreadable', { message: error.message, field: 'file' })
    if ((error as { code?: string }).code === 'ENOENT')
      refuse('gone', 'import.fileGone', {
        message: 'ファイルが見つかりません。もう一度アップロードしてください / The file is gone: please upload it again.',
      })
    throw error
  }
}

/** Registers an uploaded file. */
export async function registerImport(
  ctx: Ctx,
  input: { id: string; name: string; bytes: number; encoding: Encoding; delimiter: string; bytesPerRow: number },
): Promise<{ id: string }> {
  const [columns = []] = await preview(ctx, input.id, input.encoding, input.delimiter)
  if (!columns.length) refuse('unprocessable', 'import.empty', { message: 'ファイルが空です / The file is empty.', field: 'file' })
  await queries.insertRun(ctx.db, {
    id: input.id,
    name: input.name,
    bytes: input.bytes,
    encoding: input.encoding,
    delimiter: input.delimiter,
    columns,
    created_at: ctx.now,
    made_by: actorName(ctx),
    rows_estimate: Math.max(0, Math.round(input.bytes / input.bytesPerRow) - 1),
  })
  return { id: input.id }
}

/** Starts an import. @throws Refusal `import.plan` with a reason per field; `import.started` when it is under way or over */
export async function startImport(
  ctx: Ctx,
  input: { id: string; encoding: Encoding; delimiter: string; mapping: readonly string[]; options: ImportOptions },
): Promise<ImportDetail> {
  const row = await queries.lockRun(ctx.db, input.id)
  if (!row) refuse('missing', 'import.unknown', { message: 'インポートが見つかりません / There is no such import.' })
  if (row.status !== 'uploaded')
    refuse('conflict', 'import.started', { message: 'このインポートはすでに開始されています / This import was started already.' })
  const [columns = []] = await preview(ctx, row.id, input.encoding, input.delimiter)
  const flaws = planFlaws(
    input.mapping,
    columns.length,
    (await customFields(ctx)).map((field) => field.key),
    input.options,
  )
  if (flaws.length) refuse('unprocessable', 'import.plan', { message: flaws.map((one) => one.reason).join(' · '), errors: flaws })
  await queries.startRun(
    ctx.db,
    row.id,
    { encoding: input.encoding, delimiter: input.delimiter, columns, mapping: [...input.mapping], options: input.options },
    ctx.now,
  )
  await ctx.house.jobs.enqueue(ctx, importJob, { id: row.id })
  await announce(ctx, 'imports', { id: row.id })
  return getImport(ctx, { id: row.id })
}

/** Stops an import after the page it is at; rows that are in stay. */
export async function cancelImport(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  await found(ctx, input.id)
  await queries.endRun(ctx.db, input.id, 'cancelled', ctx.now, null)
  ctx.afterCommit(() => void removeFile(ctx.house, input.id))
  await announce(ctx, 'imports', { id: input.id })
  return { ok: true }
}

/** Rows that were not taken, by line. */
export async function listRows(ctx: Ctx, input: { id: string; cursor?: string | undefined; limit: number }) {
  await found(ctx, input.id)
  const after = input.cursor === undefined ? 0 : Number(input.cursor)
  if (!Number.isSafeInteger(after))
    refuse('invalid', 'cursor.unknown', { message: 'This cursor is not one of ours. Begin at the first page.', field: 'cursor' })
  const rows = await queries.listRows(ctx.db, input.id, after, input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const next = rows.length > input.limit ? String(shown.at(-1)?.line ?? 0) : null
  return { items: shown.map((row) => ({ line: row.line, outcome: row.outcome, reason: row.reason, cells: row.cells as string[] })), next }
}

const actorName = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : 'public')
