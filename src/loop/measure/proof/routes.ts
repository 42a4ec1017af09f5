import { serve } from '#kernel/serve.ts'
import { proofContract } from './contract.ts'
import { ofScore } from './service.ts'

export const proofRoutes = serve(proofContract, { ofScore })
