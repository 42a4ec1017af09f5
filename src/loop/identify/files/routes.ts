import type { FastifyInstance } from 'fastify'
import type { House } from '#kernel/ctx.ts'
import { serve } from '#kernel/serve.ts'
import { filesContract } from './contract.ts'
import { mountFiles } from './http.ts'
import { list, remove, restore } from './service.ts'

/** Upload and download: see http.ts. */
export function publicRoutes(app: FastifyInstance, house: House): void {
  mountFiles(app, house)
}

export const filesRoutes = serve(filesContract, {
  list: (ctx, input) => list(ctx, input),
  remove: (ctx, input) => remove(ctx, input),
  restore: (ctx, input) => restore(ctx, input),
})
