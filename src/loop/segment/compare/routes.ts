import { serve } from '#kernel/serve.ts'
import { compareContract } from './contract.ts'
import { compare } from './service.ts'

export const compareRoutes = serve(compareContract, { compare })
