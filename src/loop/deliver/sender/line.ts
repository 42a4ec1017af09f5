// The open connections of a worker's lanes: over which route, how long one is used, and when it is closed.
import type { House } from '#kernel/ctx.ts'
import type { SmtpFault } from '../outbox/decide.ts'
import { type MailLine, SmtpFaultError } from './port.ts'
import { awake, probe, type Rests, restRoute, type Way } from './rests.ts'

/** A lane's open connection. */
export interface Held {
  readonly line: MailLine
  readonly way: Way
  sent: number
  /** Closes it when it has lain idle for long. */
  idle?: NodeJS.Timeout
}

/** What of a worker its lines need. */
interface Lines {
  readonly house: House
  readonly rests: Rests
  readonly idleMs: number
  readonly lines: (Held | undefined)[]
  readonly running: ReadonlyMap<number, unknown>
}

export const MOST_PER_LINE = 200

/** A line nobody needs is closed after a while, before the server loses patience with it. */
export function layDown(station: Lines, i: number): void {
  const held = station.lines[i]
  if (!held) return
  // biome-ignore lint/plugin: how long a socket may lie idle, not a domain timer
  held.idle = setTimeout(() => {
    if (station.lines[i] !== held || station.running.has(i)) return
    held.line.close()
    station.lines[i] = undefined
  }, station.idleMs)
  held.idle.unref()
}

/** The lane's connection over the first route that is awake; a fresh one when the old is used up or was another route's. @throws when none can be had */
export async function lineOf(station: Lines, ways: readonly Way[], i: number): Promise<Held> {
  const now = () => Number(station.house.clock.now())
  let way: Way | null = awake(station.rests, ways, now())
  const old = station.lines[i]
  if (old) clearTimeout(old.idle)
  if (old?.line.usable() && old.way.key === way?.key && old.sent < MOST_PER_LINE) {
    old.sent++
    return old
  }
  old?.line.close()
  station.lines[i] = undefined
  let last: unknown = new SmtpFaultError({ code: 'ECONNECTION', command: 'CONN', replyCode: null, reply: 'every mail route rests' })
  for (; way; way = awake(station.rests, ways, now())) {
    try {
      probe(station.rests, ways, way.key, now())
      const held = { line: await way.route.open(), way, sent: 1 }
      station.lines[i] = held
      return held
    } catch (error) {
      last = error
      restRoute(station, ways, way.key, error instanceof SmtpFaultError ? error.fault : faultOf(error))
    }
  }
  throw last
}

/** A line that had carried mail and was gone when it was needed again (RFC 5321 §3.8: a server may close one that lies idle). */
export const wentStale = (held: Held, fault: SmtpFault): boolean =>
  held.sent > 1 && (fault.code === 'ECONNECTION' || (fault.replyCode === 421 && /\b4\.4\.2\b|time.?out|idle/i.test(fault.reply)))

/** A fault that is none of SMTP's. */
export function faultOf(error: unknown): SmtpFault {
  return { code: 'EUNKNOWN', command: '', replyCode: null, reply: error instanceof Error ? error.message : String(error) }
}
