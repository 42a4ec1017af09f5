// The work of a bulk act: pages of leads, each page one transaction that also moves the mark, so that whatever is killed goes on there.
import type { RawBuilder } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import { type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { asRefusal } from '#kernel/errors.ts'
import { derivedId } from '#kernel/journal.ts'
import type { Json } from '#kernel/json.ts'
import { announce } from '#kernel/live.ts'
import { changeMany } from '#loop/identify/change/many.ts'
import { stopMany } from '#loop/identify/consent/service.ts'
import type { FieldChange } from '#loop/identify/fields/decide.ts'
import type { LeadFilter } from '#loop/identify/leads/contract.ts'
import { conditionsOf } from '#loop/identify/leads/list.ts'
import { lockPeople, selectPeople } from '#loop/identify/queries.ts'
import { restore, trash } from '#loop/identify/trash/service.ts'
import { joinAll, live, undoSteps } from '#loop/plan/campaigns/service.ts'
import type { BulkAct } from './contract.ts'
import { applyAct, isRowAct, isTakenBack, takeBack } from './decide.ts'
import * as queries from './queries.ts'

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Lets leads enter a scenario, or takes them out again; answers whom it concerned. Orchestrate fills it. */
    readonly scenarioDoor?: {
      enter(ctx: Ctx, scenarioId: string, subjects: readonly Subject[]): Promise<ReadonlySet<string>>
      leave(ctx: Ctx, scenarioId: string, subjects: readonly Subject[]): Promise<ReadonlySet<string>>
    }
  }
}

const PAGE = 500
/** Stopping goes person by person, under the gate of each address. */
const STOP_PAGE = 100
const START: Subject = { bucket: -1, id: '00000000-0000-0000-0000-000000000000' }

/** Does the next page of an act. @returns whether there is more to do */
export async function workOn(ctx: Ctx, id: string): Promise<boolean> {
  const row = await queries.lockAct(ctx.db, id)
  if (!row) return false
  if (row.state === 'waiting') return begin(ctx, row)
  if (row.state !== 'running' && row.state !== 'undoing') return false
  const isUndo = row.state === 'undoing'
  const act = row.act as unknown as BulkAct
  const limit = act.kind === 'stop' ? STOP_PAGE : PAGE
  const people = await queries.nextPeople(ctx.db, id, { bucket: row.mark_bucket, id: row.mark_id }, isUndo, limit)
  const counts = isUndo ? await undoPage(ctx, row, act, people) : await doPage(ctx, row, act, people)
  const last = people.at(-1)
  const more = people.length === limit && last !== undefined
  await queries.moveAct(ctx.db, id, {
    ...counts,
    ...(last ? { mark: last } : {}),
    ...(more ? {} : isUndo ? { state: 'undone', undoneAt: ctx.now } : { state: 'done', endedAt: ctx.now }),
  })
  await tell(ctx, id, !more)
  return more
}

async function tell(ctx: Ctx, id: string, isEnd: boolean): Promise<void> {
  await announce(ctx, 'bulk', { id })
  if (isEnd) await announce(ctx, 'leads', { ids: [] })
}

/** Writes down whom the act is about. */
async function begin(ctx: Ctx, row: queries.BulkRow): Promise<boolean> {
  const conditions: RawBuilder<unknown>[] | null = row.filter ? await conditionsOf(ctx, row.filter as unknown as LeadFilter) : null
  const total = conditions ? await queries.addMatching(ctx.db, row.id, conditions, ctx.now) : (row.total ?? 0)
  await queries.moveAct(ctx.db, row.id, { state: 'running', total, mark: START })
  await announce(ctx, 'bulk', { id: row.id })
  return true
}

type Kept = { subject: Subject; changes: Json }

async function doPage(ctx: Ctx, row: queries.BulkRow, act: BulkAct, people: readonly Subject[]) {
  const kept = people.length ? await perform(ctx, row, act, people) : []
  await queries.keepChanges(ctx.db, row.id, kept)
  return { done: people.length, changed: kept.length }
}

/** A mark for acts whose room knows by itself what was there before. */
const mark = (field: string, from: Json, to: Json): Json => [{ field, column: '', from, to }]

