import { serve } from '#kernel/serve.ts'
import { merge, reopen, settle, undoMerge } from './change/merge.ts'
import { create, link, setRole, splitOff, unlink, update } from './change/service.ts'
import { companiesContract } from './contract.ts'
import { candidates, count, get, list, ofLead, people, timeline } from './reads.ts'

export const companiesRoutes = serve(companiesContract, {
  list,
  count,
  candidates,
  settle,
  reopen,
  ofLead,
  link,
  unlink,
  role: setRole,
  splitOff,
  undoMerge,
  get,
  create,
  update,
  people,
  timeline,
  merge,
})
