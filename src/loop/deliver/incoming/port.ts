// What taking mail back needs of the outside: one reader per relay's webhook, one for a mailbox. connect/* fills it; server/wire joins them.
import { DAY, HOUR } from '#kernel/clock.ts'
import type { House } from '#kernel/ctx.ts'
import type { Said } from '../bounces/service.ts'

/** The relays that tell by webhook. */
export const HOOKS = ['ses', 'sendgrid', 'mailgun', 'postmark'] as const
export type HookName = (typeof HOOKS)[number]

/** What was posted, as it came: signatures are over the very bytes. */
export interface HookPost {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** The opened settings of a hook: `name` is what identifies (a topic, a user), `secret` what proves. */
export interface HookKeys {
  readonly name: string
  readonly secret: string
}

export type HookAnswer =
  | { readonly kind: 'said'; readonly said: readonly Said[] }
  /** The relay asked whether we are listening, and was answered. */
  | { readonly kind: 'confirmed' }
  /** Not signed by whom we chose, or too old to be anything but a replay. */
  | { readonly kind: 'refused'; readonly why: string }

/** Reads and checks one post. Called outside of a transaction: it may fetch a certificate through the egress client. */
export type MailHook = (house: House, keys: HookKeys, post: HookPost, now: Date) => Promise<HookAnswer>

export interface ImapOptions {
  readonly host: string
  readonly port: number
  readonly security: 'tls' | 'starttls' | 'none'
  readonly user: string
  readonly password: string
  readonly folder: string
}

export interface Fetched {
  readonly uid: number
  readonly raw: Buffer
}

/** An open mailbox. */
export interface Mailbox {
  /** Changes when the server has numbered its mails anew. */
  readonly validity: number
  /** Mails above a number, oldest first, at most so many. Of large ones only the head comes. */
  take(above: number, most: number): Promise<Fetched[]>
  close(): Promise<void>
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    readonly mailHooks: Readonly<Record<HookName, MailHook>>
    readonly openMailbox: (options: ImapOptions) => Promise<Mailbox>
  }
}

/** No relay repeats a notice for longer; what is older is a replay of something the house has forgotten. */
export const OLDEST_MS = 7 * DAY

/** Whether a signed instant is neither too old nor from the future. */
export const isFresh = (at: Date, now: Date): boolean =>
  Number.isFinite(at.getTime()) && now.getTime() - at.getTime() < OLDEST_MS && at.getTime() - now.getTime() < HOUR
