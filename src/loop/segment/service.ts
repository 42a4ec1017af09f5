// Segments as users handle them: make, change, look, ask why.

import { companyProfile } from '#access/company/service.ts'
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { inTime } from '#loop/identify/leads/queries.ts'
import { resolveSubject } from '#loop/identify/service.ts'
import { valueTypeOf } from './compile/decide.ts'
import { type Compiling, compile } from './compile/queries.ts'
import type { Segment, segmentsContract } from './contract.ts'
import { faultsOf, nameOf, readsItself, segmentsIn } from './decide.ts'
import { explain } from './evaluate/decide.ts'
import { fillSegment } from './fill/jobs.ts'
import { readsOf } from './live/decide.ts'
import { factsByName, loadKnown, reasonsOf, standings } from './live/known.ts'
import * as queries from './queries.ts'
import { type Rule, rule as ruleSchema } from './rules/contract.ts'
import { insertVersion, listOpenVersions, listVersions, moveStamp } from './versions/queries.ts'

type Api = typeof segmentsContract
type In<K extends keyof Api> = InputOf<Api[K]>
type Out<K extends keyof Api> = OutputOf<Api[K]>

/** All segments with the number of people in each. */
export async function list(ctx: Ctx): Promise<Out<'list'>> {
  return { items: (await queries.listSegments(ctx.db, ctx.now)).map(shownOf) }
}

export async function get(ctx: Ctx, { id }: { id: string }): Promise<Segment> {
  const [row] = await queries.listSegments(ctx.db, ctx.now, id)
  return row ? shownOf(row) : refuse('missing', 'segment.unknown', { message: 'This segment does not exist (any more).' })
}

function shownOf(row: queries.SegmentShownRow): Segment {
  const isEstimate = row.members > queries.COUNT_LIMIT
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    audience: row.audience,
    members: Math.min(row.members, queries.COUNT_LIMIT),
    isEstimate,
    entered: row.entered,
    left: row.left,
    rule: row.rule as unknown as Rule,
    liveVersion: row.live_version,
    fault: row.fault,
    filling:
      row.filling_version === null
        ? null
        : { version: row.filling_version, progress: (row.filled_buckets ?? 0) / 256, rule: row.filling_rule as unknown as Rule },
    createdAt: row.created_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
  }
}

/**
 * Makes a segment; a job computes its members.
 * @throws Refusal when the rule cannot be kept or the name is taken
 */
export async function create(ctx: Ctx, input: In<'create'>): Promise<Segment> {
  const id = ctx.id()
  await demandHeld(ctx, id, input.rule)
  if (!(await queries.insertSegment(ctx.db, { ...input, id, at: ctx.now, by: byWhom(ctx) }))) nameTaken()
  await startVersion(ctx, { id, ...input })
  return get(ctx, { id })
}

export const nameTaken = (): never =>
  refuse('conflict', 'segment.name', { message: 'There is a segment of this name already.', field: 'name' })

const byWhom = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : ctx.actor.kind)

/** Begins a version, which a job computes. */
export async function startVersion(
  ctx: Ctx,
  made: { id: string; audience: 'leads' | 'everyone'; rule: Rule; startsScenarios: boolean },
): Promise<void> {
  const { id: segmentId, audience, rule, startsScenarios } = made
  const version = await insertVersion(ctx.db, { segmentId, audience, rule, startsScenarios, at: ctx.now, by: byWhom(ctx) })
  await moveStamp(ctx.db)
  await ctx.house.jobs.enqueue(ctx, fillSegment, { segment: segmentId, version })
}

/** As `demandGood`, for a rule that is kept: the segments it reads are not put away meanwhile. */
export async function demandHeld(ctx: Ctx, id: string, rule: Rule): Promise<void> {
  await queries.holdSegments(ctx.db, segmentsIn(rule))
  await demandGood(ctx, id, rule)
}

/** @throws Refusal when a rule asks what cannot be asked, or depends on itself */
async function demandGood(ctx: Ctx, id: string, rule: Rule): Promise<void> {
  const open = await listOpenVersions(ctx.db)
  const rules = new Map(open.map((row) => [row.segment_id, row.rule as unknown as Rule]))
  const errors = faultsOf(rule, await compilingAt(ctx, null), new Set([...rules.keys(), id]))
  if (errors.length) refuse('invalid', 'segment.rule', { message: 'The rule has conditions that cannot be asked.', errors })
  if (readsItself(id, rule, rules)) refuse('conflict', 'segment.cycle', { message: 'The segment would depend on itself.', field: 'rule' })
}

