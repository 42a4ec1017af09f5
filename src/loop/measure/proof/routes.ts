import { serve } from '#kernel/serve.ts'
import { proofContract } from './contract.ts'
import { deals, ofScore } from './service.ts'

export const proofRoutes = serve(proofContract, { ofScore, deals })
