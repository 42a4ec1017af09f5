// The definition of an MQL. The version in force lives in a segment that the definition makes and changes; whoever is in it meets the definition.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import type { Json, JsonObject } from '#kernel/json.ts'
import { announce } from '#kernel/live.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { change, create, get as getSegment, preview } from '#loop/segment/service.ts'
import type { MqlDefinition, MqlVersion } from './contract.ts'
import * as queries from './queries.ts'

const byWhom = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : ctx.actor.kind)

/** The definition as both departments see it. */
export async function get(ctx: Ctx): Promise<MqlDefinition> {
  const rows = await queries.listVersions(ctx.db)
  const counts = await queries.countHanded(ctx.db)
  const shown = rows.map((row) => ({ ...presentVersion(row), ...(counts.get(row.version) ?? NOTHING) }))
  const of = (state: MqlVersion['state']) => shown.filter((one) => one.state === state)
  const live = of('live')[0] ?? null
  return {
    live,
    proposed: of('proposed')[0] ?? null,
    past: of('past'),
    revision: newestOf(rows)?.revision ?? null,
    segment: await segmentOf(ctx, rows.find((row) => row.state === 'live') ?? null),
  }
}

const newestOf = (rows: readonly queries.MqlRow[]): queries.MqlRow | undefined =>
  rows.find((row) => row.state === 'proposed') ?? rows.find((row) => row.state === 'live')

/** The versions, held. @throws Refusal conflict when the newest is not the one that whoever acts has seen */
async function demandSame(ctx: Ctx, basedOn: string | null | undefined): Promise<queries.MqlRow[]> {
  const rows = await queries.lockVersions(ctx.db)
  const newest = newestOf(rows)
  if (basedOn === undefined || (newest?.revision ?? null) === basedOn) return rows
  const by = newest?.made_by ?? ''
  return refuse('conflict', 'mql.changed', {
    message: `The definition was changed${by && ` by ${by}`} meanwhile. Look at it before you go on.`,
  })
}

const NOTHING = { handed: 0, met: 0, accepted: 0, returned: 0 }

function presentVersion(row: queries.MqlRow): Omit<MqlVersion, keyof typeof NOTHING> {
  const mark = (at: Date | null, by: string | null) => (at && by !== null ? { at: at.toISOString(), by } : null)
  return {
    version: row.version,
    revision: row.revision,
    state: row.state,
    rule: row.rule as unknown as Rule,
    note: row.note,
    madeAt: row.made_at.toISOString(),
    madeBy: row.made_by,
    marketing: mark(row.marketing_at, row.marketing_by),
    sales: mark(row.sales_at, row.sales_by),
    liveAt: row.live_at?.toISOString() ?? null,
    liveBy: row.live_by,
    endedAt: row.ended_at?.toISOString() ?? null,
  }
}

async function segmentOf(ctx: Ctx, live: queries.MqlRow | null): Promise<MqlDefinition['segment']> {
  if (!live?.segment_id || !(await queries.hasSegment(ctx.db, live.segment_id))) return null
  const segment = await getSegment(ctx, { id: live.segment_id })
  return {
    id: segment.id,
    name: segment.name,
    members: segment.members,
    isEstimate: segment.isEstimate,
    filling: segment.filling?.progress ?? null,
    // While a new rule is computed the segment still shows the old one.
    differs: segment.filling === null && sorted(segment.rule) !== sorted(live.rule),
  }
}

/** The same text for the same rule, whatever the order of its keys. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort()) : one,
  )

/** The proposal, else the version in force, without who agreed: for the set-up. Null before the first. */
export async function proposed(ctx: Ctx): Promise<{ rule: Rule; note: string; segment?: string } | null> {
  const rows = await queries.listVersions(ctx.db)
  const row = newestOf(rows)
  const segment = rows.find((one) => one.segment_id !== null)?.segment_id
  if (!row) return null
  const isThere = segment && (await queries.hasSegment(ctx.db, segment))
  return { rule: row.rule as unknown as Rule, note: row.note, ...(isThere ? { segment } : {}) }
}

