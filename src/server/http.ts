// Fastify with two encapsulated halves: the API under /api (oRPC), and the public paths that rooms serve raw.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import { type AnyContractRouter, ORPCError } from '@orpc/contract'
import { OpenAPIHandler } from '@orpc/openapi/fastify'
import { implement } from '@orpc/server'
import { experimental_ZodSmartCoercionPlugin as CoercionPlugin } from '@orpc/zod/zod4'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { actorOf } from '#access/actor.ts'
import { authHandler } from '#access/handler.ts'
import { assertPermissions } from '#access/roles.ts'
import type { Actor, House } from '#kernel/ctx.ts'
import { type Problem, REFUSALS, Refusal } from '#kernel/errors.ts'
import { type Language, languageFor } from '#kernel/language.ts'
import type { Served } from '#kernel/serve.ts'
import { contract as wholeContract } from './contract.ts'
import { mountDocs } from './docs.ts'
import { admit, type Call, run } from './door.ts'
import { readJson } from './json.ts'
import { fieldErrors, inLanguage, problemFrom } from './problem.ts'
import { mountSession } from './session.ts'
import { mountStream } from './stream.ts'

/** Mounts paths of its own, without session or API prefix. */
export type PublicRoutes = (app: FastifyInstance, house: House) => void

export interface HttpPlan {
  readonly house: House
  readonly rooms: Readonly<Record<string, Served>>
  readonly publicRoutes: readonly PublicRoutes[]
  readonly adminFolder: string | null
  readonly trustProxy: readonly string[]
  readonly health: () => Promise<object>
}

const LARGEST_BODY = 20 * 1024 * 1024
const CSP =
  "default-src 'self'; img-src 'self' data: blob: https:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; connect-src 'self'; frame-src 'self' blob:; frame-ancestors 'none'; object-src 'none'; base-uri 'none'; form-action 'self'"

/** The query of a raw path: a name said twice is the last one, so that nobody is given a list where a text is asked for. */
const eachOnce = (query: string): Record<string, string> => Object.fromEntries(new URLSearchParams(query))

/** Builds the server; `listen` is the caller's. Refuses to start when an endpoint has no permission or no handler. */
export async function buildHttp(plan: HttpPlan): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: LARGEST_BODY,
    trustProxy: plan.trustProxy.length ? [...plan.trustProxy] : false,
    logger: false,
    requestTimeout: 60_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500, querystringParser: eachOnce },
    // What the router refuses before any handler, such as an address with half a character in it.
    frameworkErrors: (error, request, reply) => void answerProblem(reply, problemOfHttp(error, plan.house, request.url)),
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    secure(request, reply)
    done(null, payload)
  })
  app.setErrorHandler((error, request, reply) => answerProblem(reply, problemOfHttp(error, plan.house, request.url)))
  app.get('/health', async (_request, reply) => {
    const health = await plan.health()
    return reply.code('status' in health && health.status === 'ok' ? 200 : 503).send(health)
  })
  for (const mount of plan.publicRoutes) await app.register(async (part) => mount(part, plan.house))
  await app.register(authHandler(plan.house))
  await app.register(async (part) => mountSession(part, plan.house))
  await app.register(async (part) => mountStream(part, plan.house))
  await app.register(async (part) => mountDocs(part))
  await app.register(async (part) => mountApi(part, plan))
  await mountAdmin(app, plan.adminFolder)
  return app
}

function secure(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-content-type-options', 'nosniff')
  if (!reply.hasHeader('referrer-policy')) reply.header('referrer-policy', 'same-origin')
  if (!reply.hasHeader('content-security-policy') && String(reply.getHeader('content-type') ?? '').startsWith('text/html'))
    reply.header('content-security-policy', CSP)
  if (
    reply.statusCode >= 400 &&
    request.url.startsWith('/api/') &&
    String(reply.getHeader('content-type') ?? '').startsWith('application/json')
  )
    reply.header('content-type', 'application/problem+json')
  if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
}

async function mountApi(part: FastifyInstance, plan: HttpPlan): Promise<void> {
  part.removeAllContentTypeParsers()
  part.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, readJson(body as string))
    } catch (error) {
      done(error as Error)
    }
  })
  const handler = new OpenAPIHandler(routerOf(plan), {
    plugins: [new CoercionPlugin()],
    clientInterceptors: [
      ({ next, context, path, procedure }) => {
        const { actor, request } = context as CallContext
        const { permission } = procedure['~orpc'].meta as { permission: string }
        return guarded(plan.house, path.join('.'), request, async () => {
          // Before the input is looked at: whoever may not call an endpoint learns nothing of it.
          admit({ actor, permission })
          return next()
        })
      },
    ],
    customErrorResponseBodyEncoder: (error) => (error.data as { problem?: Problem } | undefined)?.problem ?? fallbackProblem(error),
  })
  part.all('/api/*', async (request, reply) => {
    const actor = await actorOf({ method: request.method, headers: request.headers }, plan.house)
    reply.header('vary', 'Accept-Language')
    const { matched } = await handler.handle(request, reply, { prefix: '/api', context: { actor, request } })
    if (!matched)
      throw new Refusal(
        'missing',
        'path.unknown',
        `There is nothing at ${request.method} ${request.url.split('?')[0]}. The API is described at /api/docs.`,
      )
  })
}

interface CallContext {
  readonly actor: Actor
  readonly request: FastifyRequest
}

