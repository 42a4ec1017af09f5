import { serve } from '#kernel/serve.ts'
import { mqlContract } from './contract.ts'
import { agree, drop, get, propose, publish } from './service.ts'

export const mqlRoutes = serve(mqlContract, { get, propose, drop, agree, publish })
