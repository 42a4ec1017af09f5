// How a new version comes into force, the same for scores and segments: it is filled beside the one in force, one transaction flips it,
// then the journal is told. Each step may be repeated after a crash.
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { BUCKETS } from '#kernel/db/buckets.ts'
import { atInstant, readClock, withTx } from '#kernel/db/tx.ts'
import { moveStamp, replaceLive, setFilled, setTold, type Versioned, type VersionKey } from '../versions/life.queries.ts'

/** What differs between the kinds. `V` is their row of a version, `P` the place up to which the journal was told. */
interface Publication<V, P> {
  readonly kind: Versioned
  readonly key: VersionKey
  readonly find: (ctx: Ctx) => Promise<V | undefined>
  /** Computes everybody. @returns false when another version took its place meanwhile, or it was given up */
  readonly fill: (row: V) => Promise<boolean>
  /** What else the one transaction does that makes the version live, with the reactions kept out. */
  readonly flip: (ctx: Ctx) => Promise<void>
  /** Tells the journal of some of those whom the edit moved; null is the beginning. Telling again writes nothing twice. @returns the place reached; null at the end */
  readonly tell: (ctx: Ctx, row: V, after: P | null) => Promise<P | null>
  /** Lets go of what older versions have left in some buckets. */
  readonly sweep: (ctx: Ctx, from: number, below: number) => Promise<void>
}

const FILLER: Actor = { kind: 'system', name: 'fill' }
const STRIDE = 32
/** Pages are looked up by key: plans made while the tables were empty would read all of them for each page. */
const BY_KEY = { claim: true }

/** Fills, flips, tells and sweeps. Safe to repeat: it goes on where it stopped. */
export async function publishVersion<V extends { readonly state: string; readonly live_at: Date | null }, P>(
  house: House,
  it: Publication<V, P>,
): Promise<void> {
  const row = await withTx(house, FILLER, it.find)
  if (row?.state === 'filling' && (await it.fill(row))) await withTx(house, FILLER, (ctx) => flip(ctx, it))
  await tell(house, it)
}

/** Waits for running reactions, keeps new ones out, and makes the filled version the live one. */
async function flip<V extends { readonly state: string }, P>(begun: Ctx, it: Publication<V, P>): Promise<void> {
  await moveStamp(begun.db, it.kind)
  const ctx = atInstant(begun, await readClock(begun))
  if ((await it.find(ctx))?.state !== 'filling') return
  await setFilled(ctx.db, it.kind, { ...it.key, buckets: BUCKETS })
  await replaceLive(ctx.db, it.kind, { ...it.key, at: ctx.now })
  await it.flip(ctx)
}

async function tell<V extends { readonly live_at: Date | null }, P>(house: House, it: Publication<V, P>): Promise<void> {
  const row = await withTx(house, FILLER, it.find)
  if (!row?.live_at) return
  let after: P | null = null
  do {
    const last: P | null = after
    after = await withTx(house, FILLER, (ctx) => it.tell(ctx, row, last), BY_KEY)
  } while (after !== null)
  await withTx(house, FILLER, (ctx) => setTold(ctx.db, it.kind, { ...it.key, buckets: BUCKETS }))
  await sweepAll(house, it.sweep)
}

/** Some buckets at a time, so that nobody waits long. */
export async function sweepAll(house: House, sweep: Publication<never, never>['sweep']): Promise<void> {
  for (let from = 0; from < BUCKETS; from += STRIDE) await withTx(house, FILLER, (ctx) => sweep(ctx, from, from + STRIDE), BY_KEY)
}
