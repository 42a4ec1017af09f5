import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { customFields } from '#loop/identify/fields/service.ts'
import { live } from '#loop/plan/campaigns/service.ts'
import type { ImportDetail, ImportOptions } from './contract.ts'
import { planFlaws } from './decide.ts'
import { type Recipe, removeFile, type Sniffed } from './file.ts'
import { looksLikeDeals } from './headers.ts'
import { importJob, undoJob } from './jobs.ts'
import * as queries from './queries.ts'
import { found, getImport, headersKey, preview } from './reads.ts'
import type { ImportRunTable, ImportStatus } from './tables.ts'

/** Registers an uploaded file. */
export async function registerImport(ctx: Ctx, input: Sniffed & { id: string; name: string; bytes: number }): Promise<{ id: string }> {
  const [columns = []] = await preview(ctx, input.id, input)
  if (!columns.length) refuse('unprocessable', 'import.empty', { message: 'ファイルが空です / The file is empty.', field: 'file' })
  await queries.insertRun(ctx.db, {
    id: input.id,
    name: input.name,
    bytes: input.bytes,
    encoding: input.encoding,
    delimiter: input.delimiter,
    target: looksLikeDeals(columns) ? 'deals' : 'people',
    columns,
    sheets: input.sheets,
    created_at: ctx.now,
    made_by: actorName(ctx),
    rows_estimate: Math.max(0, Math.round(input.bytes / input.bytesPerRow) - 1),
  })
  return { id: input.id }
}

export interface How {
  readonly id: string
  readonly target: 'people' | 'deals'
  readonly encoding: Recipe['encoding']
  readonly delimiter: string
  readonly sheet: number
  readonly mapping: readonly string[]
  readonly options: ImportOptions
}

/** Tries an import: nothing is written but what it found. @throws Refusal `import.plan`, `import.started` */
export function checkImport(ctx: Ctx, input: How): Promise<ImportDetail> {
  return set(ctx, input, 'checking')
}

/** Starts an import. @throws Refusal `import.plan` with a reason per field; `import.started` when it is under way or over */
export function startImport(ctx: Ctx, input: How): Promise<ImportDetail> {
  return set(ctx, input, 'running')
}

async function set(ctx: Ctx, input: How, status: 'checking' | 'running'): Promise<ImportDetail> {
  const row = await queries.lockRun(ctx.db, input.id)
  if (!row) refuse('missing', 'import.unknown', { message: 'インポートが見つかりません / There is no such import.' })
  if (row.status !== 'uploaded' && row.status !== 'checked' && row.status !== 'checking')
    refuse('conflict', 'import.started', { message: 'このインポートはすでに開始されています / This import was started already.' })
  const isBook = row.encoding === 'workbook'
  if (isBook !== (input.encoding === 'workbook'))
    refuse('unprocessable', 'import.plan', { message: 'この文字コードでは読めません / It cannot be read that way', field: 'encoding' })
  const recipe = { encoding: input.encoding, delimiter: input.delimiter, sheet: input.sheet }
  const [columns = []] = await preview(ctx, row.id, recipe)
  await refuseFlaws(ctx, input, columns, sameFile(row, recipe) ? row.rows_total : null)
  if (!sameFile(row, recipe)) await queries.changeRun(ctx.db, row.id, [row.status], { rows_total: null })
  const plan = { target: input.target, ...recipe, columns, mapping: input.mapping, options: input.options }
  await queries.planRun(ctx.db, row.id, plan, status, ctx.now)
  if (status === 'running')
    await queries.saveMapping(ctx.db, {
      key: headersKey(columns, input.target),
      target: input.target,
      mapping: input.mapping,
      options: input.options,
      at: ctx.now,
    })
  await ctx.house.jobs.enqueue(ctx, importJob, { id: row.id })
  await announce(ctx, 'imports', { id: row.id })
  return getImport(ctx, { id: row.id })
}

const sameFile = (row: ImportRunTable, recipe: Recipe): boolean =>
  row.encoding === recipe.encoding && row.delimiter === recipe.delimiter && row.sheet === recipe.sheet

async function refuseFlaws(ctx: Ctx, input: How, columns: readonly string[], rows: number | null): Promise<void> {
  const { options } = input
  const custom = (await customFields(ctx)).map((field) => field.key)
  const ofCompany = (await customFields(ctx, 'company')).map((field) => field.key)
  const flaws = planFlaws({ ...options, target: input.target, mapping: input.mapping, rows }, columns.length, custom, ofCompany)
  if (options.campaignId) {
    const campaign = await live(ctx, options.campaignId)
    if (!(campaign.statuses as string[]).includes(options.campaignStatus))
      flaws.push({ field: 'options.campaignStatus', reason: '施策での状態を選んでください / Choose the status in the campaign' })
  }
  if (flaws.length) refuse('unprocessable', 'import.plan', { message: flaws.map((one) => one.reason).join(' · '), errors: flaws })
}

async function move(ctx: Ctx, id: string, from: readonly ImportStatus[], change: queries.RunChange): Promise<{ ok: true }> {
  const row = await found(ctx, id)
  if (!(await queries.changeRun(ctx.db, id, from, change)))
    refuse('conflict', 'import.status', { message: `いまの状態（${row.status}）ではできません / Not while it is ${row.status}.` })
  await announce(ctx, 'imports', { id })
  return { ok: true }
}

/** Holds an import after the page it is at. */
export function pauseImport(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  return move(ctx, input.id, ['running'], { status: 'paused' })
}

/** Goes on with an import that was paused. */
export async function resumeImport(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = await found(ctx, input.id)
  await move(ctx, input.id, ['paused'], { status: 'running', leg_at: ctx.now, leg_rows: row.rows_done, last_at: ctx.now })
  await ctx.house.jobs.enqueue(ctx, importJob, { id: input.id })
  return { ok: true }
}

/** Stops an import after the page it is at; rows that are in stay. One that is over stays as it is. */
export async function cancelImport(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = await found(ctx, input.id)
  if (row.status === 'checking') return move(ctx, input.id, ['checking'], { status: 'uploaded', rows_done: 0 })
  const stopped = await queries.changeRun(ctx.db, input.id, ['uploaded', 'checked', 'running', 'paused'], {
    status: 'cancelled',
    finished_at: ctx.now,
    found: null,
  })
  if (stopped) ctx.afterCommit(() => void removeFile(ctx.house, input.id))
  await announce(ctx, 'imports', { id: input.id })
  return { ok: true }
}

/** Takes an import back. @throws Refusal `import.undoTime` after thirty days, `import.nothing` when it wrote nothing */
export async function undoImport(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const detail = await getImport(ctx, input)
  if (!detail.undoUntil)
    refuse('conflict', 'import.undoTime', { message: '取り消せるのは、取り込みから30日間です / An import can be taken back for 30 days.' })
  const total = await queries.countUndo(ctx.db, input.id)
  await move(ctx, input.id, ['done', 'cancelled', 'failed'], {
    status: 'undoing',
    rows_total: total,
    rows_done: 0,
    leg_at: ctx.now,
    leg_rows: 0,
    last_at: ctx.now,
    undone: { removed: 0, kept: 0, restored: 0, changed: 0 },
  })
  await ctx.house.jobs.enqueue(ctx, undoJob, { id: input.id })
  return { ok: true }
}

const actorName = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : 'public')
