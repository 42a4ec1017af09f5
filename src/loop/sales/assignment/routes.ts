import { serve } from '#kernel/serve.ts'
import { assignmentContract } from './contract.ts'
import * as service from './service.ts'

export const assignmentRoutes = serve(assignmentContract, {
  read: (ctx) => service.readPlan(ctx),
  save: service.savePlan,
  tryOut: service.tryOut,
  run: service.run,
  undo: service.undo,
  runs: (ctx) => service.runs(ctx),
})
