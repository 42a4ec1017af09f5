// The port through which webhooks leave; `connect/egress` implements it.
import type { House } from '#kernel/ctx.ts'
import type { CallAnswer } from './ports.ts'

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

export type WebhookAnswer = CallAnswer

export type WebhookPort = (house: House, call: WebhookCall) => Promise<WebhookAnswer>

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Sends one signed webhook; never throws for what the receiver does. */
    readonly webhook: WebhookPort
  }
}
