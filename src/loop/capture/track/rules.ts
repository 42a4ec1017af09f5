// What the pipeline must know of sites and page groups, kept in memory for a second: it is asked for on every batch.
import { companyProfile } from '#access/company/service.ts'
import { SECOND } from '#kernel/clock.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { type PageMatcher, patternOf } from './address.ts'
import type { SiteRules } from './decide.ts'
import { listPageGroups, listSites } from './queries.ts'

export interface Rules {
  readonly sites: ReadonlyMap<string, SiteRules & { readonly name: string }>
  readonly groups: readonly PageMatcher[]
  readonly timeZone: string
}

const FRESH_FOR = SECOND
const kept = new WeakMap<House, { readonly rules: Rules; readonly at: number }>()

/** The rules as of at most a second ago; changes made in this process count at once. */
export async function rulesOf(ctx: Ctx): Promise<Rules> {
  const found = kept.get(ctx.house)
  if (found && Math.abs(ctx.now.getTime() - found.at) < FRESH_FOR) return found.rules
  const sites = await listSites(ctx.db, false)
  const groups = await listPageGroups(ctx.db)
  const rules: Rules = {
    sites: new Map(
      sites.map((s) => [
        s.write_key,
        { id: s.id, name: s.name, domains: s.domains, consentMode: s.consent_mode, countRobots: s.count_robots },
      ]),
    ),
    groups: groups.map((group) => ({ id: group.id, patterns: group.patterns.map(patternOf) })),
    timeZone: (await companyProfile(ctx)).timeZone,
  }
  kept.set(ctx.house, { rules, at: ctx.now.getTime() })
  return rules
}

/** The rules as they were last read in this process, and whether that was less than a second ago; null before the first time. */
export function rulesAtHand(house: House): { readonly rules: Rules; readonly fresh: () => boolean } | null {
  const found = kept.get(house)
  return found ? { rules: found.rules, fresh: () => Math.abs(house.clock.now().getTime() - found.at) < FRESH_FOR } : null
}

/** Makes the next batch read anew, once this transaction has committed. */
export function forgetRules(ctx: Ctx): void {
  ctx.afterCommit(() => kept.delete(ctx.house))
}

const strangers = new WeakMap<House, { n: number }>()

/** How many requests came with a key nobody has, since they were last written down. They are only added up here: each is one of a flood, perhaps. */
export function strangersOf(house: House): { n: number } {
  const found = strangers.get(house) ?? { n: 0 }
  strangers.set(house, found)
  return found
}
