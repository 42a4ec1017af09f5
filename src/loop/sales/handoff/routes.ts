import { serve } from '#kernel/serve.ts'
import { handoffsContract } from './contract.ts'
import { get, list, summary } from './reads.ts'
import { accept, assign, giveBack, makeByHand, reopen, saveSettings, settings } from './service.ts'

export const handoffsRoutes = serve(handoffsContract, {
  list,
  get,
  make: makeByHand,
  accept,
  giveBack,
  reopen,
  assign,
  summary,
  settings,
  saveSettings,
})
