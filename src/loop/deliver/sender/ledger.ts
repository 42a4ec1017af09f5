// The two writes around a mail's way out: the mark before its first byte, the record of the answer after its last.
import type { Ctx, House } from '#kernel/ctx.ts'
import { bySubject } from '#kernel/db/buckets.ts'
import { together } from '#kernel/db/connection.ts'
import { withTx } from '#kernel/db/tx.ts'
import { append, derivedId, type NewEvent } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { addressHash, stopMany } from '#loop/identify/consent/service.ts'
import { type Known, knownFrom, rulesAsk } from '../outbox/caps/known.ts'
import { atTheMark, giveBack } from '../outbox/caps/service.ts'
import type { Verdict } from '../outbox/decide.ts'
import { isStopped, nextTry } from '../outbox/decide.ts'
import { NO_SOURCE, type Purpose } from '../tables.ts'
import { SENDER } from './actor.ts'
import { coalesce } from './coalesce.ts'
import { departureAsk } from './departures.queries.ts'
import { correctDeparture, type Departures, openDepartures, sentEvent } from './departures.ts'
import { type Claimed, type MarkAsk, type Marked, markAsk, type Settlement, settleAsk, unwantedTopics } from './queries.ts'
import { holdBad } from './stops.ts'

/** Which template a mail was made from: its id for reports, its name for whoever reads the timeline. */
export interface TemplateRef {
  readonly id: string
  readonly name: string
}

/** What a lane has to say of a row it held. */
export interface Report {
  readonly row: Claimed
  readonly address: string
  readonly template: TemplateRef
  readonly fate:
    | { readonly kind: 'sent'; readonly reply: string }
    /** `begun`: it was marked, and held a place under the caps. */
    | { readonly kind: 'failed'; readonly verdict: Verdict; readonly begun: boolean }
    /** Not begun: back to the queue (not before an instant), or settled for a reason. */
    | { readonly kind: 'back'; readonly notBefore: Date | null; readonly reason: string | null }
    | { readonly kind: 'dropped'; readonly status: 'suppressed' | 'cancelled' | 'refused'; readonly reason: string }
}

export interface Ledger {
  /** Commits the mark; false means: not a single byte may be sent. Safe to ask again after a lost answer. */
  mark(ask: MarkAsk, lane?: object): Promise<boolean>
  /** Commits the record; resolves with the database's time of it. What one lane asks for is written in its order. */
  record(report: Report, lane?: object): Promise<Date>
  /** Resolves once the loop has been told of all mails recorded so far, or cannot be for now. */
  told(): Promise<void>
}

/** One of the two writes; both ride in one transaction with those of the other lanes. */
type Write = ({ readonly mark: MarkAsk } | { readonly report: Report }) & { readonly lane: object | null }

/**
 * Opens the ledger of one worker.
 * @param lanes how many lanes are at work: once each has asked for a mark, nobody is waited for
 */
export function openLedger(house: House, worker: string, lanes: () => number = () => Number.POSITIVE_INFINITY): Ledger {
  const announced = new Map<string, number>()
  const departures = openDepartures(house)
  const write = coalesce(
    (writes: readonly Write[]) => withTx(house, SENDER, (ctx) => writeAll(ctx, worker, writes, { announced, departures }), { claim: true }),
    5,
    200,
    (one) => one.lane,
    (waiting) => waiting.reduce((marks, { item }) => marks + Number('mark' in item), 0) >= lanes(),
  )
  return {
    mark: async (mark, lane = undefined) => (await write({ mark, lane: lane ?? null })).marked,
    record: async (report, lane = undefined) => (await write({ report, lane: lane ?? null })).at,
    told: departures.told,
  }
}

interface Written {
  readonly marked: boolean
  readonly at: Date
}

