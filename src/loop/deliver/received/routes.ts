import { serve } from '#kernel/serve.ts'
import { receivedContract } from './contract.ts'
import { list } from './service.ts'

export const receivedRoutes = serve(receivedContract, { list: (ctx, input) => list(ctx, input) })
