import { serve } from '#kernel/serve.ts'
import { versionsContract } from './contract.ts'
import * as service from './service.ts'

export const scenarioVersionsRoutes = serve(versionsContract, service)
