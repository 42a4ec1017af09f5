import { outside, type Served, serve } from '#kernel/serve.ts'
import { mailReportsContract } from './contract.ts'
import { again, clickMap, people, report, segment } from './service.ts'

export const mailReportsRoutes: Served = serve(mailReportsContract, {
  report,
  clickMap: outside(clickMap),
  people,
  segment,
  again,
})
