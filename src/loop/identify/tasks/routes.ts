import { serve } from '#kernel/serve.ts'
import { tasksContract } from './contract.ts'
import { add, change, get, list, remove, restore } from './service.ts'

export const tasksRoutes = serve(tasksContract, {
  list: (ctx, input) => list(ctx, input),
  get: (ctx, input) => get(ctx, input),
  add: (ctx, input) => add(ctx, input),
  change: (ctx, input) => change(ctx, input),
  remove: (ctx, input) => remove(ctx, input),
  restore: (ctx, input) => restore(ctx, input),
})
