import { serve } from '#kernel/serve.ts'
import { campaignsContract } from './contract.ts'
import { create, get, join, leave, list, members, ofLead, remove, restore, update } from './service.ts'

export const campaignsRoutes = serve(campaignsContract, { list, get, members, ofLead, create, update, remove, restore, join, leave })
