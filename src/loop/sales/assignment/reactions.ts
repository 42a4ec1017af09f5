import { subjectOf } from '#kernel/db/buckets.ts'
import type { Reaction } from '#kernel/pass.ts'
import { assignBy, readPlan } from './service.ts'

/** A new lead gets its owner by rule, at once; people of imports and replays only when the plan says so. */
export const assignmentReactions: readonly Reaction[] = [
  {
    name: 'assignment: a new lead',
    on: ['lead.created', 'lead.named'],
    run: async (ctx, _pass, news) => {
      const plan = await readPlan(ctx)
      if (!plan.isOn) return
      const asks = news
        .filter((one) => plan.imports || !one.historic)
        .map((one) => ({ subject: subjectOf(one.personId), causeId: one.eventId, hop: one.hop }))
      await assignBy(ctx, plan, asks, false)
    },
  },
]
