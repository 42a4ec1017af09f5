// The raw HTTP door of better-auth: a closed list of its paths, answers in our own form.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Actor, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { type Problem, problemOf, Refusal } from '#kernel/errors.ts'
import { actorOf, isSameOrigin } from './actor.ts'
import { record } from './audit/service.ts'
import { ADDRESS_HEADER, authOf } from './auth.ts'
import { mustRest, noteTry, triesKey } from './tries.ts'
import { passwordProblem } from './users/decide.ts'

/** The paths that are served, and the word the audit log has for each that changes something. */
const SERVED: Readonly<Record<string, string | null>> = {
  'GET /get-session': null,
  'POST /sign-in/email': 'auth.signed_in',
  'POST /sign-out': 'auth.signed_out',
  'POST /change-password': 'auth.password_changed',
  'POST /two-factor/enable': 'auth.two_factor_begun',
  'POST /two-factor/verify-totp': 'auth.two_factor_verified',
  'POST /two-factor/verify-backup-code': 'auth.backup_code_used',
  'POST /two-factor/generate-backup-codes': 'auth.backup_codes_made',
  'POST /two-factor/disable': 'auth.two_factor_removed',
}

const PREFIX = '/api/auth'
const LARGEST_BODY = 16_384

/**
 * A Fastify plugin that serves `/api/auth/*`: sign-in, sign-out, password change and the second factor by better-auth.
 * A body over 16 kB is 413; any path that is not listed is 404; a page of another origin is 403; every error is problem+json.
 */
export function authHandler(house: House) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: LARGEST_BODY }, (_request, body, done) => done(null, body))
    app.route({ method: ['GET', 'POST'], url: `${PREFIX}/*`, handler: (request, reply) => answer(house, request, reply) })
  }
}

async function answer(house: House, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const path = (request.url.split('?')[0] ?? '').slice(PREFIX.length)
  const action = SERVED[`${request.method} ${path}`]
  if (action === undefined) return send(reply, problem('missing', 'auth.path', 'There is nothing at this address.'))
  if (request.method !== 'GET' && !isSameOrigin(request.headers, house.publicUrl)) {
    return send(reply, problem('forbidden', 'origin.foreign', 'This request came from a page of another origin.'))
  }
  const weak = path === '/change-password' ? weakPassword(request.body) : null
  if (weak) return send(reply, { ...problem('invalid', 'password.weak', weak), errors: [{ field: 'newPassword', reason: weak }] })
  const key = path === '/sign-in/email' ? triesKey(request.body) : null
  if (key && (await mustRest(house, key))) return send(reply, problemFrom(429, {}))
  const before = await actorOf({ method: 'GET', headers: { cookie: request.headers.cookie } }, house)
  const response = await authOf(house).handler(requestOf(house, request))
  const body = await readBody(response)
  if (key && (response.ok || response.status === 401)) await noteTry(house, key, response.ok)
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
  reply.header('cache-control', 'no-store')
  if (!response.ok) return send(reply, problemFrom(response.status, body))
  if (action !== null && body.twoFactorRedirect !== true) await note(house, action, before, body)
  return reply.code(response.status).type('application/json').send(publicPart(body))
}

/** better-auth sees our own public address, whatever name or scheme a proxy used, and the client's address from our own door only. */
function requestOf(house: House, request: FastifyRequest): Request {
  const headers = new Headers()
  for (const name of ['cookie', 'user-agent', 'content-type'] as const) {
    const value = request.headers[name]
    if (typeof value === 'string') headers.set(name, value)
  }
  headers.set('origin', new URL(house.publicUrl).origin)
  headers.set(ADDRESS_HEADER, request.ip)
  const url = new URL(request.url, house.publicUrl)
  return new Request(url, {
    method: request.method,
    headers,
    ...(request.method === 'POST' ? { body: String(request.body ?? '{}') || '{}' } : {}),
  })
}

type Body = { readonly [key: string]: unknown }

async function readBody(response: Response): Promise<Body> {
  const text = await response.text()
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? (body as Body) : {}
  } catch {
    return {}
  }
}

/** Only what the screens need: never a session's token, which belongs into its cookie alone. */
function publicPart(body: Body): Body {
  const { totpURI, backupCodes, twoFactorRedirect } = body
  return {
    ok: true,
    ...(totpURI ? { totpURI } : {}),
    ...(backupCodes ? { backupCodes } : {}),
    ...(twoFactorRedirect ? { twoFactorRedirect } : {}),
  }
}

function weakPassword(body: unknown): string | null {
  try {
    const { newPassword } = JSON.parse(String(body)) as { newPassword?: unknown }
    return typeof newPassword === 'string' ? passwordProblem(newPassword, '') : null
  } catch {
    return null
  }
}

/** Whoever signed in just now is named in the answer; all others had their session before. */
async function note(house: House, action: string, before: Actor, body: Body): Promise<void> {
  const user = body.user as { id?: unknown; name?: unknown } | undefined
  const after: Actor | null = typeof user?.id === 'string' ? { kind: 'user', id: user.id, name: String(user.name ?? ''), role: '' } : null
  const actor = before.kind === 'user' ? before : (after ?? before)
  await withTx(house, actor, (ctx) =>
    record(ctx, { action, ...(actor.kind === 'user' ? { subjectKind: 'users', subjectId: actor.id } : {}) }),
  )
}

function problem(
  kind: 'missing' | 'forbidden' | 'invalid' | 'tooMany' | 'unauthenticated' | 'unavailable',
  code: string,
  detail: string,
): Problem {
  return problemOf(new Refusal(kind, code, detail))
}

/** better-auth's `{code, message}` in our form, its status kept. */
function problemFrom(status: number, body: Body): Problem {
  if (status === 429) return problem('tooMany', 'auth.too_many', 'Too many tries. Wait a minute and try again.')
  if (status >= 500) return problem('unavailable', 'auth.failed', 'Signing in does not work at the moment. Please try again.')
  const code = typeof body.code === 'string' ? body.code.toLowerCase() : 'refused'
  const kind = status === 401 ? 'unauthenticated' : status === 403 ? 'forbidden' : 'invalid'
  return { ...problem(kind, `auth.${code}`, typeof body.message === 'string' ? body.message : 'This was refused.'), status }
}

function send(reply: FastifyReply, body: Problem): FastifyReply {
  return reply.code(body.status).type('application/problem+json').send(JSON.stringify(body))
}
