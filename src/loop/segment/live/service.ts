// Live membership: the loop's second stage. Only the rules that news touch, or whose instant has come, are judged.
import { companyProfile } from '#access/company/service.ts'
import { appendHeard } from '#kernel/conclude.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { derivedId, type NewEvent, type News } from '#kernel/journal.ts'
import type { Json, JsonObject } from '#kernel/json.ts'
import { newsOf, noteChange, type Pass } from '#kernel/pass.ts'
import type { Fact } from '#loop/identify/facts.ts'
import { matches } from '#loop/score/condition/decide.ts'
import { NOTHING_KNOWN } from '../evaluate/decide.ts'
import { rule as ruleSchema } from '../rules/contract.ts'
import { holdStamp, listOpenVersions } from '../versions/queries.ts'
import { type Index, indexOf, judging, type OpenSegment, type Outcome, type Reads, readsOf, touchedBy } from './decide.ts'
import { factsByName, loadKnown, ofSegment, readRows, type Standings, standings, timed } from './known.ts'
import * as rows from './queries.ts'

/** The rules in force with everything needed to judge by them. */
export interface Rulebook {
  readonly stamp: number
  readonly zone: string
  readonly index: Index
  readonly facts: ReadonlyMap<string, Fact>
}

const known = new WeakMap<House, Rulebook>()

/** The rules, held until commit: no publication or flip can happen beside this transaction. Parsed and indexed once per stamp. */
export async function holdRules(ctx: Ctx): Promise<Rulebook> {
  const stamp = await holdStamp(ctx.db)
  const zone = (await companyProfile(ctx)).timeZone
  const found = known.get(ctx.house)
  if (found?.stamp === stamp && found.zone === zone) return found
  const facts = await factsByName(ctx)
  const segments = (await listOpenVersions(ctx.db)).map((row) => ({
    id: row.segment_id,
    name: row.name,
    version: row.version,
    isLive: row.state === 'live',
    audience: row.audience,
    rule: ruleSchema.parse(row.rule),
  }))
  const rulebook = { stamp, zone, facts, index: indexOf(segments, facts, zone) }
  known.set(ctx.house, rulebook)
  return rulebook
}

/** Judges the people of a pass; appends `segment.entered` and `segment.left` with the facts that decided. */
export async function react(ctx: Ctx, pass: Pass): Promise<void> {
  const book = await holdRules(ctx)
  if (!book.index.segments.length) return
  const standing = await standingsOf(ctx, book, pass)
  const due = dueOf(standing, pass.at)
  const wanted = pass.people
    .map((subject) => ({
      subject,
      segments: isQuiet(pass, subject) ? (due.get(subject.id) ?? []) : [...touched(book, pass, subject, standing, due)],
    }))
    .filter(({ segments }) => segments.length)
  const judged = await judgeAll(ctx, book, wanted, standing)
  const flips = await keep(ctx, judged, standing, pass)
  const wordsFor = wordsOfFlips()
  const events = flips.map((one) => eventOf(one, wordsFor(one), newsOf(pass, one.subject.id), ctx.now))
  await appendHeard(ctx, events)
  for (const one of flips) noteChange(pass, one.subject.id, `segment.${one.segment.id}`)
  for (const kept of standing.values()) for (const [id, { nextChangeAt }] of kept) if (nextChangeAt) pass.wake(id, nextChangeAt)
}

/** Which events the open rules read, be it through a fact or the membership of a segment. */
export async function hears(ctx: Ctx): Promise<(event: NewEvent) => boolean> {
  const { index } = await holdRules(ctx)
  return ({ name, props, pageGroup = null }) =>
    index.byEvent.get(name)?.some(({ match }) => matches(match, { name, props, pageGroup })) ||
    index.byAfter.has(name) ||
    (name.startsWith('segment.') && index.bySegment.has(String(props['segment'])))
}

/** Of whom there is no news, and of whose facts no earlier stage changed one: only time can have moved them. */
const isQuiet = (pass: Pass, { id }: Subject): boolean => !pass.news.has(id) && !pass.changed.has(id)

/** What is kept of people; of those who are quiet only what time can change. */
async function standingsOf(ctx: Ctx, book: Rulebook, pass: Pass): Promise<Standings> {
  const others = pass.people.filter((one) => !isQuiet(pass, one))
  const quiet = others.length ? pass.people.filter((one) => isQuiet(pass, one)) : pass.people
  const standing = await standings(ctx, others, book.index.segments)
  const ofQuiet = await timed(ctx, quiet, book.index.segments)
  if (!standing.size) return ofQuiet
  for (const [segment, kept] of ofQuiet) for (const [id, row] of kept) ofSegment(standing, segment).set(id, row)
  return standing
}

