import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { outside, type Served, serve } from '#kernel/serve.ts'
import { tally } from '../bounces/queries.ts'
import { takeSaid } from '../bounces/service.ts'
import { incomingContract } from './contract.ts'
import { readMailboxJob } from './jobs.ts'
import { HOOKS, type HookName, type HookPost } from './port.ts'
import { bounces, reasons, saveHook, saveMailbox, state, tryMailbox } from './service.ts'
import { hookKeys } from './settings.ts'

const SYSTEM = { kind: 'system', name: 'incoming mail' } as const

export const incomingRoutes: Served = serve(incomingContract, {
  state,
  saveMailbox,
  tryMailbox: outside(tryMailbox),
  saveHook,
  readNow: async (ctx) => {
    await ctx.house.jobs.enqueue(ctx, readMailboxJob, {})
    return { ok: true as const }
  },
  bounces,
  reasons,
})

const ANSWERS = { taken: 200, refused: 403, off: 404 } as const
/** SendGrid posts up to some thousand events at once; nobody posts more than this. */
const MOST_BYTES = 2_000_000

/** Public: `POST /hooks/mail/<relay>`. No session; each relay proves itself in its own way. */
export function publicRoutes(app: FastifyInstance, house: House): void {
  app.removeAllContentTypeParsers()
  // The very bytes: signatures are over them. SNS says text/plain and means JSON.
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MOST_BYTES }, (_request, body, done) => done(null, body))
  app.post<{ Params: { source: string } }>('/hooks/mail/:source', (request, reply) => take(house, request, reply))
}

async function take(house: House, request: FastifyRequest<{ Params: { source: string } }>, reply: FastifyReply): Promise<FastifyReply> {
  const source = HOOKS.find((name) => name === request.params.source)
  if (!source) return reply.code(404).send()
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  )
  const outcome = await takeHook(house, source satisfies HookName, { headers, body: typeof request.body === 'string' ? request.body : '' })
  return reply.code(ANSWERS[outcome]).header('cache-control', 'no-store').send()
}

/** What a post to a webhook is answered. */
export type HookOutcome = 'taken' | 'refused' | 'off'

/** Takes one post of a relay. */
export async function takeHook(house: House, source: HookName, post: HookPost): Promise<HookOutcome> {
  const { keys, now } = await withRead(house, SYSTEM, async (ctx) => ({ keys: await hookKeys(ctx, source), now: ctx.now }))
  if (!keys) return 'off'
  const answer = await house.ports.mailHooks[source](house, keys, post, now)
  return withTx(house, SYSTEM, async (ctx) => {
    if (answer.kind === 'refused') {
      house.log.warn({ source, why: answer.why }, 'a notice about mail was refused')
      await tally(ctx.db, source, new Map([['refused', 1]]), ctx.now)
      return 'refused'
    }
    if (answer.kind === 'said') await takeSaid(ctx, source, true, answer.said)
    return 'taken'
  })
}
