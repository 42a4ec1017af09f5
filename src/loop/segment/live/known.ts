// What is known of people, as far as rules ask it: values, events, memberships, set-wise.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { allFacts, type Fact, loadFacts, type ReadRows } from '#loop/identify/facts.ts'
import { selectOfPeople } from '#loop/identify/queries.ts'
import type { Value } from '#loop/score/condition/decide.ts'
import { namedScoreFacts } from '#loop/score/facts.ts'
import { factOf } from '../compile/decide.ts'
import { evaluate, type Known, NOTHING_KNOWN } from '../evaluate/decide.ts'
import type { Reason, Rule } from '../rules/contract.ts'
import { merged, type OpenSegment, type Reads, readsOf, type Stream, versionKey } from './decide.ts'
import * as rows from './queries.ts'

/** What of the rules is needed to look facts up. */
interface Looked {
  readonly zone: string
  readonly facts: ReadonlyMap<string, Fact>
  readonly index: { readonly segments: readonly OpenSegment[] }
}

/** Every fact that rules may ask, by name: declared ones, custom fields, and the columns of every named score. */
export async function factsByName(ctx: Ctx): Promise<Map<string, Fact>> {
  const all = [...(await namedScoreFacts(ctx)), ...(await allFacts(ctx))]
  return new Map(all.map((fact) => [fact.name, fact]))
}

/** What is kept of people, by rule and person. */
export type Standings = Map<OpenSegment, Map<string, rows.Kept>>

/** Rows of versions no longer open are left aside: their due instants would wake people for ever (reactor.md C5). */
export async function standings(ctx: Ctx, people: readonly Subject[], open: readonly OpenSegment[]): Promise<Standings> {
  return ofOpen(await rows.loadMemberships(ctx.db, people), open)
}

/** Those of the rows that time alone will change. */
export async function timed(ctx: Ctx, people: readonly Subject[], open: readonly OpenSegment[]): Promise<Standings> {
  return ofOpen(await rows.loadTimed(ctx.db, people), open)
}

function ofOpen(found: readonly rows.Kept[], open: readonly OpenSegment[]): Standings {
  const byVersion = new Map(open.map((segment) => [versionKey(segment), segment]))
  const all: Standings = new Map()
  let [of, row]: [Map<string, rows.Kept> | undefined, rows.Kept | undefined] = [undefined, undefined]
  for (const next of found) {
    if (next.segmentId !== row?.segmentId || next.version !== row.version) {
      const segment = byVersion.get(versionKey({ id: next.segmentId, version: next.version }))
      of = segment && ofSegment(all, segment)
    }
    row = next
    of?.set(row.personId, row)
  }
  return all
}

/** What is kept under one rule, by person. */
export function ofSegment(all: Standings, segment: OpenSegment): Map<string, rows.Kept> {
  const found = all.get(segment)
  if (found) return found
  const made = new Map<string, rows.Kept>()
  all.set(segment, made)
  return made
}

/** What some rules ask together. */
interface Union {
  readonly streams: readonly Stream[]
  readonly firsts: readonly Stream[]
  readonly facts: readonly string[]
  readonly asksSegments: boolean
}

/** Most people of a pass are touched by the same rules: what these ask together is put together once for all of them. */
function unions(): (reads: readonly Reads[]) => Union {
  const numbers = new Map<Reads, number>()
  const known = new Map<string, Union>()
  const same = new Map<readonly Reads[], Union>()
  const numberOf = (one: Reads): number => {
    const number = numbers.get(one) ?? numbers.size
    numbers.set(one, number)
    return number
  }
  return (reads) => {
    const again = same.get(reads)
    if (again) return again
    const key = reads.map(numberOf).join()
    const found = known.get(key) ?? {
      streams: merged(reads.flatMap((one) => one.streams)),
      firsts: merged(reads.flatMap((one) => one.firsts)),
      facts: [...new Set(reads.flatMap((one) => one.facts))],
      asksSegments: reads.some((one) => one.segments.length > 0),
    }
    known.set(key, found)
    same.set(reads, found)
    return found
  }
}

const [NO_VALUES, NO_TURNS, NO_STREAMS, NO_FIRSTS, NO_SEGMENTS] = [
  NOTHING_KNOWN.values,
  new Map<string, number>(),
  NOTHING_KNOWN.streams,
  NOTHING_KNOWN.firsts,
  NOTHING_KNOWN.segments,
]

interface Wanting {
  readonly subject: Subject
  readonly union: Union
}

