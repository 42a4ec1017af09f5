import { createHash } from 'node:crypto'
import { DAY } from '#kernel/clock.ts'
import type { AccessLinkTable } from '../tables.ts'

/** How long a link works. */
export const LINK_LIVES = { invite: 7 * DAY, reset: DAY } as const

/** A mail about a forgotten password goes out at most this often per user. */
export const FORGOT_AGAIN_AFTER = 60_000

/** sha256 of a link's token as the table keeps it; the token has 256 random bits. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

export type LinkState = 'open' | 'used' | 'withdrawn' | 'expired'

/** Whether a one-time link can still be used. */
export function linkState(link: Pick<AccessLinkTable, 'used_at' | 'withdrawn_at' | 'expires_at'>, now: Date): LinkState {
  if (link.used_at) return 'used'
  if (link.withdrawn_at) return 'withdrawn'
  return link.expires_at <= now ? 'expired' : 'open'
}

/** Why a password will not do, or null. Length is most of it (NIST SP 800-63B); the rest are what attackers try first. */
export function passwordProblem(password: string, email: string): string | null {
  const low = password.toLowerCase()
  const local = email.split('@')[0] ?? ''
  if (Array.from(password).length < 10) return 'Use at least 10 characters.'
  if (new Set(low).size < 4) return 'Use more different characters.'
  if (local.length >= 4 && low.includes(local) && low.length - local.length < 6) return 'Do not use your e-mail address.'
  return null
}

/** Would taking the owner's role (or access) from `id` leave nobody in charge? `owners` are the active owners' ids. */
export function isLastOwner(id: string, owners: readonly string[]): boolean {
  return owners.length === 1 && owners[0] === id
}
