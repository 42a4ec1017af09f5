import { z } from 'zod'
import { defineJob } from '#kernel/jobs.ts'

/** Sends one webhook of a scenario: at least once, under a stable id, repeated with growing pauses for about a day. */
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
