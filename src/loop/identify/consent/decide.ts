// What a consent is for, and how two meet. Pure.

/** What somebody can agree to or refuse, besides a mail topic. */
export const PURPOSES = ['marketing', 'tracking_email', 'phone', 'third_party'] as const
export type Purpose = (typeof PURPOSES)[number]
/** What the ledger knows: purposes, a mail topic, and a pause of all mail. */
export type LedgerPurpose = Purpose | 'topic' | 'pause'

export const NO_TOPIC = '00000000-0000-0000-0000-000000000000'

export interface State {
  readonly purpose: string
  readonly topic_id: string
  readonly given: boolean
  readonly until: Date | null
}

/** Of two states of one purpose, is the first one stricter? A refusal is stricter than leave, a longer pause than a shorter one. */
export function isStricter(one: State, other: State): boolean {
  if (one.given !== other.given) return !one.given
  return !one.given && (one.until?.getTime() ?? 0) > (other.until?.getTime() ?? 0)
}

/** Which of the states that somebody brings are stricter than what stands at the one they go to, and which stand alone there. */
export function meetStates<T extends State>(mine: readonly T[], theirs: readonly T[]): { stricter: T[]; alone: T[] } {
  const there = new Map(theirs.map((state) => [`${state.purpose} ${state.topic_id}`, state]))
  const placed = mine.map((state) => ({ state, other: there.get(`${state.purpose} ${state.topic_id}`) }))
  return {
    stricter: placed.flatMap(({ state, other }) => (other && isStricter(state, other) ? [state] : [])),
    alone: placed.flatMap(({ state, other }) => (other ? [] : [state])),
  }
}

const HOUR = 3_600_000
export const OPTIN_LIMITS = { perAddressMs: 24 * HOUR, domainMs: HOUR, perDomain: 60 } as const

/** May a confirmation mail go out? One an address and day, so many a domain and hour: nobody's inbox becomes a target. */
export function mayAsk(recent: { readonly address: number; readonly domain: number }): 'address' | 'domain' | null {
  if (recent.address > 0) return 'address'
  return recent.domain >= OPTIN_LIMITS.perDomain ? 'domain' : null
}

/** A confirmation link is good for so long. */
export const OPTIN_DAYS = 14
export const isFresh = (askedAt: Date, now: Date): boolean => now.getTime() - askedAt.getTime() < OPTIN_DAYS * 24 * HOUR
