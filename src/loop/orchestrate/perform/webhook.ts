// The port through which webhooks leave; `connect/egress` implements it.
import type { House } from '#kernel/ctx.ts'

/** One call of a webhook, at least once, always under the same id. */
export interface WebhookCall {
  /** Stable over all repeats: the receiver knows a repeat by it. */
  readonly id: string
  readonly url: string
  /** When the scenario made the call (its step), not when it is sent. */
  readonly at: Date
  /** JSON text, as it is signed. */
  readonly body: string
}

/** What came of a call. `refused` will not get better by repeating (the address is forbidden, the receiver says 4xx). */
export type WebhookAnswer =
  | { readonly kind: 'taken'; readonly status: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }

export type WebhookPort = (house: House, call: WebhookCall) => Promise<WebhookAnswer>

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Sends one signed webhook; never throws for what the receiver does. */
    readonly webhook: WebhookPort
  }
}
