import { type Served, serve } from '#kernel/serve.ts'
import { networksContract } from './contract.ts'
import { read, save } from './own.ts'

export const networksRoutes: Served = serve(networksContract, { read, save })
