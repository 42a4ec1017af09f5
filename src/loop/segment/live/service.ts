// Live membership: the loop's second stage. Only the rules that news touch, or whose instant has come, are judged.
import { companyProfile } from '#access/company/service.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { append, derivedId, type NewEvent, type News } from '#kernel/journal.ts'
import { newsOf, noteChange, type Pass } from '#kernel/pass.ts'
import { allFacts, type Fact } from '#loop/identify/facts.ts'
import type { Value } from '#loop/score/condition/decide.ts'
import { namedScoreFacts } from '#loop/score/facts.ts'
import type { Known } from '../evaluate/decide.ts'
import { rule as ruleSchema } from '../rules/contract.ts'
import { holdStamp, listOpenVersions } from '../versions/queries.ts'
import { type Index, indexOf, judge, merged, type OpenSegment, type Outcome, type Reads, readsOf, touchedBy } from './decide.ts'
import * as rows from './queries.ts'

/** The rules in force with everything needed to judge by them. */
export interface Rulebook {
  readonly stamp: number
  readonly zone: string
  readonly index: Index
  readonly facts: ReadonlyMap<string, Fact>
}

/** What of the rules is needed to look facts up. */
type Looked = Pick<Rulebook, 'facts'> & { readonly index: Pick<Index, 'segments'> }

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

/** Every fact that rules may ask, by name: declared ones, custom fields, and the columns of every named score. */
export async function factsByName(ctx: Ctx): Promise<Map<string, Fact>> {
  const all = [...(await namedScoreFacts(ctx)), ...(await allFacts(ctx))]
  return new Map(all.map((fact) => [fact.name, fact]))
}

/** Judges the people of a pass; appends `segment.entered` and `segment.left` with the facts that decided. */
export async function react(ctx: Ctx, pass: Pass): Promise<void> {
  const book = await holdRules(ctx)
  if (!book.index.segments.length) return
  const standing = await standings(ctx, pass.people, book.index.segments)
  const wanted = pass.people
    .map((subject) => ({ subject, segments: [...touched(book, pass, subject, standing)] }))
    .filter(({ segments }) => segments.length)
  const judged = await judgeAll(ctx, book, wanted, standing)
  const flips = await keep(ctx, judged, standing, pass)
  await append(
    ctx,
    flips.map((one) => eventOf(one, newsOf(pass, one.subject.id), ctx.now)),
  )
  for (const one of flips) noteChange(pass, one.subject.id, `segment.${one.segment.id}`)
  for (const row of standing.values()) if (row.nextChangeAt) pass.wake(row.subject.id, row.nextChangeAt)
}

type Standings = Map<string, Omit<rows.MembershipRow, 'because'>>
const standingKey = (personId: string, segment: { readonly id: string; readonly version: number }): string =>
  `${personId}/${segment.id}/${segment.version}`

/** Rows of versions no longer open are left aside: their due instants would wake people for ever (reactor.md C5). */
export async function standings(ctx: Ctx, people: readonly Subject[], open: readonly OpenSegment[]): Promise<Standings> {
  const isOpen = new Set(open.map((segment) => `${segment.id}/${segment.version}`))
  const found = (await rows.loadMemberships(ctx.db, people)).filter((row) => isOpen.has(`${row.segmentId}/${row.version}`))
  return new Map(found.map((row) => [standingKey(row.subject.id, { id: row.segmentId, version: row.version }), row]))
}

function touched(book: Rulebook, pass: Pass, subject: Subject, standing: Standings): Set<OpenSegment> {
  const segments = touchedBy(book.index, newsOf(pass, subject.id), pass.changed.get(subject.id) ?? new Set(), (segment) =>
    standing.has(standingKey(subject.id, segment)),
  )
  for (const segment of book.index.segments) {
    const due = standing.get(standingKey(subject.id, segment))?.nextChangeAt
    if (due && due <= pass.at) segments.add(segment)
  }
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
  readonly outcome: Outcome
}

/** Loads what the rules read of the people, set-wise, and judges. */
export async function judgeAll(ctx: Ctx, book: Rulebook, wanted: readonly Wanted[], standing: Standings): Promise<Judged[]> {
  if (!wanted.length) return []
  const identified = await rows.loadIdentified(
    ctx.db,
    wanted.map((one) => one.subject),
  )
  const reads = new Map<OpenSegment, Reads>()
  const readsFor = (segment: OpenSegment): Reads => {
    const found = book.index.reads.get(segment) ?? reads.get(segment) ?? readsOf(segment.rule, book.zone)
    reads.set(segment, found)
    return found
  }
  const eligible = ({ subject, segments }: Wanted) =>
    segments.filter((segment) => (segment.audience === 'everyone' ? identified.has(subject.id) : identified.get(subject.id) === true))
  const facts = await loadKnown(
    ctx,
    book,
    wanted.map((one) => ({ subject: one.subject, reads: eligible(one).map(readsFor) })),
  )
  return wanted.flatMap(({ subject, segments }) => {
    const able = new Set(eligible({ subject, segments }))
    return segments.map((segment) => {
      const before = standing.get(standingKey(subject.id, segment))
      const outcome = judge(segment.rule, facts.get(subject.id) ?? EMPTY, able.has(segment), before, ctx.now, book.zone)
      return { subject, segment, outcome }
    })
  })
}

const EMPTY: Known = { values: new Map(), streams: new Map(), firsts: new Map(), segments: new Set() }

