// What the sender needs of the outside. connect/smtp and connect/pretend fill it; server/wire joins them.
import type { Ctx, House } from '#kernel/ctx.ts'
import type { NewEvent } from '#kernel/journal.ts'
import type { SmtpFault } from '../outbox/decide.ts'

/** Who a message is from and to, as the wire shows them. */
export interface Envelope {
  readonly from: string
  readonly to: string
}

/** One message on its way. */
export interface Parcel extends Envelope {
  /** Headers with the blank line behind them, when `bytes` is the body alone: the two are never copied together. */
  readonly head?: Buffer
  readonly bytes: Buffer
  /** Called once nothing reads `bytes` any more, so that their memory may be used again. May be left out, never early. */
  readonly spent?: () => void
  /** Asked once, after the server agreed to take the message (354) and before its first byte. False: nothing may be sent. */
  readonly mayBegin: () => Promise<boolean>
  /** Asked once when the message leaves: the envelope that is surely sent next over this line may go out behind it. */
  readonly next?: () => Envelope | null
}

export type Outcome =
  | { readonly kind: 'accepted'; readonly reply: string }
  /** `mayBegin` said no; the connection is gone with it, for DATA cannot be taken back. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly fault: SmtpFault }

/** An open connection that takes one message after the other. */
export interface MailLine {
  send(parcel: Parcel): Promise<Outcome>
  /** False once the connection can take no more. */
  usable(): boolean
  close(): void
}

export interface MailRoute {
  readonly kind: 'smtp' | 'mailbox'
  /** @throws SmtpFaultError when the server cannot be reached or refuses us */
  open(): Promise<MailLine>
}

export interface SmtpOptions {
  readonly host: string
  readonly port: number
  /** tls: from the first byte · starttls: required · none: in clear, for a relay on the same machine */
  readonly security: 'tls' | 'starttls' | 'none'
  readonly user: string
  readonly password: string
  /** Name in EHLO. */
  readonly name: string
  /** Take a certificate nobody known has signed: encrypted, yet to whom is not proven. For a relay of one's own. */
  readonly anyCertificate?: boolean
}

/** The connection as a whole failed: nothing was sent. */
export class SmtpFaultError extends Error {
  readonly fault: SmtpFault
  constructor(fault: SmtpFault) {
    super(fault.reply || fault.code)
    this.name = 'SmtpFaultError'
    this.fault = fault
  }
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    readonly mailRoutes: {
      smtp(options: SmtpOptions): MailRoute
      mailbox(house: House): MailRoute
    }
    /** Appends the events of mails that left just now, the last thing of a transaction; absent, they are told like any other. */
    readonly tellSent?: (ctx: Ctx, events: readonly NewEvent[]) => Promise<void>
  }
}
