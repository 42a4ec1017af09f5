// Taking an import back: fields and memberships as they were, people it made gone, except where something happened since. What was said of
// consent stays at the stricter: an undo sends nobody a mail who would not get one now.
import type { Ctx, House } from '#kernel/ctx.ts'
import { bucketOf, bySubject, distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { append, derivedId, lockPulses } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { unmake } from '#loop/identify/change/unmake.ts'
import { untellCompanies } from '#loop/identify/companies/told/service.ts'
import { type FieldChange, revert, settled } from '#loop/identify/fields/decide.ts'
import { closeHistory, deleteIdentities, findHolders, type IdentityHolder, lockPeople, updatePeople } from '#loop/identify/queries.ts'
import { resolveSubjects } from '#loop/identify/service.ts'
import { trash } from '#loop/identify/trash/service.ts'
import { undoSteps } from '#loop/plan/campaigns/service.ts'
import { type ImportUndone, importOptions } from './contract.ts'
import * as queries from './queries.ts'
import type { ImportRunTable, ImportTouchTable } from './tables.ts'

const WORKER = { kind: 'system', name: 'import' } as const
const PAGE = 1_000

/** Events that follow from an import by themselves, or are told of every change: they are no act of the person, nor of a colleague. */
const DERIVED = [
  ...['score.changed', 'heat.changed', 'rank.changed', 'segment.entered', 'segment.left', 'stage.changed'],
  ...['company.linked', 'company.joined', 'owner.assigned'],
]

/** Takes one page back. @returns true when there is more to do */
export function undoSlice(house: House, id: string): Promise<boolean> {
  return withTx(house, WORKER, async (ctx) => {
    const run = await queries.lockRun(ctx.db, id)
    if (run?.status !== 'undoing') return false
    const before = (run.undone ?? { removed: 0, kept: 0, restored: 0, changed: 0 }) as unknown as ImportUndone
    const touches = await queries.nextTouches(ctx.db, id, PAGE)
    const page = touches.length ? undefined : await queries.nextPage(ctx.db, id)
    const people = touches.length > 0 || page !== undefined
    const more = people || (run.target === 'people' && (await untellCompanies(ctx, id)))
    const step = touches.length ? await takeBack(ctx, run, touches) : page ? await takeAway(ctx, run, page) : NOTHING
    const undone: ImportUndone = {
      removed: before.removed + step.removed,
      kept: before.kept + step.kept,
      restored: before.restored + step.restored,
      changed: before.changed + step.changed,
    }
    await queries.changeRun(ctx.db, id, ['undoing'], {
      undone,
      rows_done: run.rows_done + step.rows,
      last_at: ctx.now,
      ...(more ? {} : { status: 'undone' }),
    })
    await announce(ctx, 'imports', { id })
    if (!more) await announce(ctx, 'leads', { ids: [] })
    return more
  })
}

interface Step extends ImportUndone {
  readonly rows: number
}
const NOTHING: Step = { removed: 0, kept: 0, restored: 0, changed: 0, rows: 0 }

/** Known people get back what they had, the last row first. */
async function takeBack(ctx: Ctx, run: ImportRunTable, touches: readonly ImportTouchTable[]): Promise<Step> {
  const subjects = distinctSubjects(touches.map((touch) => ({ bucket: touch.bucket, id: touch.person_id })))
  const locked = await lockPeople(ctx.db, subjects)
  const rows = new Map(locked)
  const [restored, changed] = [new Set<string>(), new Set<string>()]
  for (const touch of touches) {
    const row = rows.get(touch.person_id)
    if (!row) continue
    // Consent stays at the stricter: a basis the import raised falls back, one that fell with an address does not rise again.
    const changes = (touch.changes as unknown as FieldChange[]).filter(
      (one) => one.field !== 'mailBasis' || Number(one.from) < Number(one.to),
    )
    const next = settled(row, revert(row, changes))
    if (next.changes.length) restored.add(row.id)
    if (next.changes.length < changes.length) changed.add(row.id)
    rows.set(row.id, next.row)
  }
  await updatePeople(
    ctx.db,
    [...restored].flatMap((id) => rows.get(id) ?? []),
  )
  await trashAgain(
    ctx,
    run,
    touches.filter((touch) => touch.back).map((touch) => ({ bucket: touch.bucket, id: touch.person_id })),
  )
  await giveUpKeys(ctx, touches)
  await leaveCampaign(ctx, run, touches)
  const causeId = ctx.id()
  await append(
    ctx,
    [...restored].map((id) => ({
      subject: { bucket: bucketOf(id), id },
      id: derivedId(causeId, 'import', `undone ${id}`),
      name: 'field.changed',
      occurredAt: ctx.now,
      causeId,
      historic: true,
      props: { fields: ['undo'], route: 'import.undo' },
    })),
  )
  await queries.markTouches(
    ctx.db,
    run.id,
    touches.map((touch) => touch.line),
    ctx.now,
  )
  return { removed: 0, kept: 0, restored: restored.size, changed: changed.size, rows: touches.length }
}

/** Whom the import took out of the trash lies there again, unless something happened to them since. */
async function trashAgain(ctx: Ctx, run: ImportRunTable, subjects: readonly Subject[]): Promise<void> {
  if (!subjects.length) return
  const lively = await queries.findActive(ctx.db, subjects, run.started_at ?? run.created_at, DERIVED)
  await trash(
    ctx,
    subjects.filter((one) => !lively.has(one.id)),
    { actId: null, by: 'import.undo' },
  )
}

/** Addresses and ids that a row gave somebody are free again, where they still hold them. */
async function giveUpKeys(ctx: Ctx, touches: readonly ImportTouchTable[]): Promise<void> {
  const given = touches.flatMap((touch) =>
    (touch.keys as unknown as { kind: IdentityHolder['kind']; value: string }[]).map((key) => ({
      ...key,
      bucket: touch.bucket,
      id: touch.person_id,
    })),
  )
  if (!given.length) return
  const now = new Map((await findHolders(ctx.db, given)).map((holder) => [`${holder.kind} ${holder.value}`, holder.id]))
  const held = given.filter((key) => now.get(`${key.kind} ${key.value}`) === key.id)
  const rows = await lockPeople(ctx.db, distinctSubjects(held.map(({ bucket, id }) => ({ bucket, id }))))
  const free = held.filter((key) => key.kind !== 'mail' || rows.get(key.id)?.mail !== key.value)
  await deleteIdentities(ctx.db, free)
  await closeHistory(ctx.db, free, ctx.now)
}

async function leaveCampaign(ctx: Ctx, run: ImportRunTable, touches: readonly ImportTouchTable[]): Promise<void> {
  const { campaignId } = importOptions.parse(run.options)
  if (!campaignId) return
  const steps = touches.flatMap((touch) => {
    const member = touch.member as { from: string | null; to: string } | null
    return member ? [{ subject: { bucket: touch.bucket, id: touch.person_id }, ...member }] : []
  })
  const first = new Map(steps.map((step) => [step.subject.id, step])) // the earliest row of a person comes last
  const last = new Map([...steps].reverse().map((step) => [step.subject.id, step]))
  await undoSteps(ctx, {
    campaignId,
    steps: [...first.values()].map((step) => ({ ...step, to: last.get(step.subject.id)?.to ?? step.to })),
    causeId: ctx.id(),
  })
}

/** What the import made goes, unless something happened to it since. */
async function takeAway(ctx: Ctx, run: ImportRunTable, page: { page: number; made: string[]; joined: boolean }): Promise<Step> {
  const result = run.target === 'people' ? await removePeople(ctx, run, page) : await removeOthers(ctx, run, page.made)
  await queries.markPage(ctx.db, run.id, page.page, ctx.now)
  return { ...NOTHING, ...result, rows: page.made.length }
}

async function removeOthers(ctx: Ctx, run: ImportRunTable, made: readonly string[]): Promise<{ removed: number; kept: number }> {
  const target = ctx.house.ports.importTargets?.[run.target]
  return target ? target.undo(ctx, made) : { removed: 0, kept: made.length }
}

async function removePeople(
  ctx: Ctx,
  run: ImportRunTable,
  { made, joined }: { made: readonly string[]; joined: boolean },
): Promise<{ removed: number; kept: number }> {
  const found = await resolveSubjects(ctx, made)
  // An id that leads to somebody else was merged since: that was a colleague's act.
  const own = made.flatMap((id): Subject[] => (found.get(id)?.id === id ? [{ bucket: bucketOf(id), id }] : [])).sort(bySubject)
  await lockPulses(ctx, own)
  await lockPeople(ctx.db, own)
  const lively = await queries.findLively(ctx.db, run.id, own, DERIVED)
  const gone = own.filter((one) => !lively.has(one.id))
  await unmake(ctx, gone)
  const kept = own.filter((one) => lively.has(one.id))
  const { campaignId, campaignStatus } = importOptions.parse(run.options)
  if (joined && campaignId)
    await undoSteps(ctx, { campaignId, steps: kept.map((subject) => ({ subject, from: null, to: campaignStatus })), causeId: ctx.id() })
  return { removed: gone.length, kept: [...found.values()].length - gone.length }
}
