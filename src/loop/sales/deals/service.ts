import { z } from 'zod'
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { announce } from '#kernel/live.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { productOptions } from '#loop/identify/fields/products.ts'
import { acceptOpen } from '../handoff/service.ts'
import { checkOwner, leadOf, personName } from '../people.ts'
import type { StageCause } from '../stage/decide.ts'
import { moveStages } from '../stage/service.ts'
import { dealStage } from './contract.ts'
import { dealName, repeatedKeys, stagesInUse } from './decide.ts'
import * as queries from './queries.ts'
import { DEFAULT_STAGES, type DealStage, type LostReason } from './vocabulary.ts'

const STAGES_KEY = 'sales.deal_stages'

/** The stages of open deals, in order. */
export function dealStages(ctx: Ctx): Promise<DealStage[]> {
  return readSetting(ctx, STAGES_KEY, z.array(dealStage).min(1), [...DEFAULT_STAGES])
}

/** @throws Refusal conflict when an open deal stands at a stage that is left out */
export async function saveStages(ctx: Ctx, input: { items: DealStage[] }): Promise<{ items: DealStage[] }> {
  const repeated = repeatedKeys(input.items)
  if (repeated.length)
    refuse('invalid', 'deal.stage_twice', { message: `A stage stands here twice: ${repeated.join(', ')}.`, field: 'items' })
  const used = (await queries.sumByStage(ctx.db)).map((row) => row.stage)
  const gone = stagesInUse(input.items, used)
  if (gone.length)
    refuse('conflict', 'deal.stage_used', { message: `Open deals stand at: ${gone.join(', ')}. Move them first.`, field: 'items' })
  await writeSetting(ctx, STAGES_KEY, input.items)
  return input
}

interface NewDeal {
  readonly leadIds: readonly string[]
  readonly name?: string | undefined
  readonly companyName?: string | null | undefined
  readonly amount?: number | null | undefined
  readonly stage?: string | undefined
  readonly expectedClose?: string | null | undefined
  readonly ownerId?: string | null | undefined
  readonly note?: string | null | undefined
  readonly products?: readonly string[] | undefined
}

/** Makes a deal from leads; the first one is the main contact and lends its company and owner. */
export async function create(ctx: Ctx, input: NewDeal): Promise<{ id: string }> {
  await checkOwner(ctx, input.ownerId)
  const leads = await Promise.all(input.leadIds.map((id) => leadOf(ctx, id)))
  const main = leads[0] ?? refuse('invalid', 'deal.nobody', { message: 'Name at least one lead.', field: 'leadIds' })
  const stage = await stageNamed(ctx, input.stage)
  const companyName = input.companyName === undefined ? main.company_name : input.companyName
  const name = input.name ?? dealName(companyName, personName(main))
  const id = ctx.id()
  const own = ctx.actor.kind === 'user' ? ctx.actor.id : null
  await queries.insertDeal(ctx.db, {
    id,
    name,
    company_name: companyName,
    amount: input.amount ?? null,
    stage,
    state: 'open',
    expected_close: input.expectedClose ?? null,
    owner_id: input.ownerId === undefined ? (main.owner_id ?? own) : input.ownerId,
    note: input.note ?? null,
    products: await knownProducts(ctx, input.products ?? []),
    lost_reason: null,
    lost_note: null,
    opened_at: ctx.now,
    stage_since: ctx.now,
    closed_at: null,
    made_by: nameOf(ctx),
    changed_at: ctx.now,
    removed_at: null,
  })
  const people = distinctSubjects(leads.map(({ bucket, id: leadId }) => ({ bucket, id: leadId })))
  await queries.insertPeople(ctx.db, id, people, main.id, ctx.now)
  await step(ctx, id, null, stage)
  await acceptOpen(ctx, people)
  await tell(
    ctx,
    people,
    'deal.created',
    { deal: id, dealName: name, stage, amount: input.amount ?? null, products: [...(input.products ?? [])] },
    'dealOpened',
  )
  return { id }
}

/** @throws Refusal for a key that is none of a product; those that the deal has already may stay */
async function knownProducts(ctx: Ctx, asked: readonly string[], before: readonly string[] = []): Promise<string[]> {
  const known = new Set([...before, ...(asked.length ? (await productOptions(ctx)).map((one) => one.value) : [])])
  if (asked.every((key) => known.has(key))) return [...new Set(asked)]
  refuse('invalid', 'product.unknown', { message: '製品が見つかりません / There is no such product.', field: 'products' })
}

