// The trial run: what would become of every row, found out with the same eyes, and nothing written but the answer.
import type { Ctx, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { announce } from '#kernel/live.ts'
import { wouldTell } from '#loop/identify/companies/told/service.ts'
import { applyTold } from '#loop/identify/fields/decide.ts'
import { customFields } from '#loop/identify/fields/service.ts'
import type { PersonRow } from '#loop/identify/tables.ts'
import { type ImportFound, importOptions } from './contract.ts'
import { veiled } from './decide.ts'
import { type ReadOut, type Recipe, readPages } from './file.ts'
import { toldToTarget } from './other.ts'
import { actOf, type Good, SAME, sortOut, type Taking } from './people.ts'
import * as queries from './queries.ts'
import type { ImportRunTable } from './tables.ts'

const PAGE = 5_000
const WORKER = { kind: 'system', name: 'import' } as const
const MOST_REASONS = 30
const MOST_LINES = 5
const MOST_SAMPLES = 20

interface Tally {
  inserted: number
  updated: number
  skipped: number
  rejected: number
  rows: number
  returned: number
  repeated: number
  conflicts: number
  unread: number
  readonly reasons: Map<string, ImportFound['reasons'][number]>
  readonly samples: ImportFound['samples']
  /** Keys that the file brought before, as short hashes: a million of them in a few megabytes. */
  readonly seen: Set<number>
}

/** Looks at all rows. @returns false: there is nothing more to do */
export async function checkAll(house: House, run: ImportRunTable): Promise<boolean> {
  const tally: Tally = {
    ...{ inserted: 0, updated: 0, skipped: 0, rejected: 0, rows: 0, returned: 0, repeated: 0, conflicts: 0, unread: 0 },
    reasons: new Map(),
    samples: [],
    seen: new Set(),
  }
  const recipe: Recipe = { encoding: run.encoding as Recipe['encoding'], delimiter: run.delimiter, sheet: run.sheet }
  for await (const page of readPages(house, run.id, recipe, 0, PAGE)) {
    await withRead(house, WORKER, (ctx) =>
      run.target === 'people' ? lookAt(ctx, run, page.rows, tally) : askTarget(ctx, run, page.rows, tally),
    )
    const going = await withTx(house, WORKER, async (ctx) => {
      await announce(ctx, 'imports', { id: run.id })
      return queries.changeRun(ctx.db, run.id, ['checking'], { rows_done: tally.rows, last_at: ctx.now })
    })
    if (!going) return false
  }
  await withTx(house, WORKER, async (ctx) => {
    await queries.changeRun(ctx.db, run.id, ['checking'], { status: 'checked', found: foundOf(tally), rows_done: 0 })
    await announce(ctx, 'imports', { id: run.id })
  })
  return false
}

function foundOf(tally: Tally): ImportFound {
  const { reasons, seen: _seen, ...rest } = tally
  return { ...rest, reasons: [...reasons.values()].sort((a, b) => b.n - a.n).slice(0, MOST_REASONS) }
}

function count(tally: Tally, outcome: 'skipped' | 'rejected', reason: string, line: number): void {
  tally[outcome]++
  // The same fault in a thousand rows is one reason: what the row said is left out of its name.
  const general = veiled(reason)
  const key = `${outcome} ${general}`
  const known = tally.reasons.get(key)
  if (known) {
    known.n++
    if (known.lines.length < MOST_LINES) known.lines.push(line)
  } else if (tally.reasons.size < 1_000) tally.reasons.set(key, { outcome, reason: general, n: 1, lines: [line] })
}

async function lookAt(ctx: Ctx, run: ImportRunTable, rows: readonly ReadOut[], tally: Tally): Promise<void> {
  const options = importOptions.parse(run.options)
  const taking: Taking = {
    importId: run.id,
    name: run.name,
    options,
    mapping: run.mapping as readonly string[],
    custom: await customFields(ctx),
    ofCompany: await customFields(ctx, 'company'),
  }
  const { good, turned, unread } = await sortOut(ctx, rows, taking, true)
  tally.rows += rows.length
  tally.unread += unread
  for (const one of turned) count(tally, one.outcome, one.reason, one.row.line)
  const told = good.map(({ known, company }) => ({ companyId: known?.company_id ?? null, attrs: company }))
  const tells = await wouldTell(ctx, told, options.policy === 'fill')
  for (const [i, one] of good.entries()) {
    const keys = [one.key, one.externalId].flatMap((key) => (key ? [hash(key)] : []))
    const again = keys.some((key) => tally.seen.has(key))
    for (const key of keys) tally.seen.add(key)
    if (one.known) compare(ctx, tally, one, one.known, { taking, again, tells: tells[i] === true })
    else if (again) {
      tally.repeated++
      tally.updated++
    } else tally.inserted++
  }
}

/** What a row would change about somebody known, and where it disagrees. */
function compare(
  ctx: Ctx,
  tally: Tally,
  one: Good,
  known: PersonRow,
  { taking, again, tells }: { taking: Taking; again: boolean; tells: boolean },
): void {
  const act = actOf(ctx, one, taking)
  const changes = applyTold(known, act).changes.filter((change) => !change.field.endsWith('At'))
  const joins = taking.options.campaignId !== null
  const newAddress = one.key !== null && known.mail !== one.key && (known.mail === null || taking.options.policy === 'update')
  // Whoever has keys and is no lead lies in the trash.
  const returns = known.identified_at === null && !again
  if (returns) tally.returned++
  if (changes.length || joins || newAddress || returns || tells) tally.updated++
  else count(tally, 'skipped', SAME, one.row.line)
  const told = applyTold(known, { ...act, onlyEmpty: false }).changes.filter((change) => isConflict(change))
  if (!told.length) return
  tally.conflicts++
  const first = told[0]
  if (first && tally.samples.length < MOST_SAMPLES)
    tally.samples.push({ line: one.row.line, field: first.field, from: shown(first.from), to: shown(first.to) })
}

const ADDED = new Set(['tags', 'interest', 'sourceLatest', 'sourceFirst', 'sourceLatestAt', 'sourceFirstAt', 'products'])
const isConflict = (change: { field: string; from: unknown }): boolean =>
  change.from !== null && change.from !== '' && !ADDED.has(change.field)
const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 100)

async function askTarget(ctx: Ctx, run: ImportRunTable, rows: readonly ReadOut[], tally: Tally): Promise<void> {
  const outcomes = await toldToTarget(ctx, run, rows, true)
  tally.rows += rows.length
  outcomes.forEach((one, i) => {
    if (one.outcome === 'inserted' || one.outcome === 'updated') tally[one.outcome]++
    else count(tally, one.outcome, one.reason, rows[i]?.line ?? 0)
  })
}

/** 52 bits of a text: a million keys meet by chance once in ten thousand files, and then a trial's count is off by one. */
function hash(text: string): number {
  let [a, b] = [0x811c9dc5, 0x1000193]
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x85ebca6b) + a
  }
  return (a >>> 0) * 0x100000 + ((b >>> 0) & 0xfffff)
}
