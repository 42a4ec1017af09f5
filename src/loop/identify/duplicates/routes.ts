import { serve } from '#kernel/serve.ts'
import { duplicatesContract } from './contract.ts'
import { different, list, merge, merges, pair, reopen, scan, state } from './service.ts'

export const duplicatesRoutes = serve(duplicatesContract, {
  list: (ctx, input) => list(ctx, input),
  state: (ctx) => state(ctx),
  scan: (ctx) => scan(ctx),
  pair: (ctx, input) => pair(ctx, input),
  merge: (ctx, input) => merge(ctx, input),
  different: (ctx, input) => different(ctx, input),
  reopen: (ctx, input) => reopen(ctx, input),
  merges: (ctx, input) => merges(ctx, input),
})
