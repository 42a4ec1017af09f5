import { outside, type Served, serve } from '#kernel/serve.ts'
import { pacesContract } from './contract.ts'
import { forget, list, set } from './service.ts'

export const pacesRoutes: Served = serve(pacesContract, { list, set: outside(set), forget })
