import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { House } from '#kernel/ctx.ts'
import { outside, type Served, serve } from '#kernel/serve.ts'
import { incomingContract } from './contract.ts'
import { readMailboxJob } from './jobs.ts'
import { HOOKS, type HookName } from './port.ts'
import { bounces, reasons, saveHook, saveMailbox, state, takeHook, tryMailbox } from './service.ts'

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
