import { type Served, serve } from '#kernel/serve.ts'
import { templateReportContract } from './contract.ts'
import { get, people, personas } from './service.ts'

export const templateReportRoutes: Served = serve(templateReportContract, { get, people, personas })
