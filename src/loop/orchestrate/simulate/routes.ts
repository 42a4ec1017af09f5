import { serve } from '#kernel/serve.ts'
import { simulationsContract } from './contract.ts'
import * as service from './service.ts'

export const simulationsRoutes = serve(simulationsContract, {
  list: service.list,
  start: service.start,
  get: service.get,
  cancel: service.cancel,
  remove: service.remove,
  day: service.day,
  people: service.people,
})
