// One-time links: made by an owner or a forgotten password, used once by whoever holds them.
import { randomBytes } from 'node:crypto'
import type { Ctx } from '#kernel/ctx.ts'
import type { Role } from '../vocabulary.ts'
import { hashToken, LINK_LIVES } from './decide.ts'
import { insertLink } from './queries.ts'

/** A mail about somebody's account. */
export interface AccountMail {
  readonly kind: 'invite' | 'reset'
  readonly to: string
  readonly name: string
  readonly language: 'ja' | 'en'
  readonly link: string
  readonly expiresAt: Date
}

/** What access needs of whoever can send mail; filled by `server/wire`. Without it links are only shown. */
export interface AccountMailer {
  /** Is mail set up, so that a forgotten password can be helped? */
  ready(ctx: Ctx): Promise<boolean>
  /** Queues the mail in the caller's transaction. */
  queue(ctx: Ctx, mail: AccountMail): Promise<void>
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    accountMailer?: AccountMailer
  }
}

/** Whether account mail can be sent now. */
export async function mailReady(ctx: Ctx): Promise<boolean> {
  return (await ctx.house.ports.accountMailer?.ready(ctx)) ?? false
}

export interface NewLink {
  readonly kind: 'invite' | 'reset'
  readonly userId: string | null
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly language: 'ja' | 'en'
}

/** Makes a link, and mails it when mail is set up. The token stands behind `#`, which browsers never send to a server. */
export async function makeLink(ctx: Ctx, wanted: NewLink): Promise<{ id: string; link: string; expiresAt: Date; mailed: boolean }> {
  const token = randomBytes(32).toString('base64url')
  const id = ctx.id()
  const expiresAt = new Date(ctx.now.getTime() + LINK_LIVES[wanted.kind])
  await insertLink(ctx.db, {
    id,
    kind: wanted.kind,
    token_hash: hashToken(token),
    user_id: wanted.userId,
    email: wanted.email,
    name: wanted.name,
    role: wanted.role,
    language: wanted.language,
    made_by: 'name' in ctx.actor ? ctx.actor.name : '',
    created_at: ctx.now,
    expires_at: expiresAt,
    used_at: null,
    withdrawn_at: null,
  })
  const link = `${ctx.house.publicUrl}/${wanted.kind === 'invite' ? 'accept-invite' : 'reset-password'}#${token}`
  const mailed = await mailReady(ctx)
  if (mailed)
    await ctx.house.ports.accountMailer?.queue(ctx, {
      kind: wanted.kind,
      to: wanted.email,
      name: wanted.name,
      language: wanted.language,
      link,
      expiresAt,
    })
  return { id, link, expiresAt, mailed }
}
