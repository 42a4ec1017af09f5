import { serve } from '#kernel/serve.ts'
import { householdsContract } from './contract.ts'
import { create, join, leave, ofLead, rename } from './service.ts'

export const householdsRoutes = serve(householdsContract, { ofLead, create, rename, join, leave })
