// What goes on without being asked: reactions, due steps, mail, jobs. Each lane is started and stopped by the same two words.
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { House } from '#kernel/ctx.ts'
import { holdLeases, type Leases } from '#kernel/leases.ts'
import { type NoticeChannel, onNotice } from '#kernel/listen.ts'
import { resumeImports } from '#loop/capture/import/jobs.ts'
import { startSender } from '#loop/deliver/sender/lanes.ts'
import { sweepCalls } from '#loop/orchestrate/perform/calls/sweep.ts'
import { turnTimers } from '#loop/orchestrate/timers/sweep.ts'
import { retryFailed, turning } from '#loop/reactor/service.ts'
import { turn as turnCompanies } from '#loop/segment/companies/claim.ts'
import { writeStopNotes } from '../backup/stops/service.ts'

export interface Lane {
  stop(): Promise<void>
}

const SWEEP = 1_000
const AFTER_FAULT = 2_000

/** Starts every lane of this process. */
export async function startWorker(house: House): Promise<Lane> {
  const leases = await holdLeases(house, `${hostname()}/${process.pid}`)
  await retryFailed(house)
  const lanes: Lane[] = [
    reactorLane(house, leases, 0),
    reactorLane(house, leases, 1),
    timers(house),
    calls(house),
    sender(house),
    companies(house),
    stopLog(house),
    leases,
  ]
  await house.jobs.work(house)
  await resumeImports(house)
  return {
    stop: async () => {
      for (const lane of lanes) await lane.stop()
    },
  }
}

/** Scenario steps that are due: every worker looks, and takes the people nobody else holds. */
function timers(house: House): Lane {
  return sweepLane(house, 'hagukumi_runs', async () => (await turnTimers(house)) > 0)
}

/** Webhooks and notices into chats, beside the steps that asked for them: a slow receiver holds up nobody's scenario. */
function calls(house: House): Lane {
  return sweepLane(house, 'hagukumi_runs', async () => (await sweepCalls(house)) > 0)
}

/** Changed companies are summed and judged, together once a second at the most where scores move. */
function companies(house: House): Lane {
  return sweepLane(house, 'hagukumi_companies', async () => (await turnCompanies(house)) > 0)
}

/** Stops and erasures go into their log file within a second (a page that shows one has been answered by then). */
function stopLog(house: House): Lane {
  return sweepLane(house, null, async () => (await writeStopNotes(house)) > 0)
}

function sender(house: House): Lane {
  const started = startSender(house)
  return { stop: async () => void (await started.stop()) }
}

/** Two reactors share the leased buckets between them, odd and even: they never wait for each other's people. */
function reactorLane(house: House, leases: Leases, parity: number): Lane {
  const next = turning(house, () => leases.buckets().filter((bucket) => bucket % 2 === parity))
  return sweepLane(house, 'hagukumi_news', async () => (await next()) > 0)
}

/** Repeats `work` while it finds something; else waits for a notice (if there is a channel for it), at most a second, since a notice can be missed. */
function sweepLane(house: House, channel: NoticeChannel | null, work: () => Promise<boolean>): Lane {
  let stopped = false
  let wake = () => {}
  let told = false
  const tell = () => {
    told = true
    wake()
  }
  const hear = channel ? onNotice(channel, tell) : () => {}
  const rest = async (ms: number) => {
    if (told) return
    await Promise.race([
      pause(ms, undefined, { ref: false }),
      new Promise<void>((resolve) => {
        wake = resolve
      }),
    ])
  }
  const loop = (async () => {
    while (!stopped) {
      told = false
      try {
        if (!(await work())) await rest(SWEEP)
      } catch (error) {
        if (stopped) return
        house.log.warn({ err: error }, 'a lane could not work and tries again')
        await pause(AFTER_FAULT)
      }
    }
  })()
  return {
    stop: async () => {
      stopped = true
      hear()
      wake()
      await loop
    },
  }
}