async function perform(ctx: Ctx, row: queries.BulkRow, act: BulkAct, people: readonly Subject[]): Promise<Kept[]> {
  if (isRowAct(act)) {
    const changed = await changeMany(ctx, people, (one) => (one.identified_at ? applyAct(one, act, ctx.now) : one), {
      id: row.id,
      by: row.made_by,
    })
    return [...changed].map(([id, changes]) => ({ subject: subjectOf(id), changes: changes as unknown as Json }))
  }
  if (act.kind === 'trash') {
    const ids = await trash(ctx, people, { actId: row.id, by: row.made_by })
    return [...ids].map((id) => ({ subject: subjectOf(id), changes: mark('trash', null, true) }))
  }
  if (act.kind === 'campaign') {
    const campaign = await live(ctx, act.target)
    const status = (campaign.statuses as string[])[0] ?? ''
    const steps = await joinAll(ctx, { campaignId: act.target, subjects: people, status, causeId: row.id })
    return steps.map((step) => ({ subject: step.subject, changes: mark('campaign', step.from, step.to) }))
  }
  if (act.kind === 'scenario') {
    const entered = (await ctx.house.ports.scenarioDoor?.enter(ctx, act.target, people)) ?? new Set<string>()
    return [...entered].map((id) => ({ subject: subjectOf(id), changes: mark('scenario', null, act.target) }))
  }
  return stopAll(ctx, row, people)
}

async function stopAll(ctx: Ctx, row: queries.BulkRow, people: readonly Subject[]): Promise<Kept[]> {
  const rows = await selectPeople(ctx.db, people)
  const reached = people.flatMap((subject) => {
    const one = rows.get(subject.id)
    return one?.mail && one.mail_stop === 0 ? [{ subject, mail: one.mail }] : []
  })
  await stopMany(
    ctx,
    reached.map(({ subject, mail }) => ({
      address: mail,
      reason: 'manual',
      at: ctx.now,
      source: row.made_by,
      subject,
      causeId: derivedId(row.id, 'lists', `stop ${subject.id}`),
    })),
  )
  return reached.map(({ subject }) => ({ subject, changes: mark('mailStop', 0, 2) }))
}

async function undoPage(ctx: Ctx, row: queries.BulkRow, act: BulkAct, people: readonly queries.BulkPerson[]) {
  const restored = people.length ? await backOf(ctx, row, act, people) : 0
  return { restored, kept: people.length - restored }
}

type Marks = readonly [{ readonly from: string | null; readonly to: string }]

/** @returns how many have again what they had */
async function backOf(ctx: Ctx, row: queries.BulkRow, act: BulkAct, people: readonly queries.BulkPerson[]): Promise<number> {
  // What somebody must not be sent stays so: consent only ever gets stricter here.
  if (act.kind === 'stop') return 0
  const by = row.undone_by ?? row.made_by
  if (act.kind === 'trash') return (await restore(ctx, people, { actId: derivedId(row.id, 'lists', 'undo'), by })).size
  if (act.kind === 'scenario') return (await ctx.house.ports.scenarioDoor?.leave(ctx, act.target, people))?.size ?? 0
  if (act.kind === 'campaign') {
    const steps = people.map(({ bucket, id, changes }) => ({ subject: { bucket, id }, ...(changes as unknown as Marks)[0] }))
    return undoSteps(ctx, { campaignId: act.target, steps, causeId: derivedId(row.id, 'lists', 'undo') })
  }
  const changesOf = new Map(people.map((one) => [one.id, one.changes as unknown as FieldChange[]]))
  await changeMany(ctx, people, (one) => takeBack(one, changesOf.get(one.id) ?? []), { id: row.id, by, undo: true })
  const now = await lockPeople(ctx.db, people)
  return people.filter(({ id }) => {
    const one = now.get(id)
    return one !== undefined && isTakenBack(one, changesOf.get(id) ?? [])
  }).length
}

/** An act that can never succeed (its campaign or filter is gone) ends with the reason. @returns false when it may succeed another time */
export async function failAct(ctx: Ctx, id: string, error: unknown): Promise<boolean> {
  const refusal = asRefusal(error)
  if (!refusal || refusal.kind === 'unavailable') return false
  await queries.moveAct(ctx.db, id, { state: 'failed', failure: refusal.message, endedAt: ctx.now })
  await tell(ctx, id, true)
  return true
}
