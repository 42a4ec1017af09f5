// What receiving domains do with our mails, learned from what they did: some have every link followed before anybody reads.
import { z } from 'zod'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { LEARN_DAYS, type Reaction } from './decide.ts'
import { countReactions } from './queries.ts'

const KEY = 'mail.swept_domains'
const MOST = 500
/** What was not learned anew for so long says nothing any more. */
const STALE_MS = 2 * LEARN_DAYS * DAY
const learned = z.object({
  at: z.string().default(''),
  domains: z.array(z.object({ domain: z.string(), mails: z.number().int(), swept: z.number().int() })),
})

/** Domains whose mails are known to be swept, those with most mails first. */
export async function sweptDomains(ctx: Ctx): Promise<readonly Reaction[]> {
  const { at, domains } = await readSetting(ctx, KEY, learned, { at: '', domains: [] })
  return ctx.now.getTime() - Date.parse(at) < STALE_MS ? domains : []
}

/** Whether the mails of an address's domain are known to be swept. */
export async function isSweptAt(ctx: Ctx, address: string | null): Promise<boolean> {
  const domain = address?.split('@').at(-1)?.toLowerCase()
  return domain !== undefined && (await sweptDomains(ctx)).some((one) => one.domain === domain)
}

/** Learns anew from the last days: a domain that no longer sweeps is forgotten. */
export async function learnDomains(ctx: Ctx): Promise<void> {
  const found = await countReactions(ctx.db, new Date(ctx.now.getTime() - LEARN_DAYS * DAY), MOST)
  await writeSetting(ctx, KEY, { at: ctx.now.toISOString(), domains: found.toSorted((a, b) => b.mails - a.mails) })
}
