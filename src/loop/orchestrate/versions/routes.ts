import { serve } from '#kernel/serve.ts'
import { versionsContract } from './contract.ts'
import { diff, move, moves, note, rollback } from './service.ts'

export const scenarioVersionsRoutes = serve(versionsContract, { diff, rollback, move, moves, note })