/**
 * Writes the proposal. Whoever had agreed to it agreed to something else.
 * @param input.segment the segment that is to hold the definition, unless it has one
 * @throws Refusal when the rule cannot be asked, or somebody changed the definition since `basedOn`
 */
export async function propose(
  ctx: Ctx,
  input: { rule: Rule; note: string; segment?: string | undefined; basedOn?: string | null | undefined },
): Promise<MqlDefinition> {
  const rows = await demandSame(ctx, input.basedOn)
  await preview(ctx, { audience: 'leads', rule: input.rule })
  const open = rows.find((row) => row.state === 'proposed')
  const version = open?.version ?? (rows[0]?.version ?? 0) + 1
  const written = { version, rule: input.rule as unknown as Json, note: input.note, revision: ctx.id() }
  await queries.writeProposal(ctx.db, { ...written, at: ctx.now, by: byWhom(ctx) })
  if (input.segment && !rows.some((row) => row.segment_id !== null)) await queries.linkSegment(ctx.db, version, input.segment)
  await announce(ctx, 'mql', { version })
  return get(ctx)
}

type Seen = { basedOn?: string | null | undefined }

export async function drop(ctx: Ctx, { basedOn }: Seen = {}): Promise<MqlDefinition> {
  await demandSame(ctx, basedOn)
  await queries.deleteProposal(ctx.db)
  await announce(ctx, 'mql', {})
  return get(ctx)
}

/** A department's mark. @throws Refusal forbidden when somebody speaks for the other department */
export async function agree(
  ctx: Ctx,
  input: { version: number; side: 'marketing' | 'sales'; agrees: boolean } & Seen,
): Promise<MqlDefinition> {
  const role = ctx.actor.kind === 'user' ? ctx.actor.role : 'owner'
  const own = input.side === 'sales' ? 'sales' : 'marketer'
  if (role !== 'owner' && role !== own) refuse('forbidden', 'mql.side', { message: 'Only this department, or an owner, can agree for it.' })
  await demandSame(ctx, input.basedOn)
  const mark = input.agrees ? { at: ctx.now, by: byWhom(ctx) } : null
  if (!(await queries.writeMark(ctx.db, input.version, input.side, mark)))
    refuse('missing', 'mql.version', { message: 'There is no such version to agree to.' })
  await announce(ctx, 'mql', { version: input.version })
  return get(ctx)
}

/** Puts the proposal in force: its rule becomes a version of the definition's segment, computed in the background. */
export async function publish(ctx: Ctx, { segmentName, basedOn }: { segmentName: string } & Seen): Promise<MqlDefinition> {
  const rows = await demandSame(ctx, basedOn)
  const open = rows.find((row) => row.state === 'proposed') ?? refuse('conflict', 'mql.proposal', { message: 'There is no proposal.' })
  const rule = open.rule as unknown as Rule
  const description = `MQL v${open.version}${open.note ? `: ${open.note}` : ''}`.slice(0, 1_000)
  const known = rows.find((row) => row.segment_id !== null)?.segment_id ?? null
  const segment =
    known && (await queries.hasSegment(ctx.db, known))
      ? await change(ctx, { id: known, description, rule, startsScenarios: false })
      : await create(ctx, { name: segmentName, description, audience: 'leads', rule, startsScenarios: false })
  await queries.takePlace(ctx.db, open.version, segment.id, ctx.now, byWhom(ctx))
  await announce(ctx, 'mql', { version: open.version })
  return get(ctx)
}

/** What a hand-off says of the definition: the version in force, and whether the lead met it; nothing before there is one. */
export async function citing(ctx: Ctx, subjects: readonly Subject[]): Promise<(id: string) => JsonObject> {
  const cited = subjects.length ? await queries.selectCited(ctx.db, subjects) : null
  return (id) => (cited ? { mqlVersion: cited.version, mqlMet: cited.met.has(id) } : {})
}
