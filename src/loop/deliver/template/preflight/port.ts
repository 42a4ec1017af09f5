// The port through which the links of a draft are asked; `connect/egress` implements it.
import type { House } from '#kernel/ctx.ts'

/** What an address said. Redirects were followed, each asked by the same rules. */
export type LinkAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly to: string; readonly forGood: boolean }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Asks by HEAD, and by GET where that is not enough. It never throws, and private addresses are not asked. */
    readonly linkProbe?: (house: House, url: string) => Promise<LinkAnswer>
  }
}
