import { serve } from '#kernel/serve.ts'
import { companySegmentsContract } from './contract.ts'
import { change, create, facts, history, list, ofCompany, preview, remove, restore } from './service.ts'

export const companySegmentsRoutes = serve(companySegmentsContract, {
  list,
  facts,
  preview,
  create,
  change,
  remove,
  restore,
  history,
  ofCompany,
})
