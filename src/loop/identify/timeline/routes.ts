import { serve } from '#kernel/serve.ts'
import { historyContract } from './contract.ts'
import { history, record, story } from './service.ts'

export const historyRoutes = serve(historyContract, {
  list: (ctx, input) => history(ctx, input),
  story: (ctx, input) => story(ctx, input),
  record: (ctx, input) => record(ctx, input),
})