interface Change {
  readonly id: string
  readonly name?: string | undefined
  readonly companyName?: string | null | undefined
  readonly amount?: number | null | undefined
  readonly expectedClose?: string | null | undefined
  readonly ownerId?: string | null | undefined
  readonly note?: string | null | undefined
  readonly products?: readonly string[] | undefined
}

/** Changes what is given and leaves the rest. */
export async function update(ctx: Ctx, input: Change): Promise<{ ok: true }> {
  await checkOwner(ctx, input.ownerId)
  const row = await locked(ctx, input.id)
  const change = {
    name: input.name ?? row.name,
    company_name: input.companyName === undefined ? row.company_name : input.companyName,
    amount: input.amount === undefined ? row.amount : input.amount,
    expected_close: input.expectedClose === undefined ? row.expected_close : input.expectedClose,
    owner_id: input.ownerId === undefined ? row.owner_id : input.ownerId,
    note: input.note === undefined ? row.note : input.note,
    products: input.products === undefined ? row.products : await knownProducts(ctx, input.products, row.products),
  }
  await queries.updateDeal(ctx.db, row.id, change, ctx.now)
  // Facts such as the worth of open deals may have moved.
  await tell(ctx, await peopleIn(ctx, row.id), 'deal.changed', { deal: row.id, dealName: row.name }, null)
  return { ok: true }
}

/** What events say of a deal: which, and what it is about. */
const saidOf = (row: Pick<queries.DealRow, 'id' | 'name' | 'products'>) => ({
  deal: row.id,
  dealName: row.name,
  products: [...row.products],
})

/** @throws Refusal conflict for a closed deal */
export async function move(ctx: Ctx, input: { id: string; stage: string }): Promise<{ ok: true }> {
  const row = await openDeal(ctx, input.id)
  const stage = await stageNamed(ctx, input.stage)
  if (stage === row.stage) return { ok: true }
  await queries.updateDeal(ctx.db, row.id, { stage, stage_since: ctx.now }, ctx.now)
  await step(ctx, row.id, row.stage, stage)
  await tell(ctx, await peopleIn(ctx, row.id), 'deal.stage_changed', { ...saidOf(row), from: row.stage, to: stage }, null)
  return { ok: true }
}

/** Won: the leads are customers. An amount given here is the final one. */
export async function win(ctx: Ctx, input: { id: string; amount?: number | null | undefined }): Promise<{ ok: true }> {
  const row = await openDeal(ctx, input.id)
  const amount = input.amount === undefined ? row.amount : input.amount
  await queries.updateDeal(ctx.db, row.id, { state: 'won', closed_at: ctx.now, amount }, ctx.now)
  await step(ctx, row.id, row.stage, 'won')
  await tell(ctx, await peopleIn(ctx, row.id), 'deal.won', { ...saidOf(row), amount }, 'dealWon')
  return { ok: true }
}

/** Lost, and why: the leads go back to nurturing unless another deal holds them. */
export async function lose(ctx: Ctx, input: { id: string; reason: LostReason; note?: string | null | undefined }): Promise<{ ok: true }> {
  const row = await openDeal(ctx, input.id)
  await queries.updateDeal(
    ctx.db,
    row.id,
    { state: 'lost', closed_at: ctx.now, lost_reason: input.reason, lost_note: input.note ?? null },
    ctx.now,
  )
  await step(ctx, row.id, row.stage, 'lost')
  await tell(ctx, await peopleIn(ctx, row.id), 'deal.lost', { ...saidOf(row), reason: input.reason, amount: row.amount }, 'dealClosed')
  return { ok: true }
}

/** A closed deal goes on at the stage where it stood. */
export async function reopen(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = await locked(ctx, input.id)
  if (row.state === 'open') return { ok: true }
  await queries.updateDeal(ctx.db, row.id, { state: 'open', closed_at: null, lost_reason: null, lost_note: null }, ctx.now)
  await step(ctx, row.id, row.state, row.stage)
  await tell(ctx, await peopleIn(ctx, row.id), 'deal.reopened', { deal: row.id, dealName: row.name, stage: row.stage }, 'dealClosed')
  return { ok: true }
}

