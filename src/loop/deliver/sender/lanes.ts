// The sender of one worker: lanes, each with a connection of its own, fed by rounds of claimed rows.
import { idAt } from '#kernel/chance.ts'
import { SECOND } from '#kernel/clock.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { newslettersTick } from '../newsletter/tick.ts'
import { SENDER } from './actor.ts'
import { isLeft, tellLeft } from './departures.ts'
import { openGroups } from './groups.ts'
import { runLane, type Station, workOf } from './lane.ts'
import { openLedger } from './ledger.ts'
import { ALIVE_MS, type Sweeping, sweep } from './orphans.ts'
import { keepPaces, openPaces, type Paces } from './paces/keep.ts'
import { beat, isAnybodyGone, leave } from './queries.ts'
import { restsUntil } from './rests.ts'
import { prepare, type Round, takeRound } from './round.ts'
import { holdBad } from './stops.ts'
import { onWake } from './wake.ts'

const BEAT_MS = 4 * SECOND
const LOOK_MS = 500
const ROUND = 100
/** Letters are made of so many rows at once, shortly before they leave: what lives long in memory is copied by the collector again and again. */
const SLICE = 25
const ROUNDS_AT_ONCE = 20
/** Servers close what lies idle for five minutes at the earliest (RFC 5321 §4.5.3.2.7); many do sooner. */
const IDLE_MS = 30 * SECOND
/** How long a stopping sender waits for answers that are still to come; what is not answered then is held as unknown. */
const STOP_MS = 10 * SECOND

export interface Sender {
  /** Lets the mails on the wire end, gives the others back. */
  stop(): Promise<void>
}

interface Machine {
  readonly house: House
  readonly worker: string
  readonly station: Station
  readonly sweeping: Sweeping
  /** Telling of what was left, while somebody does. */
  readonly telling: { now: Promise<void> | null }
}

function machine(house: House, idleMs = IDLE_MS): Machine {
  const worker = idAt(house.clock.now())
  const running = new Map<number, Promise<void>>()
  const station: Station = {
    house,
    ledger: openLedger(house, worker, () => running.size),
    queue: [],
    groups: openGroups(house),
    paces: openPaces(),
    rests: new Map(),
    ways: [],
    idleMs,
    stopped: false,
    lines: [],
    running,
    wanted: () => undefined,
  }
  return { house, worker, station, sweeping: { at: null, busy: false }, telling: { now: null } }
}

/**
 * Takes round after round and hands them to the lanes, always one ahead of them; returns when nothing more is due, or
 * after some rounds so that other work gets its turn. Lanes go on by themselves: one slow receiving server holds up its own lane only.
 * @returns whether there may be more
 */
async function feed({ house, worker, station }: Machine): Promise<boolean> {
  for (let rounds = 0; rounds < ROUNDS_AT_ONCE; rounds++) {
    if (station.stopped || restsUntil(station.rests, station.ways, Number(house.clock.now()))) return false
    const round = await takeRound(house, worker, ROUND)
    if (!round.more) return false
    station.ways = round.outfit.routes
    for (let i = 0; i < round.rows.length; i += SLICE) await bring(house, station, { ...round, rows: round.rows.slice(i, i + SLICE) })
  }
  return true
}

/** Makes letters of rows that were taken, puts them before the lanes, and waits until there is room for more. */
async function bring(house: House, station: Station, some: Round): Promise<void> {
  const { ready, reports } = await prepare(house, some)
  await Promise.all(reports.map((report) => station.ledger.record(report)))
  const { outfit } = some
  if (station.paces.limited) await station.groups.know(ready.map((one) => one.domain))
  for (const one of ready) station.queue.push(workOf(one, outfit))
  startLanes(station, outfit.connections)
  await roomFor(station, outfit.connections)
}

function startLanes(station: Station, connections: number): void {
  // Lanes that run may be held up by what they have: a letter waits for none of them while there is another.
  for (let i = 0, waiting = station.queue.length; i < connections && waiting > 0; i++) {
    if (station.running.has(i)) continue
    waiting--
    const begun = Promise.resolve().then(() => runLane(station, i))
    station.running.set(
      i,
      begun.catch((error: unknown) => station.house.log.error({ err: error }, 'a mail lane stumbled')),
    )
  }
}

/** Waits until the lanes have nearly eaten up what lies before them. */
function roomFor(station: Station, connections: number): Promise<void> {
  if (station.queue.length <= connections * 2) return Promise.resolve()
  return new Promise((resolve) => {
    station.wanted = () => {
      if (station.queue.length <= connections * 2) resolve()
    }
  })
}

