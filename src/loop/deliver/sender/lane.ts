// One lane: one connection, one letter after the other.
import type { House } from '#kernel/ctx.ts'
import { classify, type SmtpFault } from '../outbox/decide.ts'
import { dkimHeaders } from './dkim.ts'
import type { Groups } from './groups.ts'
import type { Ledger, Report } from './ledger.ts'
import { faultOf, type Held, layDown, lineOf, MOST_PER_LINE, wentStale } from './line.ts'
import { headersOf, headOf } from './mime.ts'
import { admit, hasRoom, type Pace, slowed, took } from './pace.ts'
import { type Paces, paceOf } from './paces/keep.ts'
import { type Outcome, SmtpFaultError } from './port.ts'
import { awake, type Rests, rested, restRoute, restsUntil, type Way } from './rests.ts'
import type { Ready } from './round.ts'
import type { Outfit } from './settings.ts'

/** What the lanes of one worker share. */
export interface Station {
  readonly house: House
  readonly ledger: Ledger
  readonly queue: Work[]
  readonly groups: Groups
  readonly paces: Paces
  /** Routes that rest (server away, sign-in refused), by their key. */
  readonly rests: Rests
  /** The routes of the latest settings. */
  ways: readonly Way[]
  /** How long a line may lie idle, in ms. */
  readonly idleMs: number
  stopped: boolean
  readonly lines: (Held | undefined)[]
  readonly running: Map<number, Promise<void>>
  /** Called when a lane has taken a letter: the feeder may want to bring more. */
  wanted: () => void
}

/** A letter in the queue, with the settings it was made under. */
export interface Work {
  readonly ready: Ready
  readonly outfit: Outfit
  /** All above its body, signed; or why it cannot be. */
  readonly top: Promise<Buffer | string>
}

/** A letter for the queue. Those that are made one after the other in one go are signed together. */
export const workOf = (ready: Ready, outfit: Outfit): Work => ({
  ready,
  outfit,
  top: headBytes(outfit, ready).catch((error: unknown) => String(error)),
})

/** A letter in a lane's hands, and the pace of its group as it was then. */
interface Taken {
  readonly work: Work
  readonly pace: Pace
}

/** What one lane carries from letter to letter. */
interface Cart {
  readonly i: number
  /** The letter whose envelope went out behind the last one. */
  next: Taken | null
  /** The record of the last letter; it rides in one transaction with the next one's mark. */
  recorded: Promise<void>
  /** The record was refused and is tried again: no mark before it is written, or two letters of one lane could end unknown. */
  troubled: boolean
}

/** Runs lane `i` until the queue is empty and all it did is recorded. */
export async function runLane(station: Station, i: number): Promise<void> {
  const cart: Cart = { i, next: null, recorded: Promise.resolve(), troubled: false }
  try {
    for (let idle = false; station.queue.length && !idle; ) {
      idle = true
      for (let taken = take(station, cart); taken; taken = cart.next ?? take(station, cart)) {
        idle = false
        cart.next = null
        const { pace } = taken
        await sendOne(station, cart, taken).finally(() => pace.onWire--)
      }
      await cart.recorded
    }
  } finally {
    // In the same breath as the look at the queue: what is put there from now on starts this lane again.
    station.running.delete(i)
    layDown(station, i)
  }
}

/** The next letter that may go now; whatever may not is given back. Letters of a group whose places are all taken are passed over. */
function take(station: Station, cart: Cart): Taken | null {
  for (let at = 0; at < station.queue.length; ) {
    const work = station.queue[at] as Work
    const pace = paceOf(station.paces, station.groups.of(work.ready.domain))
    if (!station.stopped && !hasRoom(pace, work.outfit.limits)) {
      at++
      continue
    }
    station.queue.splice(at, 1)
    station.wanted()
    const wait = restOf(station, work, pace)
    if (!wait) {
      pace.onWire++
      return { work, pace }
    }
    record(station, cart, work.ready, wait)
  }
  return null
}

/** Records without waiting for it. The coalescing ledger writes what one lane asks for in the order of asking. */
function record(station: Station, cart: Cart, ready: Ready, fate: Report['fate']): void {
  const before = cart.recorded
  const written = settle(station, cart, ready, fate)
  cart.recorded = Promise.all([before, written]).then(() => undefined)
}

/** Not now: the sender stops, the route rests, or the group has its share. Nothing of it counts as a try. */
function restOf(station: Station, { ready, outfit }: Work, pace: Pace): Report['fate'] | null {
  if (station.stopped) return { kind: 'back', notBefore: null, reason: null }
  const now = Number(station.house.clock.now())
  const until = restsUntil(station.rests, outfit.routes, now)
  if (until) return { kind: 'back', notBefore: new Date(ready.head.date.getTime() + until - now), reason: null }
  const answer = admit(pace, outfit.limits, now)
  if (answer.go) return null
  // By the database's clock, which is what rows are claimed by.
  return { kind: 'back', notBefore: new Date(ready.head.date.getTime() + answer.until - now), reason: 'pace' }
}

async function sendOne(station: Station, cart: Cart, taken: Taken): Promise<void> {
  const { ready, outfit } = taken.work
  const head = await taken.work.top
  if (typeof head === 'string') return record(station, cart, ready, { kind: 'dropped', status: 'refused', reason: head.slice(0, 300) })
  for (let tries = 1; ; tries++) {
    const tried = await attempt(station, cart, taken, head)
    if (tried.again && tries <= outfit.routes.length) continue
    return record(station, cart, ready, fateOf(ready, tried.outcome, tried.marked))
  }
}

