import { serve } from '#kernel/serve.ts'
import { snapshotsContract } from './contract.ts'
import { change, list, remove, restore, take } from './service.ts'

export const snapshotsRoutes = serve(snapshotsContract, { list, take, change, remove, restore })
