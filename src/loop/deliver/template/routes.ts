import { outside, type Served, serve } from '#kernel/serve.ts'
import { templatesContract } from './contract.ts'
import { copy, create, get, list, preview, remove, update, versions } from './service.ts'

export const templatesRoutes: Served = serve(templatesContract, {
  list,
  get,
  create: outside(create),
  update: outside(update),
  copy: outside(copy),
  remove,
  versions,
  preview: outside(preview),
})
