import { serve } from '#kernel/serve.ts'
import { trackContract } from './contract.ts'
import { noticeText } from './notice.ts'
import * as service from './service.ts'

export { publicRoutes } from './http.ts'

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
  live: service.live,
  visits: service.visits,
  visitorEvents: service.visitorEvents,
})
