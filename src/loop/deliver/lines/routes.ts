import { outside, type Served, serve } from '#kernel/serve.ts'
import { linesContract } from './contract.ts'
import * as issues from './issues.ts'
import { readiness } from './ready/service.ts'
import * as service from './service.ts'

export const linesRoutes: Served = serve(linesContract, {
  list: service.list,
  get: service.get,
  create: service.create,
  update: service.update,
  remove: service.remove,
  restore: service.restore,
  plan: issues.plan,
  readiness,
  calendar: service.calendar,
  notices: service.notices,
  addIssue: issues.addIssue,
  updateIssue: issues.update,
  moveIssue: issues.move,
  skipIssue: issues.skip,
  removeIssue: issues.remove,
  restoreIssue: issues.restore,
  open: outside(issues.open),
})
