import { serve } from '#kernel/serve.ts'
import { change, forecast, idle, list as retention } from '../retention/service.ts'
import { list as accesses } from '../watch/service.ts'
import { privacyContract } from './contract.ts'
import { consents, exportPerson, overview, people, record } from './privacy.ts'

export const privacyRoutes = serve(privacyContract, {
  consents: (ctx, input) => consents(ctx, input),
  record: (ctx, input) => record(ctx, input),
  overview: (ctx) => overview(ctx),
  people: (ctx, input) => people(ctx, input),
  export: (ctx, input) => exportPerson(ctx, input),
  accesses: (ctx, input) => accesses(ctx, input),
  retention: (ctx) => retention(ctx),
  setRetention: (ctx, input) => change(ctx, input),
  forecast: (ctx, input) => forecast(ctx, input),
  idle: (ctx, input) => idle(ctx, input),
})
