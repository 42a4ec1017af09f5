import { serve } from '#kernel/serve.ts'
import { companyDealsContract } from './contract.ts'
import { ltv, ofCompany } from './service.ts'

export const companyDealsRoutes = serve(companyDealsContract, { ofCompany, ltv })
