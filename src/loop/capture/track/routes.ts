import type { FastifyInstance } from 'fastify'
import type { House } from '#kernel/ctx.ts'
import { serve } from '#kernel/serve.ts'
import { trackContract } from './contract.ts'
import { mountPublic } from './http.ts'
import { noticeText } from './notice.ts'
import * as service from './service.ts'
import * as visitors from './visitors/service.ts'

/** The scripts, the beacon, the Segment API and the notice page: http.ts. */
export function publicRoutes(app: FastifyInstance, house: House): void {
  mountPublic(app, house)
}

export const trackRoutes = serve(trackContract, {
  sites: service.sites,
  addSite: service.addSite,
  changeSite: service.changeSite,
  siteNotice: async (ctx, input) => noticeText(ctx, await service.siteRow(ctx, input.id)),
  counts: service.counts,
  pageGroups: service.pageGroups,
  addPageGroup: service.addPageGroup,
  changePageGroup: service.changePageGroup,
  removePageGroup: service.removePageGroup,
  tryPageGroup: service.tryPageGroup,
  live: visitors.live,
  visits: visitors.visits,
  visitorEvents: visitors.visitorEvents,
})
