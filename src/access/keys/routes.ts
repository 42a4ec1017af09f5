import { serve } from '#kernel/serve.ts'
import { keysContract } from './contract.ts'
import { create, list, revoke } from './service.ts'

export const keysRoutes = serve(keysContract, { list, create, revoke })
