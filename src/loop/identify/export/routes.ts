import type { FastifyInstance } from 'fastify'
import type { House } from '#kernel/ctx.ts'
import { serve } from '#kernel/serve.ts'
import { exportsContract } from './contract.ts'
import { mountExports } from './http.ts'
import { cancel, columns, get, list, start } from './service.ts'

/** Files: streams, with the same sign-in and permissions as the API. See http.ts. */
export function publicRoutes(app: FastifyInstance, house: House): void {
  mountExports(app, house)
}

export const exportsRoutes = serve(exportsContract, {
  columns: (ctx, input) => columns(ctx, input),
  start: (ctx, input) => start(ctx, input),
  list: (ctx, input) => list(ctx, input),
  get: (ctx, input) => get(ctx, input),
  cancel: (ctx, input) => cancel(ctx, input),
})
