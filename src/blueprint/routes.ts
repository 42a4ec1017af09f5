import type { FastifyInstance } from 'fastify'
import { actorOf } from '#access/actor.ts'
import type { House } from '#kernel/ctx.ts'
import { withRead } from '#kernel/db/tx.ts'
import { outside, serve } from '#kernel/serve.ts'
import { admit } from '../server/door.ts'
import { blueprintContract } from './contract.ts'
import { exportSetup, importSetup } from './service.ts'

/** Loaded with the first scenario that is read or written as text. */
const texts = () => import('./scenarioText.ts')

/** Loaded with the first archive. */
const zipper = () => import('./zip.ts')

/** The set-up as a zip to download. */
export function publicRoutes(app: FastifyInstance, house: House): void {
  app.get('/api/blueprint/setup.zip', async (request, reply) => {
    const actor = await actorOf({ method: request.method, headers: request.headers }, house)
    admit({ actor, permission: 'settings.write' })
    const { files, now } = await withRead(house, actor, async (ctx) => ({ files: await exportSetup(ctx), now: ctx.now }))
    return reply
      .header('content-type', 'application/zip')
      .header('content-disposition', 'attachment; filename="hagukumi-setup.zip"')
      .header('cache-control', 'no-store')
      .send(await (await zipper()).packZip(files, now))
  })
}

const takeIn = (apply: boolean) =>
  outside(async (door, { zip }: { zip: string }) => ({
    changes: await importSetup(door.house, door.actor, await (await zipper()).openZip(Buffer.from(zip, 'base64')), apply),
  }))

export const blueprintRoutes = serve(blueprintContract, {
  plan: takeIn(false),
  apply: takeIn(true),
  readScenario: async (ctx, input) => (await texts()).readScenario(ctx, input),
  writeScenario: async (ctx, input) => (await texts()).writeScenario(ctx, input),
})
