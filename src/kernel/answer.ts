// How a path outside of the contracts (uploads, downloads) answers what went wrong: the same problem as the API would.
import type { FastifyReply } from 'fastify'
import type { House } from './ctx.ts'
import { asRefusal, problemOf } from './errors.ts'

/** Answers a refusal as its problem, what Fastify refused with its own words, and a fault of ours without any: those are for the log. */
export function answerError(house: House, what: string, error: unknown, reply: FastifyReply): FastifyReply {
  const refusal = asRefusal(error)
  const status = (error as { statusCode?: number }).statusCode
  const isTheirs = status !== undefined && status < 500
  if (!refusal && !isTheirs) house.log.error({ err: error }, `${what} failed by a fault of ours`)
  const problem = refusal
    ? problemOf(refusal)
    : {
        type: 'urn:hagukumi:http',
        title: 'http',
        status: isTheirs ? status : 500,
        code: 'http',
        detail: isTheirs ? (error as Error).message : 'Something went wrong on our side. The log has the details.',
      }
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}