/** One oRPC procedure per endpoint; the rooms know nothing of oRPC. */
function routerOf(plan: HttpPlan) {
  const endpoints: { name: string; permission?: string }[] = []
  const router: Record<string, Record<string, unknown>> = {}
  for (const [room, { contract, handlers }] of Object.entries(plan.rooms)) {
    if ((wholeContract as Record<string, unknown>)[room] !== contract)
      throw new Error(`server/contract.ts does not list the room ${room} as server/wire.ts serves it.`)
    router[room] = {}
    for (const [name, declared] of Object.entries(contract)) {
      const { meta, route } = declared['~orpc'] as { meta: { permission: string }; route: { method: string } }
      const endpoint = `${room}.${name}`
      const handler = handlers[name]
      if (!handler) throw new Error(`The endpoint ${endpoint} has no handler.`)
      endpoints.push({ name: endpoint, permission: meta.permission })
      const about = { endpoint, permission: meta.permission, method: route.method }
      router[room][name] = implement(declared as unknown as AnyContractRouter)
        .$context<CallContext>()
        // @ts-expect-error the contract's shape is not known here; the rooms' `serve` has checked it against the handlers
        .handler(({ input, context }: { input: unknown; context: CallContext }) =>
          run(plan.house, callOf(about, context), handler as never, input),
        )
    }
  }
  for (const room of Object.keys(wholeContract))
    if (!router[room]) throw new Error(`server/wire.ts serves no room ${room} though the contract lists it.`)
  assertPermissions(endpoints)
  return router as never
}

function callOf(about: { endpoint: string; permission: string; method: string }, { actor, request }: CallContext): Call {
  const key = request.headers['idempotency-key']
  return { ...about, actor, idempotencyKey: typeof key === 'string' ? key : null, request: { ip: request.ip, headers: request.headers } }
}

/** Turns whatever a call throws into an oRPC error that carries our problem. */
async function guarded<T>(house: House, endpoint: string, request: FastifyRequest, next: () => Promise<T>): Promise<T> {
  const language = languageFor(request.headers['accept-language']) ?? 'en'
  try {
    return await inLanguage(language, next)
  } catch (error) {
    throw orpcError(problemOfCall(error, house, endpoint, language))
  }
}

function problemOfCall(error: unknown, house: House, endpoint: string, language: Language): Problem {
  if (
    error instanceof ORPCError &&
    error.code === 'BAD_REQUEST' &&
    error.data &&
    typeof error.data === 'object' &&
    'issues' in error.data
  ) {
    return invalidInput(fieldErrors(error.data.issues as never), language)
  }
  return problemFrom(error instanceof ORPCError ? (error.cause ?? error) : error, house.log, endpoint)
}

function invalidInput(errors: Problem['errors'], language: Language): Problem {
  const detail =
    language === 'ja'
      ? '入力に誤りがあります。項目ごとの理由を確認してください。'
      : 'Some of the input cannot be accepted; see the reason beside each field.'
  return { type: 'urn:hagukumi:input.invalid', title: 'invalid', status: 400, code: 'input.invalid', detail, ...(errors ? { errors } : {}) }
}

function orpcError(problem: Problem): ORPCError<string, { problem: Problem }> {
  return new ORPCError('PROBLEM', { status: problem.status, message: problem.detail, data: { problem } })
}

function fallbackProblem(error: ORPCError<string, unknown>): Problem {
  if (error.code === 'BAD_REQUEST' && error.data && typeof error.data === 'object' && 'issues' in error.data)
    return invalidInput(fieldErrors(error.data.issues as never), 'en')
  return {
    type: `urn:hagukumi:${error.code.toLowerCase()}`,
    title: error.code.toLowerCase(),
    status: error.status,
    code: error.code.toLowerCase(),
    detail: error.message,
  }
}

function problemOfHttp(error: unknown, house: House, where: string): Problem {
  const status = (error as { statusCode?: number }).statusCode
  const kind = (Object.keys(REFUSALS) as (keyof typeof REFUSALS)[]).find((each) => REFUSALS[each] === status)
  if (kind && !(error instanceof Refusal))
    return {
      type: `urn:hagukumi:http.${kind}`,
      title: kind,
      status: REFUSALS[kind],
      code: `http.${kind}`,
      detail: (error as Error).message,
    }
  return problemFrom(error, house.log, where)
}

function answerProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 503) reply.header('retry-after', '5')
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}

/** Paths of the admin UI have no file ending and lie outside of the APIs. */
function isPagePath(url: string): boolean {
  const path = url.split('?')[0] ?? ''
  return !/^\/(api|v1)(\/|$)/.test(path) && !/\.\w+$/.test(path)
}

/** The admin UI: hashed files for ever, its page for every other path that a browser asks for. */
async function mountAdmin(app: FastifyInstance, folder: string | null): Promise<void> {
  const ready = folder !== null && existsSync(join(folder, 'index.html'))
  if (ready) {
    await app.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      index: false,
      setHeaders: (reply, path) =>
        void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const wantsPage = request.method === 'GET' && /text\/html|\*\/\*/.test(String(request.headers.accept ?? '')) && isPagePath(request.url)
    if (ready && wantsPage) return reply.header('cache-control', 'no-cache').sendFile('index.html')
    return answerProblem(reply, {
      type: 'urn:hagukumi:path.unknown',
      title: 'missing',
      status: 404,
      code: 'path.unknown',
      detail: 'There is nothing at this path.',
    })
  })
}
