import { serve } from '#kernel/serve.ts'
import { scenarioReportsContract } from './contract.ts'
import { compare, comparePeople } from './service.ts'
import { timing, timingPeople } from './timing/service.ts'

export const scenarioReportsRoutes = serve(scenarioReportsContract, { compare, comparePeople, timing, timingPeople })