/** Changes name, words, audience or rule. A new rule or audience is a version, computed beside the one in force. */
export async function change(ctx: Ctx, input: In<'change'>): Promise<Segment> {
  const row = await demand(ctx, input.id)
  const before = await get(ctx, { id: input.id })
  const next = { name: input.name ?? row.name, description: input.description ?? row.description, audience: input.audience ?? row.audience }
  if (input.rule) await demandHeld(ctx, input.id, input.rule)
  if (!(await queries.updateSegment(ctx.db, { id: input.id, ...next, at: ctx.now }))) nameTaken()
  // The newest rule may still be computed: back to the one in force is a change of it.
  const newest = before.filling?.rule ?? before.rule
  const rule = input.rule ?? newest
  const isNew = next.audience !== row.audience || JSON.stringify(rule) !== JSON.stringify(newest)
  if (isNew && input.basedOn !== undefined && input.basedOn !== (before.filling?.version ?? before.liveVersion))
    refuse('conflict', 'segment.changed', {
      message: 'Somebody changed the conditions of this segment after you opened them. Look at them before you go on.',
    })
  if (isNew) await startVersion(ctx, { id: input.id, audience: next.audience, rule, startsScenarios: input.startsScenarios })
  else await moveStamp(ctx.db)
  return get(ctx, { id: input.id })
}

export async function demand(ctx: Ctx, id: string): Promise<queries.SegmentRow> {
  return (
    (await queries.lockSegment(ctx.db, id)) ?? refuse('missing', 'segment.unknown', { message: 'This segment does not exist (any more).' })
  )
}

/** The longest that a count may hold the database up. */
const MOST_MS = 10_000

/**
 * How many people a rule means, and the first ten of them.
 * @throws Refusal `segment.slow` when that cannot be said within `most` ms
 */
export async function preview(ctx: Ctx, input: In<'preview'>, most = MOST_MS): Promise<Out<'preview'>> {
  await demandGood(ctx, '', input.rule)
  const how = await compilingAt(ctx, input.asOf ? new Date(input.asOf) : null)
  const condition = compile(input.rule, how)
  const found = await inTime(ctx.db, most, async () => {
    const count = await queries.countPeople(ctx.db, input.audience, condition)
    return { count, sample: count ? await queries.listMatching(ctx.db, input.audience, condition, 10) : [] }
  })
  if (!found)
    return refuse('unprocessable', 'segment.slow', {
      message: `この条件は${most / 1000}秒では数えきれませんでした。期間を短くするか、属性の条件で先に絞ってください。このまま保存すれば、裏側で時間をかけて計算します / This rule could not be counted within ${most / 1000} seconds. Shorten its windows or narrow it down by a field first. Saved as it is, it will be computed in the background.`,
    })
  return { count: found.count, sample: found.sample.map(personOf) }
}

/** What compiling needs: facts and the instant asked for. */
export async function compilingAt(ctx: Ctx, asOf: Date | null): Promise<Compiling> {
  const { timeZone: zone } = await companyProfile(ctx)
  return { facts: await factsByName(ctx), zone, now: (asOf ?? ctx.now).getTime(), asOf: asOf !== null }
}

const personOf = (row: queries.PersonShownRow) => ({
  id: row.id,
  name: nameOf(row),
  company: row.company_name,
  mail: row.mail,
  isLead: row.identified_at !== null,
})

/** Who is in, the newest first. */
export async function members(ctx: Ctx, { id, cursor, limit }: In<'members'>): Promise<Out<'members'>> {
  const found = await queries.listMembers(ctx.db, id, decodeCursor(cursor), limit + 1)
  const last = found.length > limit ? found[limit - 1] : undefined
  const shown = found.slice(0, limit)
  const unsaid = shown.filter((row) => !row.because.length)
  const reasons = unsaid.length ? await reasonsOf(ctx, await bookOf(ctx), (await get(ctx, { id })).rule, unsaid) : new Map()
  return {
    items: shown.map((row) => ({
      ...personOf(row),
      since: row.since.toISOString(),
      until: row.next_change_at?.toISOString() ?? null,
      because: [...(reasons.get(row.id) ?? row.because)],
      score: row.total ?? 0,
      heat: row.heat ?? 'cold',
    })),
    next: last ? encodeCursor(last.since, last.id) : null,
  }
}

