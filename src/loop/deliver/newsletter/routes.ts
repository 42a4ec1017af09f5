import type { FastifyInstance } from 'fastify'
import type { House } from '#kernel/ctx.ts'
import { withRead } from '#kernel/db/tx.ts'
import { outside, type Served, serve } from '#kernel/serve.ts'
import { readRules, setRules } from './approval.ts'
import { approve, askApproval } from './approving.ts'
import { newslettersContract } from './contract.ts'
import { copy } from './copy.ts'
import { rehearse } from './rehearse.ts'
import { audience, begin, cancel, create, get, list, pause, remove, resume, update } from './service.ts'
import { drawWebCopy, findWebCopy } from './web/service.ts'

export const newslettersRoutes: Served = serve(newslettersContract, {
  list,
  get,
  audience,
  create,
  update,
  start: outside(begin),
  pause,
  resume,
  cancel,
  copy,
  askApproval,
  approve,
  rules: readRules,
  setRules,
  rehearse: outside(rehearse),
  remove,
})

const CSP =
  "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** `GET /n/<newsletter>`: a newsletter as a page, where that is switched on. It is nobody's copy, and counts nothing. */
export function publicRoutes(app: FastifyInstance, house: House): void {
  app.get<{ Params: { id: string } }>('/n/:id', async (request, reply) => {
    const found = await withRead(house, { kind: 'public' }, (ctx) => findWebCopy(ctx, request.params.id))
    const html = found && (await drawWebCopy(found))
    return reply
      .code(html === null ? 404 : 200)
      .header('content-security-policy', CSP)
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .header('x-robots-tag', 'noindex')
      .type('text/html; charset=utf-8')
      .send(html ?? '<!doctype html><meta charset="utf-8"><title>404</title><p>このページはありません。 / There is no such page.</p>')
  })
}
