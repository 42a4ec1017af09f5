// Which routes rest, and which one mail takes now: the first in order that is awake.
import type { House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { announce } from '#kernel/live.ts'
import type { SmtpFault } from '../outbox/decide.ts'
import { SENDER } from './actor.ts'
import type { MailRoute } from './port.ts'
import { forgetRest, noteRest } from './rests.queries.ts'

/** A way out. */
export interface Way {
  /** Of its settings: other settings, another route. */
  readonly key: string
  /** As the operator knows it. */
  readonly name: string
  readonly route: MailRoute
}

interface Rest {
  /** Epoch ms. */
  until: number
  length: number
  /** One lane is trying it. */
  probing: boolean
}
export type Rests = Map<string, Rest>

const SHORTEST = 1_000
const LONGEST = 60_000
/** After its rest one lane alone tries a route that has a stand-in; the others go on beside it for so long. */
const PROBE_MS = 35_000

/** The route mail takes now; null while all of them rest. */
export function awake(rests: Rests, ways: readonly Way[], now: number): Way | null {
  return ways.find((way) => (rests.get(way.key)?.until ?? 0) <= now) ?? null
}

/** A lane opens a connection over this route. One that has just rested, and has a stand-in, is tried by that lane alone. */
export function probe(rests: Rests, ways: readonly Way[], key: string, now: number): void {
  const rest = rests.get(key)
  if (!rest || ways.length < 2) return
  rest.until = now + PROBE_MS
  rest.probing = true
}

/** Until when every one of them rests, epoch ms; 0 when one is awake. */
export function restsUntil(rests: Rests, ways: readonly Way[], now: number): number {
  const first = Math.min(...ways.map((way) => rests.get(way.key)?.until ?? 0))
  return ways.length && first > now ? first : 0
}

interface Resting {
  readonly house: House
  readonly rests: Rests
}

/** A route that cannot be reached rests, twice as long each time, up to a minute. The operator sees it. */
export function restRoute({ house, rests }: Resting, ways: readonly Way[], key: string, fault: SmtpFault): void {
  const now = Number(house.clock.now())
  const known = rests.get(key)
  // Lanes that fail together have learnt one thing, not ten.
  if (known && known.until > now && !known.probing) return
  const length = Math.min(LONGEST, Math.max(SHORTEST, (known?.length ?? 0) * 2))
  rests.set(key, { until: now + length, length, probing: false })
  const name = ways.find((way) => way.key === key)?.name ?? ''
  tell(house, rests, async () => {
    await withTx(house, SENDER, async (ctx) => {
      const isNew = await noteRest(ctx.db, { name, reason: (fault.reply || fault.code).slice(0, 300), at: ctx.now })
      if (isNew) await announce(ctx, 'mailRoute', {})
    })
  })
}

/** It took a mail: whatever it had is over. */
export function rested({ house, rests }: Resting, { key, name }: Pick<Way, 'key' | 'name'>): void {
  if (!rests.delete(key)) return
  tell(house, rests, async () => {
    await withTx(house, SENDER, async (ctx) => {
      if (await forgetRest(ctx.db, name)) await announce(ctx, 'mailRoute', {})
    })
  })
}

const told = new WeakMap<Rests, Promise<void>>()

/** What the operator is told comes in its order, and never holds up or breaks the sending itself. */
function tell(house: House, rests: Rests, say: () => Promise<void>): void {
  const said = (told.get(rests) ?? Promise.resolve())
    .then(say)
    .catch((error: unknown) => house.log.warn({ err: error }, 'the state of a mail route could not be noted'))
  told.set(rests, said)
}
