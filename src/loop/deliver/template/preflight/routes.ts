import { outside, type Served, serve } from '#kernel/serve.ts'
import { templateCheckContract } from './contract.ts'
import { charset, links } from './service.ts'

export const templateCheckRoutes: Served = serve(templateCheckContract, { charset: outside(charset), links: outside(links) })
