// The control group of the whole company: people whom no advertising reaches, so that what all of it brings can be measured.
import { z } from 'zod'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { armFor, MOST_HELD } from './decide.ts'
import { loadUnits } from './queries.ts'

const KEY = 'holdout'

/** A time in which a share of the units was held back; what was measured in another time is not comparable. */
const span = z.object({ share: z.number().int().min(0).max(MOST_HELD), from: z.iso.datetime(), until: z.iso.datetime() })

const holdout = z.object({
  /** Percent of the companies (and of the people without one) that are held back; 0: none. */
  share: z.number().int().min(0).max(MOST_HELD),
  /** Since when it is that share; null: never. */
  since: z.iso.datetime().nullable(),
  /** Names the draw, made once: turned off and on again, the same are held. */
  salt: z.string(),
  past: z.array(span),
})
export type Holdout = z.output<typeof holdout>

const NONE: Holdout = { share: 0, since: null, salt: '', past: [] }
const MOST_PAST = 50

/** Who is held back by the company now. */
export function readHoldout(ctx: Ctx): Promise<Holdout> {
  return readSetting(ctx, KEY, holdout, NONE)
}

/** Sets the share. Measuring begins anew with every change, because a larger share holds others back than before. */
export async function changeHoldout(ctx: Ctx, share: number): Promise<Holdout> {
  const was = await readHoldout(ctx)
  if (was.share === share) return was
  const now = ctx.now.toISOString()
  const past = was.since && was.share > 0 ? [{ share: was.share, from: was.since, until: now }, ...was.past].slice(0, MOST_PAST) : was.past
  const next: Holdout = { share, since: now, salt: was.salt || ctx.id(), past }
  await writeSetting(ctx, KEY, next)
  return next
}

/** Who of these people is held back from advertising now, by id. One read when nobody is, two statements otherwise. */
export async function heldOut(ctx: Ctx, subjects: readonly Subject[]): Promise<ReadonlySet<string>> {
  const { share, salt } = await readHoldout(ctx)
  if (share === 0 || !subjects.length) return new Set()
  const units = await loadUnits(ctx.db, subjects)
  return new Set([...units].filter(([, unit]) => armFor(salt, unit, share) === 'held').map(([id]) => id))
}