/** The heartbeat, and what dead workers left behind: rows they held, mails nobody was told of. */
async function tend({ house, worker, station, sweeping, telling }: Machine): Promise<void> {
  const look = await withTx(
    house,
    SENDER,
    async (ctx) => {
      await beat(ctx.db, worker, new Date(ctx.now.getTime() + ALIVE_MS))
      await holdBad(ctx, null)
      await keepPaces(ctx, station.paces)
      return { at: ctx.now, isGone: await isAnybodyGone(ctx.db, ctx.now), isUntold: await isLeft(ctx) }
    },
    { claim: true },
  )
  await sweep(house, sweeping, look)
  // Beside the rounds: however much was left, mail goes out meanwhile.
  if (look.isUntold)
    telling.now ??= guarded(house, () => tellLeft(house, () => station.stopped)).then(() => {
      telling.now = null
    })
}

/**
 * Starts sending in this process. Several may run at once, in one process or many; a row is held by one of them at a time,
 * and a worker that was declared dead can mark nothing any more.
 */
export function startSender(house: House, { idleMs = IDLE_MS } = {}): Sender {
  let self = machine(house, idleMs)
  let stopped = false
  let wake: () => void = () => undefined
  const unregister = onWake(() => wake())
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      wake = resolve
      // biome-ignore lint/plugin: how often a sleeping sender looks, not a domain timer
      setTimeout(resolve, ms)
    })
  // The heart beats beside the rounds: a slow receiving server must not make this worker look dead.
  // biome-ignore lint/plugin: a lease's heartbeat
  const heart = setInterval(() => void guarded(house, () => tend(self)), BEAT_MS)
  const loop = async (): Promise<void> => {
    await guarded(house, () => tend(self))
    while (!stopped) {
      const busy = await guarded(house, async () => {
        await newslettersTick(house)
        return feed(self)
      })
      if (busy === null && !stopped) {
        await retire(self)
        self = machine(house, idleMs)
        await guarded(house, () => tend(self))
      }
      if (!busy && !stopped) await pause(busy === null ? 2 * SECOND : LOOK_MS)
    }
  }
  const running = loop()
  return {
    stop: async () => {
      stopped = true
      self.station.stopped = true
      clearInterval(heart)
      unregister()
      wake()
      await running
      await retire(self)
    },
  }
}

/**
 * Lets the mails on the wire end, gives the others back and takes the worker's name off the list. Also after a round that failed:
 * a claim that was committed but never answered left rows under this name that nobody here knows of; without the name they are orphans.
 */
async function retire({ house, worker, station, telling }: Machine): Promise<void> {
  station.stopped = true
  // biome-ignore lint/plugin: how long a socket may keep a stopping sender, not a domain timer
  const patience = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS).unref())
  await Promise.race([Promise.all(station.running.values()), patience])
  for (const held of station.lines) held?.line.close()
  await station.ledger.told()
  await telling.now
  await guarded(house, () => withTx(house, SENDER, (ctx) => goes(ctx, worker, station.paces)))
}

/** Nothing that goes wrong in one round ends the sender: it is logged, and the next round tries again. */
async function guarded<T>(house: House, run: () => Promise<T>): Promise<T | null> {
  try {
    return await run()
  } catch (error) {
    house.log.error({ err: error }, 'the mail sender stumbled and goes on')
    return null
  }
}

/** What a worker that goes leaves behind: what it learnt, and no name. */
async function goes(ctx: Ctx, worker: string, paces: Paces): Promise<void> {
  await keepPaces(ctx, paces)
  await leave(ctx.db, worker, ctx.now)
}

/** Sends everything that is due now and returns: tests, the demo on a virtual clock, the command line. */
export async function sendDue(house: House): Promise<void> {
  const sender = openSender(house)
  await sender.due()
  await sender.close()
}

/** A sender that is run by hand, and remembers from one run to the next. */
export function openSender(house: House): { due(): Promise<void>; close(): Promise<void> } {
  const self = machine(house)
  return {
    due: async () => {
      await tend(self)
      await self.telling.now
      for (let more = true; more; ) {
        await newslettersTick(house)
        const fed = await feed(self)
        more = fed || self.station.running.size > 0
        await Promise.all(self.station.running.values())
        await self.station.ledger.told()
      }
      await newslettersTick(house)
    },
    close: async () => {
      for (const held of self.station.lines) held?.line.close()
      await withTx(house, SENDER, (ctx) => goes(ctx, self.worker, self.station.paces))
    },
  }
}
