import { type Served, serve } from '#kernel/serve.ts'
import { templateKitContract } from './contract.ts'
import { get, removeBlock, saveBlock, setColours } from './service.ts'

export const templateKitRoutes: Served = serve(templateKitContract, { get, saveBlock, removeBlock, setColours })
