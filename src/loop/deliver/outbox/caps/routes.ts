import { serve } from '#kernel/serve.ts'
import { capsContract } from './contract.ts'
import * as caps from './service.ts'

export const capsRoutes = serve(capsContract, { read: (ctx) => caps.read(ctx), people: caps.people, save: caps.save, ofLead: caps.ofLead })
