import { serve } from '#kernel/serve.ts'
import { priorityContract } from './contract.ts'
import { back, done, list, snooze } from './service.ts'

export const priorityRoutes = serve(priorityContract, { list, done, snooze, back })
