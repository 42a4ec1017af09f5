import type { FastifyInstance } from 'fastify'
import type { House } from '#kernel/ctx.ts'
import { serve } from '#kernel/serve.ts'
import { importsContract } from './contract.ts'
import { mountImports } from './http.ts'
import { getImport, listImports, listRows } from './reads.ts'
import { cancelImport, checkImport, pauseImport, resumeImport, startImport, undoImport } from './service.ts'

/** Upload and the file of rows that were not taken: streams, with the same sign-in and permissions as the API. See http.ts. */
export function publicRoutes(app: FastifyInstance, house: House): void {
  mountImports(app, house)
}

export const importsRoutes = serve(importsContract, {
  list: listImports,
  get: getImport,
  check: checkImport,
  start: startImport,
  pause: pauseImport,
  resume: resumeImport,
  cancel: cancelImport,
  undo: undoImport,
  rows: listRows,
})
