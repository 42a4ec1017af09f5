import { type Served, serve } from '#kernel/serve.ts'
import { newslettersContract } from './contract.ts'
import { audience, cancel, create, get, list, pause, people, remove, resume, start, update } from './service.ts'

export const newslettersRoutes: Served = serve(newslettersContract, {
  list,
  get,
  people,
  audience,
  create,
  update,
  start,
  pause,
  resume,
  cancel,
  remove,
})
