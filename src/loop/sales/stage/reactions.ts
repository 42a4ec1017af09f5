import { distinctSubjects, subjectOf } from '#kernel/db/buckets.ts'
import type { Reaction } from '#kernel/pass.ts'
import { leadsOf } from '../people.ts'
import { selectStages } from './queries.ts'
import { moveStages } from './service.ts'

/** A new lead that is written to, or that a scenario takes along, is being nurtured. */
export const stageReactions: readonly Reaction[] = [
  {
    name: 'stage: nurturing begins',
    on: ['mail.sent', 'scenario.entered'],
    run: async (ctx, _pass, news) => {
      const leads = await leadsOf(ctx, news)
      // Most mails go to leads that are past this step: they are only read, not locked.
      const stages = await selectStages(ctx.db, distinctSubjects(news.map((one) => subjectOf(one.personId))))
      await moveStages(
        ctx,
        news
          .filter((one) => leads.has(one.personId) && (stages.get(one.personId)?.stage ?? 'new') === 'new')
          .map((one) => ({
            subject: subjectOf(one.personId),
            cause: 'nurtured' as const,
            causeId: one.eventId,
            hop: one.hop,
            historic: one.historic,
          })),
      )
    },
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
