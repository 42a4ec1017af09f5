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

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** When the last mail went to each of these people (mail); whoever got none is absent. */
    readonly lastMails?: (ctx: Ctx, subjects: readonly Subject[]) => Promise<Map<string, Date>>
  }
}

/** Keeps the proof of people's consent as keyed hashes, for as long as the rule says after the last mail, and notes who erased them. */
export async function keepConsents(ctx: Ctx, people: readonly Subject[]): Promise<void> {
  await noteSeen(
    ctx,
    people.map((one) => one.id),
    'erased',
  )
  const rows = await loadPeople(ctx, people)
  const mailed = (await ctx.house.ports.lastMails?.(ctx, people)) ?? new Map<string, Date>()
  const months = await readSetting(ctx, 'retention.proofs', z.number().int(), LEAST_MONTHS)
  const kept = people.map((who) => {
    const mail = rows.get(who.id)?.mail
    const lastMailAt = mailed.get(who.id) ?? null
    const until = new Date(Math.max(ctx.now.getTime(), lastMailAt?.getTime() ?? 0))
    until.setUTCMonth(until.getUTCMonth() + (months === 0 ? 1_200 : Math.max(LEAST_MONTHS, months)))
    return { who, hash: mail ? addressHash(ctx.house, mail) : '', lastMailAt, until }
  })
  await keepProofs(ctx.db, kept, ctx.now)
}
