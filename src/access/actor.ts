// Who asks? The only place where a request becomes an actor.
import type { Actor, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { refuse } from '#kernel/errors.ts'
import { authOf } from './auth.ts'
import { hashKey } from './keys/decide.ts'
import { findKeyByHash, touchKey } from './keys/queries.ts'

/** Request headers by lower-case name, as Node gives them. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>

/** What of a request says who sends it. */
export interface Asking {
  readonly method: string
  readonly headers: RequestHeaders
}

const PUBLIC: Actor = { kind: 'public' }
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
const USED_AGAIN_AFTER = 60_000

/**
 * The actor behind a request: an API key (`Authorization: Bearer hgk_…`), else a session cookie, else the public.
 * Fails closed: a key that is unknown or revoked is 401 even where nothing is needed; a session that is over, or whose user
 * is deactivated, is the public; a cookie sent along by another site's page is 403 for anything that changes state.
 * @throws Refusal unauthenticated or forbidden
 */
export async function actorOf(asking: Asking, house: House): Promise<Actor> {
  const bearer = bearerOf(asking.headers['authorization'])
  if (bearer !== null) return keyActor(bearer, house)
  const { cookie } = asking.headers
  if (typeof cookie !== 'string' || cookie === '') return PUBLIC
  const user = await sessionUser(cookie, house)
  if (!user) return PUBLIC
  if (!SAFE.has(asking.method.toUpperCase()) && !isSameOrigin(asking.headers, house.publicUrl)) {
    refuse('forbidden', 'origin.foreign', { message: 'This request came from a page of another origin.' })
  }
  return { kind: 'user', id: user.id, name: user.name, role: user.role }
}

/**
 * Did a browser send this from one of our own pages? `Sec-Fetch-Site` cannot be forged by a page; browsers without it send
 * Origin with anything but GET. Neither of the two means no.
 */
export function isSameOrigin(headers: RequestHeaders, publicUrl: string): boolean {
  const site = headers['sec-fetch-site']
  if (site === 'same-origin') return true
  if (site === 'cross-site' || site === 'same-site') return false
  const { origin } = headers
  if (typeof origin !== 'string' || !URL.canParse(origin)) return false
  return new URL(origin).host === headers['host'] || origin === new URL(publicUrl).origin
}

function bearerOf(authorization: string | string[] | undefined): string | null {
  const match = /^Bearer +(\S+)$/i.exec(typeof authorization === 'string' ? authorization : '')
  return match?.[1] ?? null
}

async function keyActor(key: string, house: House): Promise<Actor> {
  const row = key.startsWith('hgk_') ? await findKeyByHash(house.db, hashKey(key)) : undefined
  if (!row) refuse('unauthenticated', 'key.unknown', { message: 'This API key is not known or was revoked.' })
  const actor: Actor = { kind: 'key', id: row.id, name: row.name, scopes: row.scopes }
  if (row.last_used_at === null || house.clock.now().getTime() - row.last_used_at.getTime() > USED_AGAIN_AFTER) {
    await withTx(house, actor, (ctx) => touchKey(ctx.db, row.id, ctx.now))
  }
  return actor
}

async function sessionUser(cookie: string, house: House): Promise<{ id: string; name: string; role: string } | null> {
  const session = await authOf(house).api.getSession({ headers: new Headers({ cookie }), query: { disableRefresh: true } })
  if (!session || session.user.deactivatedAt) return null
  return { id: session.user.id, name: session.user.name, role: session.user.role }
}
