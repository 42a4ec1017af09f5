import { serve } from '#kernel/serve.ts'
import { liftContract } from './contract.ts'
import { company, ofScenario, setHoldout } from './service.ts'

export const liftRoutes = serve(liftContract, { ofScenario, company, setHoldout })
