import { z } from 'zod'
import { withTx } from '#kernel/db/tx.ts'
import { defineJob } from '#kernel/jobs.ts'
import { forgetOld } from './calls/service.ts'

/** Webhooks that were queued before calls had a table of their own. */
export const sendWebhook = defineJob({
  name: 'orchestrate.webhook',
  schema: z.object({ id: z.guid(), url: z.string().max(2_000), at: z.iso.datetime(), body: z.string().max(100_000) }),
  retries: 12,
  expireSeconds: 60,
  part: 'webhooks',
  run: async (house, call) => {
    const answer = await house.ports.webhook(house, { ...call, at: new Date(call.at) })
    if (answer.kind === 'refused') house.log.warn({ webhook: call.id, reason: answer.reason }, 'a webhook was refused and is not repeated')
    if (answer.kind === 'failed') throw new Error(`the webhook did not get through: ${answer.reason}`)
  },
})

/** Calls that were settled long ago are forgotten, every night. */
export const forgetCalls = defineJob({
  name: 'orchestrate.forget-calls',
  schema: z.object({}),
  cron: '40 18 * * *',
  run: (house) => withTx(house, { kind: 'system', name: 'scenarios' }, forgetOld),
})
