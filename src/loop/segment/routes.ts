import { serve } from '#kernel/serve.ts'
import { archive, restore } from './archive/service.ts'
import { segmentsContract } from './contract.ts'
import * as service from './service.ts'

export const segmentsRoutes = serve(segmentsContract, {
  list: service.list,
  get: service.get,
  create: service.create,
  change: service.change,
  archive,
  restore,
  preview: service.preview,
  members: service.members,
  history: service.history,
  versions: service.versions,
  why: service.why,
  ofPerson: service.ofPerson,
  vocabulary: service.vocabulary,
})
