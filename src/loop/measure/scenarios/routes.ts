import { serve } from '#kernel/serve.ts'
import { scenarioReportsContract } from './contract.ts'
import { compare } from './service.ts'

export const scenarioReportsRoutes = serve(scenarioReportsContract, { compare })
