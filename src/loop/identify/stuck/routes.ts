import { serve } from '#kernel/serve.ts'
import { stuckContract } from './contract.ts'
import { list, ofPerson, retry } from './service.ts'

export const stuckRoutes = serve(stuckContract, { list, ofPerson, retry })
