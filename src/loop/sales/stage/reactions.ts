import { subjectOf } from '#kernel/db/buckets.ts'
import type { Reaction } from '#kernel/pass.ts'
import { leadsOf } from '../people.ts'
import { beginNurturing, moveStages } from './service.ts'

/** A new lead that is written to is being nurtured, and so is one that a scenario takes along, which says so itself. */
export const stageReactions: readonly Reaction[] = [
  {
    name: 'stage: nurturing begins',
    on: ['mail.sent'],
    run: (ctx, _pass, news) =>
      beginNurturing(
        ctx,
        news.map((one) => ({ subject: subjectOf(one.personId), causeId: one.eventId, hop: one.hop, historic: one.historic })),
      ),
  },
  {
    name: 'stage: two leads became one, or parted',
    on: ['lead.adopted', 'lead.released'],
    run: async (ctx, _pass, news) => {
      // A visitor that went into its lead brought neither hand-off nor deal: only what a colleague joined can move a stage.
      const joined = news.filter((one) => one.name === 'lead.released' || one.props.byHand === true)
      const leads = await leadsOf(ctx, joined)
      await moveStages(
        ctx,
        joined
          .filter((one) => leads.has(one.personId))
          .map((one) => ({
            subject: subjectOf(one.personId),
            cause: one.name === 'lead.released' ? ('parted' as const) : ('merged' as const),
            causeId: one.eventId,
            hop: one.hop,
            historic: one.historic,
          })),
      )
    },
  },
]
