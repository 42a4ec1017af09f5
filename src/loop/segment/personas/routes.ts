import { serve } from '#kernel/serve.ts'
import { personasContract } from './contract.ts'
import { change, create, list, order, remove, restore } from './service.ts'

export const personasRoutes = serve(personasContract, { list, create, change, order, remove, restore })
