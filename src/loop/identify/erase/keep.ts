// What must outlive somebody who is erased: that they agreed, and when; never who they were.
import { z } from 'zod'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { readSetting } from '#kernel/settings.ts'
import { addressHash } from '../consent/service.ts'
import { loadPeople } from '../service.ts'
import { noteSeen } from '../watch/service.ts'
import { keepProofs } from './queries.ts'

const LEAST_MONTHS = 36

/** Keeps the proof of somebody's consent as keyed hashes, for as long as the rule says after the last mail, and notes who erased them. */
export async function keepConsent(ctx: Ctx, who: Subject): Promise<void> {
  await noteSeen(ctx, [who.id], 'erased')
  const mail = (await loadPeople(ctx, [who])).get(who.id)?.mail
  const [last] = (await ctx.house.ports.mailProofs?.(ctx, who, 1)) ?? []
  const months = await readSetting(ctx, 'retention.proofs', z.number().int(), LEAST_MONTHS)
  const from = new Date(Math.max(ctx.now.getTime(), last?.at.getTime() ?? 0))
  from.setUTCMonth(from.getUTCMonth() + (months === 0 ? 1_200 : Math.max(LEAST_MONTHS, months)))
  await keepProofs(ctx.db, who, {
    hash: mail ? addressHash(ctx.house, mail) : '',
    lastMailAt: last?.at ?? null,
    erasedAt: ctx.now,
    until: from,
  })
}
