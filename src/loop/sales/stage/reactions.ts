import { bucketOf } from '#kernel/db/buckets.ts'
import type { Reaction } from '#kernel/pass.ts'
import { leadsOf } from '../people.ts'
import { moveStages } from './service.ts'

/** A new lead that is written to, or that a scenario takes along, is being nurtured. */
export const stageReactions: readonly Reaction[] = [
  {
    name: 'stage: nurturing begins',
    on: ['mail.sent', 'scenario.entered'],
    run: async (ctx, _pass, news) => {
      const leads = await leadsOf(ctx, news)
      await moveStages(
        ctx,
        news
          .filter((one) => leads.has(one.personId))
          .map((one) => ({
            subject: { bucket: bucketOf(one.personId), id: one.personId },
            cause: 'nurtured' as const,
            causeId: one.eventId,
            hop: one.hop,
            historic: one.historic,
          })),
      )
    },
  },
]
