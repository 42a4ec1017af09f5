import { serve } from '#kernel/serve.ts'
import { analysisContract } from './contract.ts'
import { cross, moved, spread, stages } from './service.ts'

export const analysisRoutes = serve(analysisContract, { cross, stages, moved, spread })
