// Personas as users handle them. Each owns a live segment, so that the number beside it is exact at every instant.
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import type { Json } from '#kernel/json.ts'
import { archive } from '../archive/service.ts'
import { fillSegment } from '../fill/jobs.ts'
import { COUNT_LIMIT, listSegments, type SegmentShownRow } from '../queries.ts'
import { leavesOf, type Rule } from '../rules/contract.ts'
import * as segments from '../service.ts'
import { insertVersion, listOpenVersions, moveStamp } from '../versions/queries.ts'
import { type Persona, type Profile, type personasContract, profile as profileSchema } from './contract.ts'
import { asks } from './decide.ts'
import { PERSONA } from './facts.ts'
import * as queries from './queries.ts'

type In<K extends keyof typeof personasContract> = InputOf<(typeof personasContract)[K]>
type Out<K extends keyof typeof personasContract> = OutputOf<(typeof personasContract)[K]>

/** All personas in order with the number of leads like each. */
export async function list(ctx: Ctx): Promise<Out<'list'>> {
  const rows = await queries.listPersonas(ctx.db)
  const known = new Map((await listSegments(ctx.db, ctx.now)).map((row) => [row.id, row]))
  return { items: rows.map((row) => shownOf(row, known.get(row.segment_id))) }
}

function shownOf(row: queries.PersonaRow, segment: SegmentShownRow | undefined): Persona {
  return {
    id: row.id,
    name: row.name,
    profile: profileSchema.parse(row.profile),
    rule: (segment?.rule ?? row.rule) as unknown as Rule,
    segmentId: row.segment_id,
    isLive: segment !== undefined,
    people: segment && segment.live_version !== null ? Math.min(segment.members, COUNT_LIMIT) : null,
    isEstimate: (segment?.members ?? 0) > COUNT_LIMIT,
    progress: segment && segment.filling_version !== null ? (segment.filled_buckets ?? 0) / 256 : null,
    changedAt: row.changed_at.toISOString(),
    changedBy: row.changed_by,
  }
}

async function one(ctx: Ctx, row: queries.PersonaRow): Promise<Persona> {
  return shownOf(row, (await listSegments(ctx.db, ctx.now, row.segment_id))[0])
}

/** @param input.segmentId the segment that is to be the persona's own, where there is one already */
export async function create(ctx: Ctx, input: In<'create'> & { segmentId?: string | undefined }): Promise<Persona> {
  const id = ctx.id()
  await demandGood(ctx, id, input.name, input.rule)
  const rows = await queries.listPersonas(ctx.db)
  const row: queries.PersonaRow = {
    id,
    name: input.name,
    place: Math.max(0, ...rows.map((each) => each.place)) + 1,
    profile: input.profile as unknown as Json,
    rule: input.rule as unknown as Json,
    segment_id: input.segmentId ?? (await segmentFor(ctx, input.name, input.rule)),
    created_at: ctx.now,
    changed_at: ctx.now,
    changed_by: byWhom(ctx),
    removed_at: null,
  }
  await queries.savePersona(ctx.db, row)
  return one(ctx, row)
}

const byWhom = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : ctx.actor.kind)
const segmentName = (name: string): string => `ペルソナ: ${name}`

async function segmentFor(ctx: Ctx, name: string, rule: Rule): Promise<string> {
  const made = { name: segmentName(name), description: '', audience: 'leads' as const, rule, startsScenarios: false }
  return (await segments.create(ctx, made)).id
}

async function demandGood(ctx: Ctx, id: string, name: string, rule: Rule): Promise<void> {
  if (await queries.isTaken(ctx.db, name, id))
    refuse('conflict', 'persona.name', {
      message: '同じ名前のペルソナがあります / There is a persona of this name already.',
      field: 'name',
    })
  const rules = new Map((await listOpenVersions(ctx.db)).map((row) => [row.segment_id, row.rule as unknown as Rule]))
  if (asks(rule, PERSONA, rules))
    refuse('conflict', 'persona.cycle', {
      message: 'ペルソナの条件でペルソナは使えません / A persona’s rule cannot ask for personas.',
      field: 'rule',
    })
}

async function demand(ctx: Ctx, id: string, removed = false): Promise<queries.PersonaRow> {
  const row = await queries.lockPersona(ctx.db, id)
  if (row && (row.removed_at !== null) === removed) return row
  return refuse('missing', 'persona.unknown', { message: 'このペルソナはありません / This persona does not exist (any more).' })
}

export async function change(ctx: Ctx, input: In<'change'>): Promise<Persona> {
  const row = await demand(ctx, input.id)
  const before = await one(ctx, row)
  const name = input.name ?? row.name
  const rule = input.rule ?? before.rule
  await demandGood(ctx, row.id, name, rule)
  const next: queries.PersonaRow = {
    ...row,
    name,
    profile: (input.profile ?? (row.profile as unknown as Profile)) as unknown as Json,
    rule: rule as unknown as Json,
    segment_id: before.isLive ? row.segment_id : await segmentFor(ctx, name, rule),
    changed_at: ctx.now,
    changed_by: byWhom(ctx),
  }
  if (before.isLive && (name !== row.name || input.rule))
    await segments.change(ctx, { id: row.segment_id, name: segmentName(name), rule, startsScenarios: false })
  await queries.savePersona(ctx.db, next)
  return one(ctx, next)
}

/** Who matches several personas may be of another one now: segments that ask for personas are computed anew. */
export async function order(ctx: Ctx, { ids }: In<'order'>): Promise<{ ok: true }> {
  const rest = (await queries.listPersonas(ctx.db)).map((row) => row.id).filter((id) => !ids.includes(id))
  await queries.placePersonas(ctx.db, [...ids, ...rest])
  await refillReaders(ctx)
  return { ok: true }
}

async function refillReaders(ctx: Ctx): Promise<void> {
  const open = await listOpenVersions(ctx.db)
  const newest = new Map(open.map((row) => [row.segment_id, row]))
  for (const row of newest.values()) {
    const rule = row.rule as unknown as Rule
    if (!leavesOf(rule).some(({ leaf }) => leaf.kind === 'fact' && leaf.fact === PERSONA)) continue
    const made = { segmentId: row.segment_id, audience: row.audience, rule, startsScenarios: false, at: ctx.now, by: byWhom(ctx) }
    const version = await insertVersion(ctx.db, made)
    await moveStamp(ctx.db)
    await ctx.house.jobs.enqueue(ctx, fillSegment, { segment: row.segment_id, version })
  }
}

/** @throws Refusal `segment.read` while other segments read the persona's own */
export async function remove(ctx: Ctx, { id }: In<'remove'>): Promise<{ ok: true }> {
  const row = await demand(ctx, id)
  const { isLive, rule } = await one(ctx, row)
  if (isLive) await archive(ctx, { id: row.segment_id })
  await queries.savePersona(ctx.db, { ...row, rule: rule as unknown as Json, removed_at: ctx.now })
  await refillReaders(ctx)
  return { ok: true }
}

export async function restore(ctx: Ctx, { id }: In<'restore'>): Promise<Persona> {
  const row = await demand(ctx, id, true)
  const rule = row.rule as unknown as Rule
  await demandGood(ctx, id, row.name, rule)
  const back = { ...row, removed_at: null, segment_id: await segmentFor(ctx, row.name, rule) }
  await queries.savePersona(ctx.db, back)
  return one(ctx, back)
}