export async function addPerson(ctx: Ctx, input: { id: string; leadId: string }): Promise<{ ok: true }> {
  const row = await locked(ctx, input.id)
  const { bucket, id } = await leadOf(ctx, input.leadId)
  await queries.insertPeople(ctx.db, row.id, [{ bucket, id }], null, ctx.now)
  await tell(
    ctx,
    [{ bucket, id }],
    'deal.joined',
    { deal: row.id, dealName: row.name },
    row.state === 'lost' ? null : row.state === 'won' ? 'dealWon' : 'dealOpened',
  )
  return { ok: true }
}

/** @throws Refusal conflict for the last one: a deal is with somebody */
export async function removePerson(ctx: Ctx, input: { id: string; leadId: string }): Promise<{ ok: true }> {
  const row = await locked(ctx, input.id)
  const people = await peopleIn(ctx, row.id)
  const { bucket, id } = await leadOf(ctx, input.leadId)
  if (people.length === 1 && people[0]?.id === id) refuse('conflict', 'deal.last_person', { message: 'A deal needs at least one lead.' })
  if ((await queries.deletePerson(ctx.db, row.id, { bucket, id })) > 0)
    await tell(ctx, [{ bucket, id }], 'deal.parted', { deal: row.id, dealName: row.name }, 'dealUndone')
  return { ok: true }
}

export async function remove(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = await locked(ctx, input.id)
  await queries.updateDeal(ctx.db, row.id, { removed_at: ctx.now }, ctx.now)
  await tell(ctx, await peopleIn(ctx, row.id), 'deal.removed', { deal: row.id, dealName: row.name }, 'dealUndone')
  return { ok: true }
}

export async function restore(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = await queries.findDeal(ctx.db, input.id, true)
  if (!row) refuse('missing', 'deal.missing', { message: 'There is no such deal.' })
  await queries.updateDeal(ctx.db, row.id, { removed_at: null }, ctx.now)
  await tell(ctx, await peopleIn(ctx, row.id), 'deal.restored', { deal: row.id, dealName: row.name }, 'dealClosed')
  return { ok: true }
}

async function locked(ctx: Ctx, id: string): Promise<queries.DealRow> {
  const row = await queries.findDeal(ctx.db, id, true)
  if (!row || row.removed_at) refuse('missing', 'deal.missing', { message: 'There is no such deal.' })
  return row
}

async function openDeal(ctx: Ctx, id: string): Promise<queries.DealRow> {
  const row = await locked(ctx, id)
  if (row.state !== 'open') refuse('conflict', 'deal.closed', { message: 'This deal is closed. Reopen it first.' })
  return row
}

async function stageNamed(ctx: Ctx, key: string | undefined): Promise<string> {
  const stages = await dealStages(ctx)
  const found = key === undefined ? stages[0] : stages.find((stage) => stage.key === key)
  return found?.key ?? refuse('invalid', 'deal.stage_unknown', { message: 'There is no such stage.', field: 'stage' })
}

async function peopleIn(ctx: Ctx, dealId: string): Promise<Subject[]> {
  return distinctSubjects((await queries.peopleOf(ctx.db, [dealId])).map((row) => ({ bucket: row.bucket, id: row.person_id })))
}

const step = (ctx: Ctx, dealId: string, from: string | null, to: string): Promise<void> =>
  queries.insertStep(ctx.db, { id: ctx.id(), deal_id: dealId, from_stage: from, to_stage: to, at: ctx.now, by_name: nameOf(ctx) })

/** Tells the journal of every person in the deal, moves their stages, and wakes open screens. */
async function tell(ctx: Ctx, people: readonly Subject[], name: string, props: JsonObject, cause: StageCause | null): Promise<void> {
  const event = ctx.id()
  await append(
    ctx,
    people.map((subject) => ({ subject, id: event, name, occurredAt: ctx.now, props })),
  )
  if (cause)
    await moveStages(
      ctx,
      people.map((subject) => ({ subject, cause, causeId: event, hop: 0 })),
    )
  await announce(ctx, 'deals', { deal: typeof props.deal === 'string' ? props.deal : '' })
}

const nameOf = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : '')
