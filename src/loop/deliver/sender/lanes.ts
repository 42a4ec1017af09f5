// The sender of one worker: lanes, each with a connection of its own, fed by rounds of claimed rows.
import { idAt } from '#kernel/chance.ts'
import { SECOND } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { newslettersTick } from '../newsletter/tick.ts'
import { afterDeath } from '../outbox/decide.ts'
import { openLine, type Station } from './lane.ts'
import { openLedger, SENDER } from './ledger.ts'
import { beat, forgetWorkers, leave, lockOrphans, releaseOrphans } from './queries.ts'
import { prepare, type Ready, takeRound } from './round.ts'
import { onWake } from './wake.ts'

/** A worker that has not been heard of for this long holds nothing any more. */
const ALIVE_MS = 15 * SECOND
const BEAT_MS = 4 * SECOND
const LOOK_MS = 500
const ROUND = 100

export interface Sender {
  /** Lets the mails on the wire end, gives the others back. */
  stop(): Promise<void>
}

interface Machine {
  readonly house: House
  readonly worker: string
  readonly station: Station
  /** Sends all that is due now; true when there was anything. */
  round(): Promise<boolean>
}

function machine(house: House): Machine {
  const worker = idAt(house.clock.now())
  const station: Station = {
    house,
    ledger: openLedger(house, worker),
    queue: [],
    domains: new Map(),
    restUntil: 0,
    routeRest: 0,
    stopped: false,
    lanes: [],
  }
  return { house, worker, station, round: () => oneRound(station, worker) }
}

/** Claims, renders and sends one round over all lanes. */
async function oneRound(station: Station, worker: string): Promise<boolean> {
  const { house } = station
  const round = await takeRound(house, worker, ROUND)
  if (!round.rows.length) return false
  const resting = (row: Ready) => (station.domains.get(row.domain)?.until ?? 0) > round.now.getTime()
  const { ready, reports } = await prepare(house, round)
  await Promise.all(reports.map((report) => station.ledger.record(report)))
  for (const row of ready.filter(resting)) {
    const until = new Date(station.domains.get(row.domain)?.until ?? 0)
    await station.ledger.record({
      row: row.row,
      address: row.address,
      templateId: row.templateId,
      fate: { kind: 'back', notBefore: until, reason: 'the receiving server asked for a pause' },
    })
  }
  station.queue.push(...ready.filter((row) => !resting(row)))
  const lanes = Math.min(round.outfit.connections, station.queue.length)
  await Promise.all(Array.from({ length: lanes }, (_, i) => openLine(station, round.outfit, i)))
  return true
}

/** The heartbeat, and what dead workers left behind. */
async function tend(house: House, worker: string): Promise<void> {
  await withTx(
    house,
    SENDER,
    async (ctx) => {
      await beat(ctx.db, worker, new Date(ctx.now.getTime() + ALIVE_MS))
      const orphans = await lockOrphans(ctx.db, ctx.now, 1_000)
      if (orphans.length)
        await releaseOrphans(
          ctx.db,
          orphans.map((row) => ({ ...row, fate: afterDeath(row) })),
          ctx.now,
        )
      await forgetWorkers(ctx.db, new Date(ctx.now.getTime() - 60 * ALIVE_MS))
    },
    { claim: true },
  )
}

/**
 * Starts sending in this process. Several may run at once, in one process or many; a row is held by one of them at a time,
 * and a worker that was declared dead can mark nothing any more.
 */
export function startSender(house: House): Sender {
  const self = machine(house)
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
  const heart = setInterval(() => void guarded(house, () => tend(house, self.worker)), BEAT_MS)
  const loop = async (): Promise<void> => {
    await guarded(house, () => tend(house, self.worker))
    while (!self.station.stopped) {
      const busy = await guarded(house, async () => {
        await newslettersTick(house)
        return Number(house.clock.now()) >= self.station.restUntil ? self.round() : false
      })
      if (!busy && !self.station.stopped) await pause(busy === null ? 2 * SECOND : LOOK_MS)
    }
  }
  const running = loop()
  return {
    stop: async () => {
      self.station.stopped = true
      clearInterval(heart)
      unregister()
      wake()
      await running
      for (const lane of self.station.lanes) lane?.line.close()
      await guarded(house, () => withTx(house, SENDER, (ctx) => leave(ctx.db, self.worker)))
    },
  }
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

/** Sends everything that is due now and returns: tests, the demo on a virtual clock, the command line. */
export async function sendDue(house: House): Promise<void> {
  const self = machine(house)
  await tend(house, self.worker)
  do await newslettersTick(house)
  while (await self.round())
  await newslettersTick(house)
  for (const lane of self.station.lanes) lane?.line.close()
  await withTx(house, SENDER, (ctx) => leave(ctx.db, self.worker))
}
