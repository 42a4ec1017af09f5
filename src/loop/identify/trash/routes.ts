import { serve } from '#kernel/serve.ts'
import { trashContract } from './contract.ts'
import { empty, list, putBack, state } from './emptying.ts'

export const trashRoutes = serve(trashContract, {
  list: (ctx, input) => list(ctx, input),
  state: (ctx) => state(ctx),
  restore: (ctx, input) => putBack(ctx, input),
  empty: (ctx) => empty(ctx),
})
