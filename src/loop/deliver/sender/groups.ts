// Which receiving group a domain belongs to: asked of DNS in the background, remembered for an hour; the domain itself until it is known.
import { MINUTE } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import { groupOf } from './pace.ts'

const KEPT_MS = 60 * MINUTE
const MOST_KEPT = 20_000

interface Known {
  readonly group: string
  readonly until: number
}

export interface Groups {
  /** The group as it is known now; an unknown domain is looked up for the next time. */
  of(domain: string): string
}

export function openGroups(house: House): Groups {
  const known = new Map<string, Known>()
  const keep = (domain: string, group: string) => {
    if (known.size >= MOST_KEPT) known.delete(known.keys().next().value ?? '')
    known.set(domain, { group, until: Number(house.clock.now()) + KEPT_MS })
  }
  return {
    of(domain) {
      const found = known.get(domain)
      if (found && found.until > Number(house.clock.now())) return found.group
      keep(domain, found?.group ?? domain)
      house.ports.names?.exchangers(domain).then(
        // Without an answer the domain is its own group.
        (answer) => answer.kind === 'found' && keep(domain, groupOf(domain, answer.records[0] ?? null)),
        () => undefined,
      )
      return found?.group ?? domain
    },
  }
}
