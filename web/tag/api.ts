// What the tag offers to the page it runs on, to the lazily loaded parts (forms, notice) and to nobody else. Types only.

/** Plain JSON that travels with an event. */
export type Props = Record<string, unknown>

/**
 * `grant` measures; `deny` measures nothing and forgets the visitor; `ask` (opt-in, not answered yet) measures nothing
 * and stores nothing.
 */
export type ConsentState = 'grant' | 'deny' | 'ask'

/** `window.hagukumi` once the tag has run. */
export interface Hagukumi {
  /** Records something of the site's own: `hagukumi.track('plan_compared', { plan: 'B' })`. Props are JSON, at most 32 kB. */
  track(name: string, props?: Props): void
  /** Says who the visitor is: an id of the site's own, traits (email, family_name, …), or both. */
  identify(userIdOrTraits: string | Props, traits?: Props): void
  /** Records a page view by hand; the tag does so itself on load and when a single-page app changes its address. */
  page(props?: Props): void
  /** Answers the consent question; `deny` also forgets the visitor on this device. Without an answer: the state now. */
  consent(answer?: 'grant' | 'deny'): ConsentState
  /** The visitor's id of 128 random bits, or '' while nothing may be stored. A form sends it along as `visitor`. */
  visitor(): string
  /** Runs commands as arrays: `hagukumi.push(['track', 'name'])`. The page may make `window.hagukumi` an array before the tag loads. */
  push(command: readonly unknown[]): void
  /** The write key of the site and the origin of the product. */
  readonly key: string
  readonly host: string
}
