import { serve } from '#kernel/serve.ts'
import { qualifyContract } from './contract.ts'
import { get, saveSettings, set, settings } from './service.ts'

export const qualifyRoutes = serve(qualifyContract, { get, set, settings, saveSettings })
