import { serve } from '#kernel/serve.ts'
import { neglectContract } from './contract.ts'
import { recount } from './jobs.ts'
import * as service from './service.ts'

export const neglectRoutes = serve(neglectContract, {
  report: (ctx) => service.report(ctx),
  people: service.people,
  save: async (ctx, input) => {
    const saved = await service.saveSettings(ctx, input)
    await recount(ctx)
    return saved
  },
  park: service.park,
  unpark: service.unpark,
  giveBack: (ctx) => service.returnPage(ctx, 1_000),
  recount: (ctx) => recount(ctx),
})
