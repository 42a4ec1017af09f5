import { serve } from '#kernel/serve.ts'
import { analysisContract } from './contract.ts'
import { cross, spread, stages } from './service.ts'

export const analysisRoutes = serve(analysisContract, { cross, stages, spread })