/** Of the rows of people whether they are leads, and what the facts ask that stand in them. */
export async function readRows(ctx: Ctx, book: Looked, people: readonly Subject[], reads: Iterable<Reads>): Promise<ReadRows> {
  const names = new Set([...reads].flatMap((one) => one.facts))
  const asked = [...names].flatMap((name) => book.facts.get(name)?.ofRow?.columns ?? [])
  const columns = ['identified_at', ...new Set(asked.filter((column) => column !== 'identified_at').sort())] as const
  return { columns: new Set(columns), rows: await selectOfPeople(ctx.db, people, columns) }
}

/** What is known of people, as far as the given reads ask: one statement per form of stream, one per fact, one for all facts of the person's row. */
export async function loadKnown(
  ctx: Ctx,
  book: Looked,
  asked: readonly { subject: Subject; reads: readonly Reads[] }[],
  people?: ReadRows,
): Promise<Map<string, Known>> {
  const unionOf = unions()
  const wanting = asked.map(({ subject, reads }): Wanting => ({ subject, union: unionOf(reads) }))
  const pairs = (of: 'streams' | 'firsts') => wanting.flatMap(({ subject, union }) => union[of].map((stream) => ({ subject, stream })))
  const streams = await rows.loadStreams(ctx.db, pairs('streams'), ctx.now)
  const firsts = await rows.loadFirsts(ctx.db, pairs('firsts'), ctx.now)
  const members = await loadMembers(ctx, book, wanting)
  const { values, turns } = await loadValues(ctx, book, wanting, people)
  const all = new Map<string, Known>()
  for (const { id } of asked.map((one) => one.subject))
    all.set(id, {
      values: values.get(id) ?? NO_VALUES,
      turns: turns.get(id) ?? NO_TURNS,
      streams: streams.get(id) ?? NO_STREAMS,
      firsts: firstOf(firsts.get(id)),
      segments: members.get(id) ?? NO_SEGMENTS,
    })
  return all
}

function firstOf(found: ReadonlyMap<string, readonly number[]> | undefined): ReadonlyMap<string, number> {
  if (!found) return NO_FIRSTS
  return new Map([...found].flatMap(([key, times]) => (times[0] === undefined ? [] : [[key, times[0]] as const])))
}

/** The facts that decide now about people under a rule, by person: for those who are in by a full compute, which keeps no reasons. */
export async function reasonsOf(ctx: Ctx, book: Looked, rule: Rule, people: readonly Subject[]): Promise<Map<string, readonly Reason[]>> {
  if (!people.length) return new Map()
  const reads = [readsOf(rule, book.zone)]
  const known = await loadKnown(
    ctx,
    book,
    people.map((subject) => ({ subject, reads })),
  )
  return new Map(people.map(({ id }) => [id, evaluate(rule, known.get(id) ?? NOTHING_KNOWN, ctx.now.getTime(), book.zone).because]))
}

/** The live segments people are in, where a rule asks for it. */
async function loadMembers(ctx: Ctx, book: Looked, asked: readonly Wanting[]): Promise<Map<string, Set<string>>> {
  const people = asked.filter(({ union }) => union.asksSegments).map((one) => one.subject)
  if (!people.length) return new Map()
  const live = book.index.segments.filter((segment) => segment.isLive)
  const found = new Map<string, Set<string>>()
  for (const [{ id }, kept] of await standings(ctx, people, live))
    for (const [person, { isIn }] of kept) if (isIn) found.set(person, (found.get(person) ?? new Set()).add(id))
  return found
}

async function loadValues(ctx: Ctx, book: Looked, asked: readonly Wanting[], people?: ReadRows) {
  const asking = new Map<string, Subject[]>()
  for (const { subject, union } of asked)
    for (const name of union.facts) {
      const list = asking.get(name) ?? []
      list.push(subject)
      asking.set(name, list)
    }
  const at = { now: ctx.now.getTime(), zone: book.zone }
  const wanted = new Map<Fact, Subject[]>()
  for (const [name, subjects] of asking) {
    const fact = factOf(book.facts, name, at)
    if (fact) wanted.set(fact, subjects)
  }
  const values = new Map<string, Map<string, Value>>()
  const turns = new Map<string, Map<string, number>>()
  for (const [fact, found] of await loadFacts(ctx, wanted, people))
    for (const [id, value] of found) {
      values.set(
        id,
        (values.get(id) ?? new Map()).set(
          fact.name,
          fact.type === 'date' && value instanceof Date ? value.toISOString().slice(0, 10) : value,
        ),
      )
      const turn = fact.nextChange?.(value, ctx.now)
      if (turn) turns.set(id, (turns.get(id) ?? new Map()).set(fact.name, turn.getTime()))
    }
  return { values, turns }
}
