import { serve } from '#kernel/serve.ts'
import { call, match } from './calls.ts'
import { activitiesContract } from './contract.ts'
import { add, change, list, remove, restore } from './service.ts'

export const activitiesRoutes = serve(activitiesContract, {
  list: (ctx, input) => list(ctx, input),
  add: (ctx, input) => add(ctx, input),
  change: (ctx, input) => change(ctx, input),
  remove: (ctx, input) => remove(ctx, input),
  restore: (ctx, input) => restore(ctx, input),
  match: (ctx, input) => match(ctx, input),
  call: (ctx, input) => call(ctx, input),
})
