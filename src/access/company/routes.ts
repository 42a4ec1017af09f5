import { serve } from '#kernel/serve.ts'
import { companyContract } from './contract.ts'
import { read, update } from './service.ts'

export const companyRoutes = serve(companyContract, { read, update })
