import { serve } from '#kernel/serve.ts'
import { auditContract } from './contract.ts'
import { list } from './service.ts'

export const auditRoutes = serve(auditContract, { list })
