import { serve } from '#kernel/serve.ts'
import { scoresContract } from './contract.ts'
import * as service from './manage/service.ts'

export const scoresRoutes = serve(scoresContract, {
  list: service.list,
  add: service.add,
  rename: service.rename,
  saveDraft: service.saveDraft,
  dropDraft: service.dropDraft,
  publish: service.publish,
  compare: service.compare,
  why: service.why,
  ofPerson: service.ofPerson,
  addPoints: service.addPoints,
  vocabulary: service.vocabulary,
})