/** What is known of people, as far as the given reads ask: one statement per form of stream, one per fact. */
export async function loadKnown(
  ctx: Ctx,
  book: Looked,
  asked: readonly { subject: Subject; reads: readonly Reads[] }[],
): Promise<Map<string, Known>> {
  const pairs = (of: (reads: Reads) => readonly Reads['streams'][number][]) =>
    asked.flatMap(({ subject, reads }) => merged(reads.flatMap(of)).map((stream) => ({ subject, stream })))
  const streams = await rows.loadStreams(
    ctx.db,
    pairs((one) => one.streams),
    ctx.now,
  )
  const firsts = await rows.loadFirsts(
    ctx.db,
    pairs((one) => one.firsts),
    ctx.now,
  )
  const members = await loadMembers(ctx, book, asked)
  const { values, turns } = await loadValues(ctx, book, asked)
  return new Map(
    asked.map(({ subject: { id } }) => {
      const first = [...(firsts.get(id) ?? [])].flatMap(([key, times]) => (times[0] === undefined ? [] : [[key, times[0]] as const]))
      return [
        id,
        {
          values: values.get(id) ?? new Map(),
          turns: turns.get(id) ?? new Map(),
          streams: streams.get(id) ?? new Map(),
          firsts: new Map(first),
          segments: members.get(id) ?? new Set(),
        },
      ]
    }),
  )
}

/** The live segments people are in, where a rule asks for it. */
async function loadMembers(
  ctx: Ctx,
  book: Looked,
  asked: readonly { subject: Subject; reads: readonly Reads[] }[],
): Promise<Map<string, Set<string>>> {
  const people = asked.filter(({ reads }) => reads.some((one) => one.segments.length)).map((one) => one.subject)
  if (!people.length) return new Map()
  const live = book.index.segments.filter((segment) => segment.isLive)
  const found = new Map<string, Set<string>>()
  for (const row of (await standings(ctx, people, live)).values())
    if (row.isIn) found.set(row.subject.id, (found.get(row.subject.id) ?? new Set()).add(row.segmentId))
  return found
}

async function loadValues(ctx: Ctx, book: Looked, asked: readonly { subject: Subject; reads: readonly Reads[] }[]) {
  const wanted = new Map<string, Subject[]>()
  for (const { subject, reads } of asked)
    for (const name of new Set(reads.flatMap((one) => one.facts))) wanted.set(name, [...(wanted.get(name) ?? []), subject])
  const values = new Map<string, Map<string, Value>>()
  const turns = new Map<string, Map<string, number>>()
  for (const [name, subjects] of wanted) {
    const fact = book.facts.get(name)
    if (!fact) continue
    for (const [id, value] of await fact.load(ctx, distinctSubjects(subjects))) {
      values.set(
        id,
        (values.get(id) ?? new Map()).set(name, fact.type === 'date' && value instanceof Date ? value.toISOString().slice(0, 10) : value),
      )
      const turn = fact.nextChange?.(value, ctx.now)
      if (turn) turns.set(id, (turns.get(id) ?? new Map()).set(name, turn.getTime()))
    }
  }
  return { values, turns }
}

/** A flip that the journal is told. */
interface Flip extends Judged {
  readonly flip: 'entered' | 'left'
}

/**
 * Writes what judging made of the memberships; the standings are brought up to date. Those who enter while the history already
 * has them in (their stay came with an adoption) are in since then, and nobody is told twice.
 * @returns the flips of live versions that are news
 */
async function keep(ctx: Ctx, judged: readonly Judged[], standing: Standings, pass: Pass): Promise<Flip[]> {
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
  await rows.closeStays(
    ctx.db,
    left.map((one) => ({ ...stayKey(one), because: one.outcome.keep?.because ?? [] })),
  )
  return [...entered.map((one) => ({ ...one, flip: 'entered' as const })), ...left.map((one) => ({ ...one, flip: 'left' as const }))]
}

const stayKey = ({ subject, segment, outcome }: Judged) => ({ subject, segmentId: segment.id, at: outcome.at })

/** Writes the rows that differ, deletes those that say nothing any more. */
export async function writeMemberships(
  ctx: Ctx,
  judged: readonly Judged[],
  standing: Standings,
  stayOf: (one: Judged) => Date | undefined,
): Promise<void> {
  const puts: rows.MembershipRow[] = []
  const gone: Judged[] = []
  for (const one of judged) {
    const { subject, segment, outcome } = one
    const key = standingKey(subject.id, segment)
    const before = standing.get(key)
    if (!outcome.keep) {
      if (before) gone.push(one)
      standing.delete(key)
      continue
    }
    const stay = stayOf(one)
    const since = stay && outcome.keep.isIn && stay < outcome.keep.since ? stay : outcome.keep.since
    const row = { subject, segmentId: segment.id, version: segment.version, ...outcome.keep, since }
    if (
      !before ||
      before.isIn !== row.isIn ||
      before.since.getTime() !== since.getTime() ||
      before.nextChangeAt?.getTime() !== row.nextChangeAt?.getTime()
    )
      puts.push(row)
    standing.set(key, row)
  }
  await rows.upsertMemberships(ctx.db, puts)
  await rows.deleteMemberships(
    ctx.db,
    gone.map(({ subject, segment }) => ({ subject, segmentId: segment.id, version: segment.version })),
  )
}

function eventOf({ subject, segment, outcome, flip }: Flip, news: readonly News[], now: Date): NewEvent {
  const cause = news.at(-1)
  return {
    subject,
    id: derivedId(cause?.eventId ?? derivedId(subject.id, 'segment', 'due', now.getTime()), 'segment', `${flip}:${segment.id}`),
    name: `segment.${flip}`,
    occurredAt: outcome.at,
    historic: news.length > 0 && news.every((one) => one.historic),
    hop: Math.max(-1, ...news.map((one) => one.hop)) + 1,
    ...(cause ? { causeId: cause.eventId } : {}),
    props: {
      segment: segment.id,
      name: segment.name,
      version: segment.version,
      because: JSON.parse(JSON.stringify(outcome.keep?.because ?? [])),
    },
  }
}