interface Tried {
  readonly outcome: Outcome
  readonly marked: boolean
  /** Nothing has left, and another connection may do better at once. */
  readonly again: boolean
}

/** One try over one connection. Whatever fails before the mark has sent nothing, and only that is tried on another line or route. */
async function attempt(station: Station, cart: Cart, { work: { ready, outfit }, pace }: Taken, head: Buffer): Promise<Tried> {
  const clock = () => Number(station.house.clock.now())
  let held: Held
  try {
    held = await lineOf(station, outfit.routes, cart.i)
  } catch (error) {
    return {
      outcome: { kind: 'failed', fault: error instanceof SmtpFaultError ? error.fault : faultOf(error) },
      marked: false,
      again: false,
    }
  }
  let marked = false
  const mayBegin = async () => {
    if (cart.troubled) await cart.recorded
    marked = await markSurely(station, cart, ready)
    return marked
  }
  const next = () => {
    if (held.sent >= MOST_PER_LINE) return null
    cart.next = take(station, cart)
    const way = cart.next && awake(station.rests, cart.next.work.outfit.routes, clock())
    return cart.next && way?.key === held.way.key ? envelopeOf(cart.next.work.ready) : null
  }
  const parcel = { ...envelopeOf(ready), head, bytes: ready.body.bytes, spent: ready.spent, mayBegin, next }
  const outcome = await held.line.send(parcel).catch(asFault)
  if (outcome.kind === 'accepted') {
    rested(station, held.way)
    took(pace, clock())
  }
  if (outcome.kind !== 'failed') return { outcome, marked, again: false }
  if (asksForLess(outcome.fault) && !wentStale(held, outcome.fault)) slowed(pace, clock(), outcome.fault.reply)
  if (marked) return { outcome, marked, again: false }
  // It broke while it lay idle: that is nobody's fault, and a fresh line will do.
  if (wentStale(held, outcome.fault)) return { outcome, marked, again: true }
  const verdict = classify(outcome.fault, false)
  if (verdict.status !== 'deferred' || !verdict.route) return { outcome, marked, again: false }
  restRoute(station, outfit.routes, held.way.key, outcome.fault)
  return { outcome, marked, again: awake(station.rests, outfit.routes, clock()) !== null }
}

const envelopeOf = (ready: Ready) => ({ from: ready.envelopeFrom, to: ready.wire })

/** A route that breaks in a way it does not know itself: without the mark nothing has left, with it nobody knows. */
function asFault(error: unknown): Outcome {
  return { kind: 'failed', fault: faultOf(error) }
}

/** Everything above the body, signed. */
async function headBytes(outfit: Outfit, { head, boundary, body }: Ready): Promise<Buffer> {
  const headers = headersOf(head, boundary)
  return headOf([...(await dkimHeaders({ headers, body }, outfit.dkim, head.date)), ...headers])
}

const MARK_TRIES = 5

/** Asks for the mark until the database has answered: a lost answer to a COMMIT is no answer. False when it stays silent. */
async function markSurely(station: Station, cart: Cart, { row, address, displayId }: Ready): Promise<boolean> {
  const ask = { bucket: row.bucket, person_id: row.person_id, id: row.id, fence: row.fence, address, displayId }
  for (let tries = 1; ; tries++) {
    try {
      return await station.ledger.mark(ask, cart)
    } catch (error) {
      station.house.log.warn({ err: error, delivery: row.id }, 'the mark was not answered')
      if (tries >= MARK_TRIES) return false
      await nap(100 * 2 ** tries)
      await cart.recorded
    }
  }
}

function fateOf(ready: Ready, outcome: Outcome, marked: boolean): Report['fate'] {
  if (outcome.kind === 'accepted') return { kind: 'sent', reply: outcome.reply }
  // Not marked: the person's row was being written, or stop, basis, address, newsletter have changed. Looked at again in a moment.
  if (outcome.kind === 'stopped') return { kind: 'back', notBefore: new Date(ready.head.date.getTime() + 1_000), reason: 'recheck' }
  return { kind: 'failed', verdict: classify(outcome.fault, marked), begun: marked }
}

/** 421 and 4.7.x say: not so fast (RFC 5321 §3.8, RFC 3463 §3.8). Greylisting speaks of one mail (RFC 6647), not of how many there are. */
const asksForLess = (fault: SmtpFault): boolean =>
  (fault.replyCode === 421 || /\b4\.7\.\d+\b/.test(fault.reply)) && !/gr[ae]y-?\s?list/i.test(fault.reply)

/** Records until the database has answered. If it never does, the row stays as it is and becomes unknown with this worker's lease. */
async function settle(station: Station, cart: Cart, { row, address, template }: Ready, fate: Report['fate']): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await station.ledger.record({ row, address, template, fate }, cart)
      cart.troubled = false
      return
    } catch (error) {
      cart.troubled = true
      station.house.log.warn({ err: error, delivery: row.id }, 'the record of a mail was not answered')
      if (tries >= 8) return
      await nap(100 * 2 ** tries)
    }
  }
}

function nap(ms: number): Promise<void> {
  // biome-ignore lint/plugin: a pause before asking the database again
  return new Promise((resolve) => setTimeout(resolve, ms))
}
