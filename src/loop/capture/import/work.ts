// The work of an import: slices of the file, pages of rows, each page one transaction that also moves the mark. Whatever is killed goes on
// at the mark; two workers at one import cannot both write a page.
import type { Ctx, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { announce } from '#kernel/live.ts'
import type { IdentifyAct } from '#loop/identify/acts.ts'
import type { FieldDefinition } from '#loop/identify/fields/contract.ts'
import { customFields } from '#loop/identify/fields/service.ts'
import { parseMail } from '#loop/identify/normalise/decide.ts'
import { findHolders, type IdentityKey } from '#loop/identify/queries.ts'
import { identify } from '#loop/identify/service.ts'
import { type ImportOptions, importOptions } from './contract.ts'
import { type ReadRow, readRow } from './decide.ts'
import { type Encoding, FileFault, type FileRow, readRows, removeFile } from './file.ts'
import * as queries from './queries.ts'
import type { ImportRunTable } from './tables.ts'

const PAGE = 500
const SLICE = 20_000
const WORKER = { kind: 'system', name: 'import' } as const

/** Works through one slice of an import. @returns true when there is more to do */
export async function runSlice(house: House, id: string): Promise<boolean> {
  const run = await withTx(house, WORKER, (ctx) => queries.findRun(ctx.db, id))
  if (run?.status !== 'running') return false
  try {
    return await pages(house, run)
  } catch (error) {
    const gone = (error as { code?: string }).code === 'ENOENT'
    if (!(error instanceof FileFault) && !gone) throw error
    const why = error instanceof FileFault ? error.message : 'ファイルが見つかりません / The file is not there any more'
    await withTx(house, WORKER, (ctx) => end(ctx, id, 'failed', why))
    return false
  }
}

async function pages(house: House, run: ImportRunTable): Promise<boolean> {
  let mark = run.rows_done
  let seen = -1 // the header is not a row
  let page: FileRow[] = []
  for await (const row of readRows(house, run.id, run.encoding as Encoding, run.delimiter)) {
    seen++
    if (seen === 0 || seen <= mark) continue
    page.push(row)
    if (page.length < PAGE) continue
    if (!(await writePage(house, run.id, mark, page))) return false
    mark += page.length
    page = []
    if (mark - run.rows_done >= SLICE) return true
  }
  if (page.length && !(await writePage(house, run.id, mark, page))) return false
  await withTx(house, WORKER, (ctx) => end(ctx, run.id, 'done', null))
  await removeFile(house, run.id)
  return false
}

async function end(ctx: Ctx, id: string, status: 'done' | 'failed', failure: string | null): Promise<void> {
  await queries.endRun(ctx.db, id, status, ctx.now, failure)
  await announce(ctx, 'imports', { id })
  await announce(ctx, 'leads', { ids: [] })
}

/** @returns false when the import was cancelled or somebody else works on it: then nothing was written */
function writePage(house: House, id: string, mark: number, page: readonly FileRow[]): Promise<boolean> {
  return withTx(house, WORKER, async (ctx) => {
    const run = await queries.lockRun(ctx.db, id)
    if (run?.status !== 'running' || run.rows_done !== mark) return false
    await queries.moveRun(ctx.db, id, await takePage(ctx, run, page))
    await announce(ctx, 'imports', { id })
    return true
  })
}

type Good = Extract<ReadRow, { ok: true }> & { readonly row: FileRow }

async function takePage(ctx: Ctx, run: ImportRunTable, page: readonly FileRow[]): Promise<queries.Counts> {
  const options = importOptions.parse(run.options)
  const mapping = run.mapping as readonly string[]
  const custom: FieldDefinition[] = await customFields(ctx)
  const read = page.map((row) => ({ row, ...readRow(row.cells, mapping, custom) }))
  const bad = read.flatMap((one) => (one.ok ? [] : [turnedAway(run.id, one.row, 'rejected', one.reason)]))
  const all: Good[] = read.filter((one) => one.ok)
  const known = options.policy === 'skip' ? await knownOf(ctx, all) : new Set<Good>()
  const left = [...known].map((one) => turnedAway(run.id, one.row, 'skipped', '登録済みのためスキップ / Known already'))
  const good = all.filter((one) => !known.has(one))
  const outcomes = await identify(
    ctx,
    good.map((one) => actOf(ctx, one, run, options)),
  )
  const inserted = outcomes.filter((one) => one.outcome === 'created').length
  const updated = outcomes.filter((one) => one.outcome !== 'created' && one.fieldsChanged.length > 0).length
  await queries.insertRows(ctx.db, [...bad, ...left])
  return { rows: page.length, inserted, updated, skipped: page.length - bad.length - inserted - updated, rejected: bad.length }
}

const turnedAway = (id: string, row: FileRow, outcome: 'skipped' | 'rejected', reason: string) => ({
  import_id: id,
  line: row.line,
  outcome,
  reason,
  cells: row.cells,
})

function keysOf(one: Good): IdentityKey[] {
  const parsed = one.mail === null ? null : parseMail(one.mail)
  return [
    ...(parsed?.ok ? [{ kind: 'mail', value: parsed.mail } as const] : []),
    ...(one.externalId ? [{ kind: 'external', value: one.externalId } as const] : []),
  ]
}

async function knownOf(ctx: Ctx, rows: readonly Good[]): Promise<Set<Good>> {
  const held = new Set((await findHolders(ctx.db, rows.flatMap(keysOf))).map((key) => `${key.kind}\n${key.value}`))
  return new Set(rows.filter((row) => keysOf(row).some((key) => held.has(`${key.kind}\n${key.value}`))))
}

/** A row as an act: historic, so it counts and starts nothing; its basis counts for new people only and lifts no stop. */
function actOf(ctx: Ctx, one: Good, run: ImportRunTable, options: ImportOptions): IdentifyAct {
  const source = one.source ?? (options.source || null)
  const at = one.at && one.at < ctx.now ? one.at : ctx.now
  return {
    route: 'import',
    at,
    historic: true,
    fields: one.fields,
    attrs: one.attrs,
    tags: [...one.tags, ...options.tags],
    onlyEmpty: options.policy === 'fill',
    ...(one.mail ? { mail: one.mail } : {}),
    ...(one.externalId ? { externalId: one.externalId } : {}),
    ...(source ? { source: { name: source, interest: options.interest, ...(one.priority ? { priority: one.priority } : {}) } } : {}),
    ...(options.basis === 'none' || !one.mail
      ? {}
      : { consent: { basis: options.basis, text: options.basisText, evidence: { import: run.id, file: run.name, line: one.row.line } } }),
  }
}
