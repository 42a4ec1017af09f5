import { serve } from '#kernel/serve.ts'
import { versionsContract } from './contract.ts'
import { diff, goOnMoving, move, moves, note, rollback } from './service.ts'

export const scenarioVersionsRoutes = serve(versionsContract, { diff, rollback, move, moves, goOnMoving, note })