/** The rules whose instant has come, by person: asked of the rows there are, not of every rule for everybody. */
function dueOf(standing: Standings, at: Date): Map<string, readonly OpenSegment[]> {
  const due = new Map<string, readonly OpenSegment[]>()
  for (const [segment, kept] of standing) {
    // Most of a crowd are due by one rule: they share its list, and what is put together for it.
    const alone = [segment]
    for (const [id, { nextChangeAt }] of kept) {
      if (!nextChangeAt || nextChangeAt > at) continue
      const list = due.get(id)
      due.set(id, list ? [...list, segment] : alone)
    }
  }
  return due
}

const NONE_CHANGED: ReadonlySet<string> = new Set()

function touched(
  book: Rulebook,
  pass: Pass,
  subject: Subject,
  standing: Standings,
  due: ReadonlyMap<string, readonly OpenSegment[]>,
): Set<OpenSegment> {
  const segments = touchedBy(book.index, newsOf(pass, subject.id), pass.changed.get(subject.id) ?? NONE_CHANGED, (segment) =>
    Boolean(standing.get(segment)?.has(subject.id)),
  )
  for (const segment of due.get(subject.id) ?? []) segments.add(segment)
  return segments
}

/** A person and the segments to judge them by. */
export interface Wanted {
  readonly subject: Subject
  readonly segments: readonly OpenSegment[]
}

export interface Judged {
  readonly subject: Subject
  readonly segment: OpenSegment
  /** The row there was. */
  readonly before: rows.Kept | undefined
  readonly outcome: Outcome
}

/** Loads what the rules read of the people, set-wise, and judges. */
async function judgeAll(ctx: Ctx, book: Rulebook, wanted: readonly Wanted[], standing: Standings): Promise<Judged[]> {
  if (!wanted.length) return []
  const readsFor = (segment: OpenSegment): Reads => book.index.reads.get(segment) ?? readsOf(segment.rule, book.zone)
  const asked = new Map([...new Set(wanted.flatMap((one) => one.segments))].map((segment) => [segment, readsFor(segment)]))
  const people = await readRows(
    ctx,
    book,
    wanted.map((one) => one.subject),
    asked.values(),
  )
  const isEligible = (row: { readonly identified_at?: Date | null } | undefined, { audience }: OpenSegment): boolean =>
    audience === 'everyone' ? row !== undefined : Boolean(row?.identified_at)
  const allReads = new Map<readonly OpenSegment[], readonly Reads[]>()
  const readsOfAll = (segments: readonly OpenSegment[]): readonly Reads[] => {
    const found = allReads.get(segments) ?? segments.map((segment) => asked.get(segment) as Reads)
    allReads.set(segments, found)
    return found
  }
  const readsBy = ({ subject, segments }: Wanted): readonly Reads[] => {
    const row = people.rows.get(subject.id)
    const eligible = segments.filter((segment) => isEligible(row, segment))
    return readsOfAll(eligible.length === segments.length ? segments : eligible)
  }
  const facts = await loadKnown(
    ctx,
    book,
    wanted.map((one) => ({ subject: one.subject, reads: readsBy(one) })),
    people,
  )
  const judgeAlike = judging(ctx.now, book.zone)
  const judged: Judged[] = []
  for (const { subject, segments } of wanted) {
    const [row, known] = [people.rows.get(subject.id), facts.get(subject.id) ?? NOTHING_KNOWN]
    for (const segment of segments) {
      const before = standing.get(segment)?.get(subject.id)
      const outcome = judgeAlike(segment, asked.get(segment) as Reads, known, isEligible(row, segment), before)
      judged.push({ subject, segment, before, outcome })
    }
  }
  return judged
}

/**
 * Writes what judging made of the memberships; the standings are brought up to date. Those who enter while the history already
 * has them in (their stay came with an adoption) are in since then, and nobody is told twice.
 * @returns the flips of live versions that are news
 */
