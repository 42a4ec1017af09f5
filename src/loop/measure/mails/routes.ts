import { outside, type Served, serve } from '#kernel/serve.ts'
import { mailReportsContract } from './contract.ts'
import { again, clickMap, people, report, segment, stepPeople, stepReport } from './service.ts'

export const mailReportsRoutes: Served = serve(mailReportsContract, {
  report,
  clickMap: outside(clickMap),
  people,
  stepReport,
  stepPeople,
  segment,
  again,
})
