// The work of an import: pages of rows, each page one transaction that also moves the mark. Whatever is killed goes on at the mark; two
// workers at one import cannot both write a page.
import type { Ctx, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { announce } from '#kernel/live.ts'
import { tellCompanies } from '#loop/identify/companies/told/service.ts'
import { stopMany } from '#loop/identify/consent/service.ts'
import { customFields } from '#loop/identify/fields/service.ts'
import { type IdentifyOutcome, identify } from '#loop/identify/service.ts'
import { joinAll } from '#loop/plan/campaigns/service.ts'
import { checkAll } from './check.ts'
import { type ImportOptions, importOptions } from './contract.ts'
import { keysIn } from './decide.ts'
import { isReadOut, type Page, type ReadOut, type Recipe, readOut, readPages, removeFile } from './file.ts'
import { FileFault } from './limits.ts'
import { toldToTarget } from './other.ts'
import { actOf, type Good, SAME, sortOut, type Taking, type Turned } from './people.ts'
import * as queries from './queries.ts'
import type { ImportRunTable } from './tables.ts'

/** Rows of one transaction: five times as many cost a twentieth less and hold half as much memory again. */
export const PAGE = 1_000
/** Rows after which a job hands over to the next: well within its time, so that a worker that died is noticed soon. */
const SLICE = 50_000
export const WORKER = { kind: 'system', name: 'import' } as const

export const recipeOf = (run: ImportRunTable): Recipe => ({
  encoding: run.encoding as Recipe['encoding'],
  delimiter: run.delimiter,
  sheet: run.sheet,
})

/** Works through one slice of an import that is tried or done. @returns true when there is more to do */
export async function runSlice(house: House, id: string): Promise<boolean> {
  const run = await withTx(house, WORKER, (ctx) => queries.findRun(ctx.db, id))
  if (run?.status !== 'running' && run?.status !== 'checking') return false
  try {
    await readOnce(house, run)
    if (run.status === 'checking') return await checkAll(house, run)
    return importOptions.parse(run.options).allOrNothing ? await allAtOnce(house, run) : await pages(house, run)
  } catch (error) {
    const gone = (error as { code?: string }).code === 'ENOENT'
    if (!(error instanceof FileFault) && !gone) throw error
    const why = error instanceof FileFault ? error.message : 'ファイルが見つかりません / The file is not there any more'
    await finish(house, id, (ctx) => end(ctx, id, 'failed', why))
    return false
  }
}

/** The file is read once; the number of its rows is known from then on. */
async function readOnce(house: House, run: ImportRunTable): Promise<void> {
  const recipe = recipeOf(run)
  if (run.rows_total !== null && (await isReadOut(house, run.id, recipe))) return
  const total = await readOut(house, run.id, recipe, async () => {})
  await withTx(house, WORKER, (ctx) => queries.changeRun(ctx.db, run.id, [run.status], { rows_total: total }))
}

async function pages(house: House, run: ImportRunTable): Promise<boolean> {
  let { mark, rows_done: done } = run
  for await (const page of readPages(house, run.id, recipeOf(run), Number(mark), PAGE)) {
    if (!(await writePage(house, run.id, Number(mark), page))) return false
    mark = page.mark
    done += page.rows.length
    if (done - run.rows_done >= SLICE) return true
  }
  await finish(house, run.id, (ctx) => end(ctx, run.id, 'done', null))
  return false
}

/** The file goes with the end of its import; one that was paused at that very moment still needs it. */
async function finish(house: House, id: string, last: (ctx: Ctx) => Promise<boolean>): Promise<void> {
  if (await withTx(house, WORKER, last)) await removeFile(house, id)
}

/** @returns false when it was paused or cancelled meanwhile */
async function end(ctx: Ctx, id: string, status: 'done' | 'failed', failure: string | null): Promise<boolean> {
  const ended = await queries.changeRun(ctx.db, id, ['running', 'checking', 'uploaded'], { status, finished_at: ctx.now, failure })
  await announce(ctx, 'imports', { id })
  await announce(ctx, 'leads', { ids: [] })
  return ended
}

/** @returns false when the import was paused or cancelled, or somebody else works on it: then nothing was written */
function writePage(house: House, id: string, mark: number, page: Page): Promise<boolean> {
  return withTx(house, WORKER, async (ctx) => {
    const run = await queries.lockRun(ctx.db, id)
    if (run?.status !== 'running' || Number(run.mark) !== mark) return false
    await queries.moveRun(ctx.db, id, await takePage(ctx, run, page.rows), page.mark, ctx.now)
    await announce(ctx, 'imports', { id })
    return true
  })
}

class Unwanted extends Error {
  readonly turned: readonly Turned[]
  constructor(turned: readonly Turned[]) {
    super('a row is not taken, so none is')
    this.turned = turned
  }
}

/** All rows in one transaction; one that is not taken and it never was. The rows that stood in the way are kept to be looked at. */
async function allAtOnce(house: House, run: ImportRunTable): Promise<boolean> {
  try {
    await finish(house, run.id, async (ctx) => {
      const now = await queries.lockRun(ctx.db, run.id)
      if (now?.status !== 'running' || Number(now.mark) !== 0) return false
      let done = 0
      for await (const page of readPages(house, run.id, recipeOf(run), 0, PAGE)) {
        const counts = await takePage(ctx, { ...now, rows_done: done }, page.rows, (turned) => {
          throw new Unwanted(turned)
        })
        done += page.rows.length
        await queries.moveRun(ctx.db, run.id, counts, page.mark, ctx.now)
      }
      return end(ctx, run.id, 'done', null)
    })
  } catch (error) {
    if (!(error instanceof Unwanted)) throw error
    await finish(house, run.id, async (ctx) => {
      await queries.insertRows(ctx.db, rowsOf(run, error.turned))
      return end(ctx, run.id, 'failed', '取り込めない行があるため、何も取り込みませんでした / Some rows cannot be taken, so none was')
    })
  }
  return false
}

const rowsOf = (run: ImportRunTable, turned: readonly Turned[]) =>
  turned.map(({ row: { line, cells }, outcome, reason, externalId }) => {
    const keys = new Set(keysIn(cells, run.mapping as readonly string[]))
    if (externalId) keys.add(externalId)
    return { import_id: run.id, line, outcome, reason, cells, keys: [...keys] }
  })

async function takePage(
  ctx: Ctx,
  run: ImportRunTable,
  rows: readonly ReadOut[],
  refuseAll?: (turned: readonly Turned[]) => never,
): Promise<queries.Counts> {
  const take = run.target === 'people' ? takePeople : takeOther
  const { turned, ...counts } = await take(ctx, run, rows)
  const bad = turned.filter((one) => one.outcome === 'rejected')
  if (bad.length && refuseAll) refuseAll(bad)
  await queries.insertRows(ctx.db, rowsOf(run, turned))
  return { rows: rows.length, skipped: turned.length - bad.length, rejected: bad.length, ...counts }
}

interface Taken {
  readonly inserted: number
  readonly updated: number
  /** Of those updated, who lay in the trash and is a lead again. */
  readonly returned: number
  readonly turned: readonly Turned[]
}

async function takePeople(ctx: Ctx, run: ImportRunTable, rows: readonly ReadOut[]): Promise<Taken> {
  const options = importOptions.parse(run.options)
  const taking: Taking = {
    importId: run.id,
    name: run.name,
    options,
    mapping: run.mapping as readonly string[],
    custom: await customFields(ctx),
    ofCompany: await customFields(ctx, 'company'),
  }
  const { good, turned } = await sortOut(ctx, rows, taking)
  const outcomes = await identify(
    ctx,
    good.map((one) => actOf(ctx, one, taking)),
  )
  await optOut(ctx, run, good)
  const steps = await join(ctx, options, good, outcomes)
  const told = await tellCompanies(
    ctx,
    good.flatMap(({ company }, i) => {
      const subject = outcomes[i]?.subject
      return subject ? [{ subject, attrs: company, cause: run.id }] : []
    }),
    options.policy === 'fill',
  )
  const made = outcomes.filter((one) => one.outcome === 'created').map((one) => one.subject.id)
  const isMade = new Set(made)
  const touched = outcomes.map(
    (one, i) =>
      one.outcome !== 'created' && (one.fieldsChanged.length > 0 || steps.has(i) || one.cameBack === true || told.has(one.subject.id)),
  )
  await queries.insertPage(ctx.db, { import_id: run.id, page: run.rows_done, made, joined: options.campaignId !== null })
  await queries.insertTouches(ctx.db, touchesOf(ctx, run.id, good, outcomes, steps, isMade))
  const same = good.flatMap((one, i): Turned[] =>
    touched[i] || outcomes[i]?.outcome === 'created'
      ? []
      : [{ row: one.row, outcome: 'skipped', reason: SAME, externalId: one.externalId }],
  )
  const returned = outcomes.filter((one) => one.cameBack).length
  return { inserted: made.length, updated: touched.filter(Boolean).length, returned, turned: [...turned, ...same] }
}

/** Whoever wants no mail by the file's own word is stopped: an import may be stricter than what is known, never looser. */
async function optOut(ctx: Ctx, run: ImportRunTable, good: readonly Good[]): Promise<void> {
  const source = `import ${run.name}`.slice(0, 200)
  await stopMany(
    ctx,
    good.flatMap((one) => (one.optOut && one.key ? [{ address: one.key, reason: 'unsubscribe', at: one.at ?? ctx.now, source }] : [])),
  )
}

type Steps = ReadonlyMap<number, { readonly from: string | null; readonly to: string }>

/** Everybody joins the import's campaign, with the status of their row. @returns by the index of the row what changed */
async function join(ctx: Ctx, options: ImportOptions, good: readonly Good[], outcomes: readonly IdentifyOutcome[]): Promise<Steps> {
  const found = new Map<number, { from: string | null; to: string }>()
  if (!options.campaignId) return found
  const byStatus = new Map<string, number[]>()
  good.forEach((one, i) => {
    const status = (one.memberStatus ?? options.campaignStatus).slice(0, 60)
    byStatus.set(status, [...(byStatus.get(status) ?? []), i])
  })
  for (const [status, indexes] of byStatus) {
    const subjects = indexes.flatMap((i) => outcomes[i]?.subject ?? [])
    const causeId = ctx.id()
    const steps = await joinAll(ctx, { campaignId: options.campaignId, subjects, status, causeId, historic: true })
    const changed = new Map(steps.map((step) => [step.subject.id, step]))
    for (const i of indexes) {
      const step = changed.get(outcomes[i]?.subject.id ?? '')
      if (step) found.set(i, { from: step.from, to: step.to })
      changed.delete(outcomes[i]?.subject.id ?? '')
    }
  }
  return found
}

function touchesOf(
  ctx: Ctx,
  id: string,
  good: readonly Good[],
  outcomes: readonly IdentifyOutcome[],
  steps: Steps,
  made: ReadonlySet<string>,
): queries.Touch[] {
  return outcomes.flatMap((one, i): queries.Touch[] => {
    const member = steps.get(i) ?? null
    // Whoever this import made goes as a whole; what its later rows changed about them goes with them.
    if (made.has(one.subject.id) || (!one.changes.length && !member && !one.cameBack)) return []
    return [
      {
        bucket: one.subject.bucket,
        person_id: one.subject.id,
        import_id: id,
        line: good[i]?.row.line ?? 0,
        at: ctx.now,
        changes: JSON.parse(JSON.stringify(one.changes)),
        keys: JSON.parse(JSON.stringify(one.keys)),
        member,
        back: one.cameBack === true,
      },
    ]
  })
}

/** Rows that tell of something else than people: the room that owns it takes them. */
async function takeOther(ctx: Ctx, run: ImportRunTable, rows: readonly ReadOut[]): Promise<Taken> {
  const outcomes = await toldToTarget(ctx, run, rows, false)
  const turned = rows.flatMap((row, i): Turned[] => {
    const one = outcomes[i]
    return one && (one.outcome === 'rejected' || one.outcome === 'skipped') ? [{ row, outcome: one.outcome, reason: one.reason }] : []
  })
  const made = outcomes.flatMap((one) => (one.outcome === 'inserted' ? [one.id] : []))
  await queries.insertPage(ctx.db, { import_id: run.id, page: run.rows_done, made, joined: false })
  return { inserted: made.length, updated: outcomes.filter((one) => one.outcome === 'updated').length, returned: 0, turned }
}