async function keep(ctx: Ctx, judged: readonly Judged[], standing: Standings, pass: Pass): Promise<Judged[]> {
  const flips = judged.filter((one): one is Judged & { segment: OpenSegment } => one.segment.isLive && one.outcome.flip !== null)
  const reborn = new Set(pass.people.filter(({ id }) => newsOf(pass, id).some((news) => news.name === 'lead.adopted')).map(({ id }) => id))
  const asked = judged.filter(
    ({ subject, segment, outcome }) => segment.isLive && (outcome.flip === 'entered' || (reborn.has(subject.id) && outcome.keep?.isIn)),
  )
  const stays = await rows.loadOpenStays(
    ctx.db,
    asked.map(({ subject, segment }) => ({ subject, segmentId: segment.id })),
  )
  const stayOf = ({ subject, segment }: Judged) => (segment.isLive ? stays.get(`${subject.id}/${segment.id}`) : undefined)
  await writeMemberships(ctx, judged, standing, stayOf)
  const entered = flips.filter((one) => one.outcome.flip === 'entered' && !stayOf(one))
  const left = flips.filter((one) => one.outcome.flip === 'left')
  await rows.insertStays(
    ctx.db,
    entered.map((one) => ({ ...stayKey(one), id: ctx.id(), because: one.outcome.keep?.because ?? [] })),
  )
  const ends = left.map((one) => ({ ...stayKey(one), because: one.outcome.keep?.because ?? [], from: one.before?.since ?? one.outcome.at }))
  const missed = await rows.closeStays(ctx.db, ends)
  const brief = missed.size ? ends.filter((end) => missed.has(`${end.subject.id}/${end.segmentId}`)) : []
  await rows.insertBriefStays(
    ctx.db,
    brief.map((end) => ({ ...end, id: ctx.id() })),
  )
  return [...entered, ...left]
}

const stayKey = ({ subject, segment, outcome }: Judged) => ({ subject, segmentId: segment.id, at: outcome.at })

/**
 * Writes the rows that differ, deletes those that say nothing any more. Under a version that is being filled a row that says nothing is
 * written all the same: the full compute looked earlier and must not write its answer over this one.
 */
async function writeMemberships(
  ctx: Ctx,
  judged: readonly Judged[],
  standing: Standings,
  stayOf: (one: Judged) => Date | undefined,
): Promise<void> {
  const puts: rows.MembershipRow[] = []
  const gone: Judged[] = []
  for (const one of judged) {
    const { subject, segment, before, outcome } = one
    const keep = outcome.keep ?? (segment.isLive ? null : { isIn: false, since: ctx.now, nextChangeAt: null, because: [] })
    if (!keep && !before) continue
    const kept = ofSegment(standing, segment)
    if (!keep) {
      if (before) gone.push(one)
      kept.delete(subject.id)
      continue
    }
    const stay = keep.isIn ? stayOf(one) : undefined
    const since = stay && stay < keep.since ? stay : keep.since
    const row = { subject, segmentId: segment.id, version: segment.version, ...keep, since }
    if (
      !before ||
      before.isIn !== row.isIn ||
      before.since.getTime() !== since.getTime() ||
      before.nextChangeAt?.getTime() !== row.nextChangeAt?.getTime()
    )
      puts.push(row)
    kept.set(subject.id, { ...row, personId: subject.id })
  }
  await rows.upsertMemberships(ctx.db, puts)
  await rows.deleteMemberships(
    ctx.db,
    gone.map(({ subject, segment }) => ({ subject, segmentId: segment.id, version: segment.version })),
  )
}

/** What a flip tells; the same words for all who were judged alike. */
interface Words {
  readonly kind: string
  readonly name: string
  readonly props: JsonObject
}

function wordsOfFlips(): (flip: Judged) => Words {
  const alike = new Map<OpenSegment, Map<Outcome, Words>>()
  return ({ segment, outcome }) => {
    const ofOutcomes = alike.get(segment) ?? new Map<Outcome, Words>()
    if (!ofOutcomes.size) alike.set(segment, ofOutcomes)
    const known = ofOutcomes.get(outcome)
    if (known) return known
    const because = [...(outcome.keep?.because ?? [])] as Json[]
    const props = { segment: segment.id, name: segment.name, version: segment.version, because }
    const words = { kind: `${outcome.flip}:${segment.id}`, name: `segment.${outcome.flip}`, props }
    ofOutcomes.set(outcome, words)
    return words
  }
}

function eventOf({ subject, outcome }: Judged, { kind, name, props }: Words, news: readonly News[], now: Date): NewEvent {
  const cause = news.at(-1)
  const id = derivedId(cause?.eventId ?? derivedId(subject.id, 'segment', 'due', now.getTime()), 'segment', kind)
  if (!cause) return { subject, id, name, occurredAt: outcome.at, historic: false, hop: 0, props }
  const historic = news.every((one) => one.historic)
  const hop = Math.max(...news.map((one) => one.hop)) + 1
  return { subject, id, name, occurredAt: outcome.at, historic, hop, causeId: cause.eventId, props }
}
