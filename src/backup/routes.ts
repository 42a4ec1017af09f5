import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { actorOf } from '#access/actor.ts'
import { record } from '#access/audit/service.ts'
import type { House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { outside, serve } from '#kernel/serve.ts'
import { admit } from '../server/door.ts'
import { backupsContract } from './contract.ts'
import { makeJob } from './jobs.ts'
import { beginRun, checkRun, fileOf, heldNow, overview, release, removeRun, saveSettings } from './service.ts'

/** The file itself: a stream, with the same sign-in and permission as the API. */
export function publicRoutes(app: FastifyInstance, house: House): void {
  app.get<{ Params: { id: string } }>('/api/backups/:id/file', async (request, reply) => {
    const actor = await actorOf({ method: request.method, headers: request.headers }, house)
    admit({ actor, permission: 'backups.write' })
    const path = await withTx(house, actor, async (ctx) => {
      const found = await fileOf(ctx, request.params.id)
      await record(ctx, { action: 'backups.download', subjectKind: 'backups', subjectId: request.params.id, detail: {} })
      return found
    })
    const { size } = await stat(path)
    return reply
      .header('content-type', 'application/x-tar')
      .header('content-length', size)
      .header('content-disposition', `attachment; filename="${path.split(/[\\/]/).at(-1)}"`)
      .header('cache-control', 'no-store')
      .send(createReadStream(path))
  })
}

export const backupsRoutes = serve(backupsContract, {
  overview: (ctx) => overview(ctx),
  make: async (ctx) => {
    const id = await beginRun(ctx, 'hand')
    await ctx.house.jobs.enqueue(ctx, makeJob, { id })
    return { id }
  },
  saveSettings: (ctx, input) => saveSettings(ctx, input),
  check: outside(async (door, { id }) => checkRun(await door.read((ctx) => fileOf(ctx, id)))),
  remove: (ctx, input) => removeRun(ctx, input),
  held: (ctx) => heldNow(ctx),
  release: (ctx, input) => release(ctx, input),
})
