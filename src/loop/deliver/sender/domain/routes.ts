import { outside, type Served, serve } from '#kernel/serve.ts'
import { domainContract } from './contract.ts'
import { check, read } from './service.ts'

export const domainRoutes: Served = serve(domainContract, { read, check: outside(check) })
