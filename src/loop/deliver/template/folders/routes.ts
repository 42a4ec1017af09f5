import { type Served, serve } from '#kernel/serve.ts'
import { templateFoldersContract } from './contract.ts'
import { create, list, place, remove, update } from './service.ts'

export const templateFoldersRoutes: Served = serve(templateFoldersContract, { list, create, update, remove, place })
