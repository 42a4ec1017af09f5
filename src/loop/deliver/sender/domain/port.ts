/** What DNS says of a name. A failure (no answer, SERVFAIL) says nothing at all. */
export type Answer =
  | { readonly kind: 'found'; readonly records: readonly string[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly code: string }

/** Asks DNS, and nothing else: no address it answers is ever connected to. */
export interface Names {
  text(name: string): Promise<Answer>
  /** Preferred first. */
  exchangers(name: string): Promise<Answer>
  addresses(name: string): Promise<Answer>
  names(address: string): Promise<Answer>
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Filled by connect/dns; where it is not, no domain is checked and each is a receiving group of its own. */
    readonly names?: Names
  }
}