async function writeAll(ctx: Ctx, worker: string, writes: readonly Write[], told: Told): Promise<Written[]> {
  const reports = writes.flatMap((one) => ('report' in one ? [one.report] : [])).sort((a, b) => bySubject(keyed(a.row), keyed(b.row)))
  const asks = writes.flatMap((one) => ('mark' in one ? [one.mark] : [])).sort((a, b) => bySubject(keyed(a), keyed(b)))
  const hashes = new Map(asks.map(({ address }) => [address, addressHash(ctx.house, address)]))
  const page: Page = { worker, asks, hashOf: (mail) => hashes.get(mail) ?? addressHash(ctx.house, mail) }
  // A dead address stops its person first: the mark of another mail to them must see it.
  const first = asks.length > 0 && reports.some(isDead)
  if (first) await writePage(ctx, { ...page, asks: [] }, reports, told)
  const yes = await writePage(ctx, page, first ? [] : reports, told)
  return writes.map((one) => ({ marked: 'mark' in one && yes.has(one.mark.id), at: ctx.now }))
}

/** What is heard of records: when each source was last announced, and how the loop is told of mails that left. */
interface Told {
  readonly announced: Map<string, number>
  readonly departures: Departures
}

interface Page {
  readonly worker: string
  readonly asks: readonly MarkAsk[]
  readonly hashOf: (mail: string) => string
}

/** Records and marks in one go. What rules a mark is read behind it, when its people are locked. @returns the ids that may leave */
async function writePage(ctx: Ctx, page: Page, reports: readonly Report[], told: Told): Promise<Set<string>> {
  const { worker, asks, hashOf } = page
  const settled = reports.map((report) => settlement(report, ctx.now))
  const left = reports.filter(({ fate }) => fate.kind === 'sent')
  const departure = ctx.id()
  // What left is noted before it is known that all of it is ours to record: it nearly always is.
  const [done, , marked, rules] = await together(
    ctx.db,
    reports.length ? settleAsk(settled, ctx.now) : null,
    left.length
      ? departureAsk(
          departure,
          left.map(({ row }) => row),
        )
      : null,
    asks.length ? markAsk({ worker, now: ctx.now, rows: asks, hashOf }) : null,
    asks.length
      ? rulesAsk(
          ctx,
          asks.map(keyed),
          asks.map(({ address }) => hashOf(address)),
        )
      : null,
  )
  const recorded = new Set(done.map(({ id }) => id))
  await depart(ctx, { id: departure, left, recorded }, told)
  if (done.length) await recordAll(ctx, reports, recorded, told)
  if (!marked.length) return new Set()
  const known = knownFrom(ctx, rules)
  const isListed = ({ address }: MarkAsk, purpose: Purpose) => isStopped(known.stops.get(hashOf(address)) ?? 0, purpose)
  return mayLeave(ctx, page, marked, { isListed, known })
}

const keyed = (row: { bucket: number; person_id: string }) => ({ bucket: row.bucket, id: row.person_id })

interface Rules {
  /** The address is on the list of stopped ones: it rules whoever holds the address, and whatever their own row says. */
  readonly isListed: (ask: MarkAsk, purpose: Purpose) => boolean
  readonly known: Known
}

/** Of rows just marked, those that may leave by everything that was read behind the mark. */
async function mayLeave(ctx: Ctx, { worker, asks }: Page, marked: readonly Marked[], rules: Rules): Promise<Set<string>> {
  const yes = new Set(marked.map((row) => row.id))
  const byId = new Map(marked.map((row) => [row.id, row]))
  const topical = asks.filter(({ id }) => byId.get(id)?.topic)
  if (topical.length) for (const id of await unwantedTopics(ctx.db, topical)) yes.delete(id)
  for (const ask of asks) {
    const row = byId.get(ask.id)
    if (row && rules.isListed(ask, row.purpose)) yes.delete(ask.id)
  }
  const able = marked.filter((row) => yes.has(row.id))
  for (const id of await atTheMark(ctx, worker, able, rules.known)) yes.delete(id)
  return yes
}

interface Leaving {
  readonly id: string
  readonly left: readonly Report[]
  readonly recorded: ReadonlySet<string>
}

/** Mails that left and were recorded are told of soon. */
async function depart(ctx: Ctx, { id, left, recorded }: Leaving, { departures }: Told): Promise<void> {
  const gone = left.filter(({ row }) => recorded.has(row.id))
  if (gone.length < left.length)
    await correctDeparture(
      ctx,
      id,
      gone.map(({ row }) => row),
    )
  const sent = gone.map(({ row, template }) => sentEvent(row, { what: row.what, template }, ctx.now))
  if (sent.length) ctx.afterCommit(() => departures.soon({ id, sent }))
}

