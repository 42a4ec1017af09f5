import type { JsonObject } from '#kernel/json.ts'
import type { Fault } from './json.ts'

/** What the visitor said about being measured, as the sender reports it. */
export type ConsentGiven = 'granted' | 'implied' | 'refused' | 'unsaid'

/** One message from outside, whatever format it came in. All later steps know only this. */
export interface Incoming {
  readonly kind: 'event' | 'identify' | 'alias' | 'group'
  /** The journal's name for events: page.viewed, page.left, link.clicked, file.downloaded, custom.<name>. */
  readonly name: string
  /** The sender's id of this message; null when it gave none. */
  readonly messageId: string | null
  /** The anonymous id of the browser or of the sending system; null for messages that only name a user. */
  readonly device: string | null
  /** The sender's own id of the person. */
  readonly userId: string | null
  /** For alias: the id that was used before. */
  readonly previousId: string | null
  readonly groupId: string | null
  readonly traits: JsonObject
  readonly props: JsonObject
  readonly url: string | null
  /** The visit as the tag counts it; null where the 30-minute rule decides here. */
  readonly visit: string | null
  /** Whether this kind of event may begin a visit: something seen in a browser, not something a server reports. */
  readonly seen: boolean
  readonly consent: ConsentGiven
  /** Times as the sender's clock gave them, not yet believed. */
  readonly at: Date | null
  readonly sentAt: Date | null
  readonly userAgent: string | null
}

/** A message that could not be understood, by its place in the body. */
export interface Rejected extends Fault {
  readonly index: number
}

/** A body after parsing: what could be read, and what could not. */
export interface Parsed {
  readonly key: string | null
  readonly messages: readonly { readonly index: number; readonly message: Incoming }[]
  readonly rejected: readonly Rejected[]
}