/** Every stay, the newest first. */
export async function history(ctx: Ctx, { id, cursor, limit, week }: In<'history'>): Promise<Out<'history'>> {
  const found = await queries.listStays(ctx.db, { id, week, now: ctx.now }, decodeCursor(cursor), limit + 1)
  const last = found.length > limit ? found[limit - 1] : undefined
  return {
    items: found.slice(0, limit).map((row) => ({
      person: personOf(row),
      enteredAt: row.entered_at.toISOString(),
      leftAt: row.left_at?.toISOString() ?? null,
      because: row.because,
      leftBecause: row.left_because,
      byEdit: row.entered_by_edit,
      leftByEdit: row.left_by_edit,
    })),
    next: last ? encodeCursor(last.entered_at, last.id) : null,
  }
}

export async function versions(ctx: Ctx, { id }: In<'versions'>): Promise<Out<'versions'>> {
  const found = await listVersions(ctx.db, id)
  return {
    items: found.map((row) => ({
      version: row.version,
      state: row.state,
      audience: row.audience,
      rule: row.rule as unknown as Rule,
      startsScenarios: row.starts_scenarios,
      madeAt: row.made_at.toISOString(),
      madeBy: row.made_by,
      liveAt: row.live_at?.toISOString() ?? null,
      progress: row.filled_buckets / 256,
    })),
  }
}

/** The rules in force without holding them: for looking only. */
async function bookOf(ctx: Ctx) {
  const { timeZone: zone } = await companyProfile(ctx)
  const segments = (await listOpenVersions(ctx.db)).map((row) => ({
    id: row.segment_id,
    name: row.name,
    version: row.version,
    isLive: row.state === 'live',
    audience: row.audience,
    rule: row.rule as unknown as Rule,
  }))
  return { facts: await factsByName(ctx), zone, index: { segments } }
}

/** Why a person is in or not, by the very function that decides membership. */
export async function why(ctx: Ctx, input: In<'why'>): Promise<Out<'why'>> {
  const segment = await get(ctx, input)
  const subject = await resolveSubject(ctx, input.person)
  const person = subject && (await queries.findPerson(ctx.db, subject))
  if (!subject || !person) return refuse('missing', 'person.unknown', { message: 'This person does not exist (any more).' })
  const rule = ruleSchema.parse(segment.rule)
  const book = await bookOf(ctx)
  const { zone } = book
  const known = await loadKnown(ctx, book, [{ subject, reads: [readsOf(rule, zone)] }])
  const facts = known.get(subject.id) ?? { values: new Map(), streams: new Map(), firsts: new Map(), segments: new Set<string>() }
  const answer = explain(rule, facts, ctx.now.getTime(), zone)
  const isEligible = segment.audience === 'everyone' || person.identified_at !== null
  const standing = await standings(
    ctx,
    [subject],
    book.index.segments.filter((one) => one.id === segment.id && one.isLive),
  )
  const row = [...standing.values()].flatMap((kept) => [...kept.values()])[0]
  return {
    person: personOf(person),
    isIn: answer.isIn && isEligible,
    isEligible,
    since: row?.isIn && answer.isIn ? row.since.toISOString() : null,
    nextChangeAt: isEligible && answer.nextChangeAt !== null ? new Date(answer.nextChangeAt).toISOString() : null,
    rule,
    because: [...answer.because],
    stays: (await queries.listStaysOf(ctx.db, segment.id, subject)).map((stay) => ({
      enteredAt: stay.entered_at.toISOString(),
      leftAt: stay.left_at?.toISOString() ?? null,
    })),
  }
}

/** The segments a person is in. */
export async function ofPerson(ctx: Ctx, input: In<'ofPerson'>): Promise<Out<'ofPerson'>> {
  const subject = await resolveSubject(ctx, input.person)
  const found = subject ? await queries.listSegmentsOf(ctx.db, subject) : []
  return {
    items: found.map((row) => ({
      id: row.id,
      name: row.name,
      since: row.since.toISOString(),
      until: row.next_change_at?.toISOString() ?? null,
    })),
  }
}

/** What rules can speak of. */
export async function vocabulary(ctx: Ctx): Promise<Out<'vocabulary'>> {
  const facts = [...(await factsByName(ctx)).values()]
  const segments = await queries.listSegments(ctx.db, ctx.now)
  return {
    facts: facts.map((fact) => ({
      name: fact.name,
      type: valueTypeOf(fact.type),
      group: fact.group,
      ja: fact.words.ja,
      en: fact.words.en,
      keepsPast: fact.asOf !== undefined,
      options: (fact.options ?? []).map((option) => ({ ...option })),
    })),
    events: await queries.listEventNames(ctx.db),
    segments: segments.map((row) => ({ id: row.id, name: row.name })),
  }
}