/** What follows from rows that were settled. */
async function recordAll(ctx: Ctx, reports: readonly Report[], done: ReadonlySet<string>, { announced }: Told): Promise<void> {
  const settled = reports.filter((report) => done.has(report.row.id))
  await append(
    ctx,
    settled.flatMap((report) => bounceOf(report, ctx.now)),
  )
  const dead = settled.filter(isDead)
  if (dead.length)
    await stopMany(
      ctx,
      dead.map(({ row, address }) => ({ address, reason: 'hard_bounce', at: ctx.now, source: `delivery:${row.id}`, subject: keyed(row) })),
    )
  const hit = [...new Set(dead.filter(({ row }) => row.source !== NO_SOURCE).map(({ row }) => row.source))]
  if (hit.length) await holdBad(ctx, hit)
  await giveBack(
    ctx,
    settled.filter(isTurnedAway).map(({ row }) => row),
  )
  await tell(ctx, settled, announced)
}

/** It had begun to leave, and the server's answer says that it has not arrived: it counts for no cap. */
const isTurnedAway = ({ fate }: Report): boolean => fate.kind === 'failed' && fate.begun && fate.verdict.status !== 'unknown'

const isDead = ({ fate }: Pick<Report, 'fate'>): boolean => fate.kind === 'failed' && fate.verdict.status === 'refused' && fate.verdict.dead

function settlement({ row, fate }: Report, now: Date): Settlement {
  const base = {
    bucket: row.bucket,
    person_id: row.person_id,
    id: row.id,
    fence: row.fence,
    reply: null,
    reason: null,
    notBefore: null,
    tried: false,
    dead: isDead({ fate }),
  }
  if (fate.kind === 'sent') return { ...base, status: 'sent', reply: fate.reply.slice(0, 300), tried: true }
  if (fate.kind === 'dropped') return { ...base, status: fate.status, reason: fate.reason }
  if (fate.kind === 'back')
    return { ...base, status: fate.notBefore ? 'deferred' : 'queued', reason: fate.reason, notBefore: fate.notBefore }
  const { verdict } = fate
  if (verdict.status !== 'deferred') return { ...base, status: verdict.status, reason: verdict.reason, reply: verdict.reason, tried: true }
  const again = verdict.route ? new Date(now.getTime() + ROUTE_REST_MS) : nextTry(now, row.attempts)
  if (!again)
    return {
      ...base,
      status: 'refused',
      reason: `gave up after ${row.attempts + 1} tries: ${verdict.reason}`,
      reply: verdict.reason,
      tried: true,
    }
  return { ...base, status: 'deferred', reason: verdict.reason, reply: verdict.reason, notBefore: again, tried: !verdict.route }
}

/** When the server itself could not be reached, the mail is not at fault: soon again, not counted as a try. */
const ROUTE_REST_MS = 30_000

/** A mail that was refused for good, or too often, is heard of with its record: what follows may stop the next one. What no server was asked is none. */
function bounceOf({ row, address, fate, template }: Report, now: Date): NewEvent[] {
  const props = { delivery: row.id, what: row.what, template: template.id, name: template.name }
  const base = { subject: keyed(row), occurredAt: now, via: 'mail' }
  if (fate.kind !== 'failed' || address === '' || !isOver(fate.verdict, row, now)) return []
  const { reason } = fate.verdict
  const dead = isDead({ fate })
  return [{ ...base, id: derivedId(row.id, 'deliver', 'bounced'), name: 'mail.bounced', props: { ...props, hard: dead, reason } }]
}

/** Nothing more is tried: it was refused, or put off until the time was up. */
const isOver = (verdict: Verdict, { attempts }: Claimed, now: Date): boolean =>
  verdict.status === 'refused' || (verdict.status === 'deferred' && !verdict.route && nextTry(now, attempts) === null)

/** Open screens hear of a newsletter's progress about once a second. */
async function tell(ctx: Ctx, reports: readonly Report[], announced: Map<string, number>): Promise<void> {
  for (const source of new Set(reports.map((report) => report.row.source))) {
    if (source === NO_SOURCE || ctx.now.getTime() - (announced.get(source) ?? 0) < 1_000) continue
    announced.set(source, ctx.now.getTime())
    await announce(ctx, 'newsletter', { id: source })
  }
}
