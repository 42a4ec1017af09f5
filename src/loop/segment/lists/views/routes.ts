import { serve } from '#kernel/serve.ts'
import { viewsContract } from './contract.ts'
import { change, create, list, remove } from './service.ts'

export const viewsRoutes = serve(viewsContract, {
  list: (ctx, input) => list(ctx, input),
  create: (ctx, input) => create(ctx, input),
  change: (ctx, input) => change(ctx, input),
  remove: (ctx, input) => remove(ctx, input),
})
