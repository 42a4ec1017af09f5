import { outside, serve } from '#kernel/serve.ts'
import { mergePages } from '../adopt/jobs.ts'
import { undoAdoption } from '../adopt/service.ts'
import { assign, createLead, eraseLead, recordBasis, settlePair, stopLead, updateLead } from '../change/service.ts'
import { noteSeen } from '../watch/service.ts'
import { leadsContract } from './contract.ts'
import { countLeads, listLeads } from './list.ts'
import { candidates, getLead, listSources, timeline } from './service.ts'

export const leadsRoutes = serve(leadsContract, {
  list: (ctx, input) => listLeads(ctx, input),
  count: (ctx, input) => countLeads(ctx, input),
  sources: (ctx) => listSources(ctx),
  // Who looked at whom is noted beside the reading.
  get: outside(async (door, input) => {
    const lead = await door.read((ctx) => getLead(ctx, input))
    if (door.actor.kind === 'user') await door.tx((ctx) => noteSeen(ctx, [lead.id], 'viewed'))
    return lead
  }),
  create: (ctx, input) => createLead(ctx, input),
  update: (ctx, input) => updateLead(ctx, input),
  assign: (ctx, input) => assign(ctx, input),
  erase: (ctx, input) => eraseLead(ctx, input),
  stop: (ctx, input) => stopLead(ctx, input),
  basis: (ctx, input) => recordBasis(ctx, input),
  timeline: (ctx, input) => timeline(ctx, input),
  undoAdoption: async (ctx, input) => {
    const { lead, released } = await undoAdoption(ctx, input.id)
    await ctx.house.jobs.enqueue(ctx, mergePages, {}, 'pages')
    return { lead: lead.id, released: released.id }
  },
  candidates: (ctx) => candidates(ctx),
  settle: (ctx, input) => settlePair(ctx, input),
})
