// Which receiving group a domain belongs to: asked of DNS in the background, remembered for an hour; the domain itself until it is known.
import { MINUTE } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import { groupOf } from './pace.ts'

const KEPT_MS = 60 * MINUTE
const MOST_KEPT = 20_000
/** How long mail waits to learn who receives it. */
const PATIENCE_MS = 1_000

interface Known {
  readonly group: string
  readonly until: number
}

export interface Groups {
  /** The group as it is known now; an unknown domain is looked up for the next time. */
  of(domain: string): string
  /** Looks up those that are not known yet and waits a moment for the answers: where limits stand, a mail should be counted under the right one. */
  know(domains: Iterable<string>): Promise<void>
}

export function openGroups(house: House): Groups {
  const known = new Map<string, Known>()
  const keep = (domain: string, group: string) => {
    if (known.size >= MOST_KEPT) known.delete(known.keys().next().value ?? '')
    known.set(domain, { group, until: Number(house.clock.now()) + KEPT_MS })
  }
  const asked = new Map<string, Promise<void>>()
  const ask = async (domain: string): Promise<void> => {
    const answer = await house.ports.names?.exchangers(domain).catch(() => undefined)
    // Without an answer the domain is its own group.
    if (answer?.kind === 'found') keep(domain, groupOf(domain, answer.records[0] ?? null))
    asked.delete(domain)
  }
  const of = (domain: string): string => {
    const found = known.get(domain)
    if (found && found.until > Number(house.clock.now())) return found.group
    keep(domain, found?.group ?? domain)
    if (house.ports.names) asked.set(domain, ask(domain))
    return found?.group ?? domain
  }
  return {
    of,
    know: async (domains) => {
      const all = [...new Set(domains)]
      for (const domain of all) of(domain)
      const open = all.flatMap((domain) => asked.get(domain) ?? [])
      if (open.length) await Promise.race([Promise.all(open), pause(PATIENCE_MS)])
    },
  }
}

function pause(ms: number): Promise<void> {
  // biome-ignore lint/plugin: how long DNS may keep a round of mail, not a domain timer
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
