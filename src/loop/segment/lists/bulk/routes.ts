import { serve } from '#kernel/serve.ts'
import { bulkContract } from './contract.ts'
import { cancel, get, list, start, undo } from './service.ts'

export const bulkRoutes = serve(bulkContract, {
  start: (ctx, input) => start(ctx, input),
  list: (ctx, input) => list(ctx, input),
  get: (ctx, input) => get(ctx, input),
  cancel: (ctx, input) => cancel(ctx, input),
  undo: (ctx, input) => undo(ctx, input),
})
