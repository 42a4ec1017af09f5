import type { FastifyInstance } from 'fastify'
import { actorOf } from '#access/actor.ts'
import { read as readCompany } from '#access/company/service.ts'
import { readMe, setupStatus } from '#access/users/service.ts'
import type { House } from '#kernel/ctx.ts'
import { withRead } from '#kernel/db/tx.ts'
import { isDemo } from '../demo/state.ts'

/** Serves `/api/session`: who sits before the screen, in one answer, whether signed in or not. */
export async function mountSession(app: FastifyInstance, house: House): Promise<void> {
  app.get('/api/session', async (request) => {
    const actor = await actorOf({ method: 'GET', headers: request.headers }, house)
    return withRead(house, actor, async (ctx) => {
      if (actor.kind !== 'user') return { setupNeeded: (await setupStatus(ctx)).needed, user: null, permissions: [], company: null }
      const { permissions, ...user } = await readMe(ctx)
      const company = await readCompany(ctx)
      return {
        setupNeeded: false,
        user,
        permissions,
        company: { name: company.legalName || null, timeZone: company.timeZone },
        demo: await isDemo(ctx),
      }
    })
  })
}
