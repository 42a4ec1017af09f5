import { serve } from '#kernel/serve.ts'
import { guardContract } from './contract.ts'
import { people, report, save } from './service.ts'

export const guardRoutes = serve(guardContract, { report, people, save })
