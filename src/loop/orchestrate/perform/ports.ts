// The ports through which calls of scenarios leave; `connect` implements them.
import type { Ctx, House } from '#kernel/ctx.ts'
import type { ChatWay } from '../graph/actions.ts'

/** What came of a call. `refused` will not get better by repeating (the address is forbidden, the receiver says 4xx). */
export type CallAnswer =
  | { readonly kind: 'taken'; readonly status: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }

/** Where a chat takes notices: an address that is a secret by itself (Slack, Teams), or a room and a token (Chatwork). */
export interface ChatAddress {
  readonly url: string
  readonly room: string
  readonly token: string
}

/** A notice for a chat. Lines, no mark-up: what a lead has typed must not become a link or a mention. */
export interface ChatNotice {
  /** Stable over all repeats. */
  readonly id: string
  readonly way: ChatWay
  readonly channelId: string
  readonly address: ChatAddress
  readonly title: string
  readonly lines: readonly string[]
  /** Page of the product about the lead. */
  readonly link: string | null
}

/** A notice to one colleague by mail, about all leads of a batch who came to the same step. */
export interface NoticeMail {
  readonly to: string
  readonly name: string
  readonly language: 'ja' | 'en'
  readonly title: string
  readonly text: string
  /** Some of them at the most; `n` says how many there are. */
  readonly leads: readonly { readonly words: string; readonly link: string | null }[]
  readonly n: number
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Sends one notice into a chat; never throws for what the receiver does. */
    readonly chat?: (house: House, notice: ChatNotice) => Promise<CallAnswer>
    /** Queues mails to colleagues in this transaction; absent where nothing can send. */
    readonly noticeMailer?: (ctx: Ctx, mails: readonly NoticeMail[]) => Promise<void>
  }
}
