import { outside, serve } from '#kernel/serve.ts'
import { test } from './call.ts'
import { channelsContract } from './contract.ts'
import * as channels from './service.ts'

export const channelsRoutes = serve(channelsContract, {
  list: (ctx) => channels.list(ctx),
  create: channels.create,
  update: channels.update,
  remove: channels.remove,
  restore: channels.restore,
  test: outside(test),
  kept: channels.kept,
})
