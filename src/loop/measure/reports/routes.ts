import { serve } from '#kernel/serve.ts'
import { reportsContract } from './contract.ts'
import { dashboard, dismissOnboarding, onboarding, people, trend } from './service.ts'

export const reportsRoutes = serve(reportsContract, { dashboard, trend, people, onboarding, dismissOnboarding })
