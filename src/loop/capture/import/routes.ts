import type { FastifyInstance } from 'fastify'
import type { House } from '#kernel/ctx.ts'
import { serve } from '#kernel/serve.ts'
import { importsContract } from './contract.ts'
import { mountImports } from './http.ts'
import { cancelImport, getImport, listImports, listRows, startImport } from './service.ts'

/** Upload and the file of rejected rows: streams, with the same sign-in and permissions as the API. See http.ts. */
export function publicRoutes(app: FastifyInstance, house: House): void {
  mountImports(app, house)
}

export const importsRoutes = serve(importsContract, {
  list: (ctx, input) => listImports(ctx, input),
  get: (ctx, input) => getImport(ctx, input),
  start: (ctx, input) => startImport(ctx, input),
  cancel: (ctx, input) => cancelImport(ctx, input),
  rows: (ctx, input) => listRows(ctx, input),
})
