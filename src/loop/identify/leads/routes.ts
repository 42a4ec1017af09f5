import { serve } from '#kernel/serve.ts'
import { undoAdoption } from '../adopt/service.ts'
import { assign, createLead, eraseLead, recordBasis, settlePair, stopLead, updateLead } from '../change/service.ts'
import { leadsContract } from './contract.ts'
import { countLeads, listLeads } from './list.ts'
import { candidates, getLead, listSources, timeline } from './service.ts'

export const leadsRoutes = serve(leadsContract, {
  list: (ctx, input) => listLeads(ctx, input),
  count: (ctx, input) => countLeads(ctx, input),
  sources: (ctx) => listSources(ctx),
  get: (ctx, input) => getLead(ctx, input),
  create: (ctx, input) => createLead(ctx, input),
  update: (ctx, input) => updateLead(ctx, input),
  assign: (ctx, input) => assign(ctx, input),
  erase: (ctx, input) => eraseLead(ctx, input),
  stop: (ctx, input) => stopLead(ctx, input),
  basis: (ctx, input) => recordBasis(ctx, input),
  timeline: (ctx, input) => timeline(ctx, input),
  undoAdoption: async (ctx, input) => {
    const { lead, released } = await undoAdoption(ctx, input.id)
    return { lead: lead.id, released: released.id }
  },
  candidates: (ctx) => candidates(ctx),
  settle: (ctx, input) => settlePair(ctx, input),
})
