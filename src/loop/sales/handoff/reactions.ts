import { subjectOf } from '#kernel/db/buckets.ts'
import type { Reaction } from '#kernel/pass.ts'
import { CROSSING_EVENTS, crossingIn } from './decide.ts'
import { handOff, settings } from './service.ts'

/** Threshold reached: the lead goes to sales, once per crossing. */
export const handoffReactions: readonly Reaction[] = [
  {
    name: 'hand-off: threshold reached',
    on: CROSSING_EVENTS,
    hears: async (ctx) => {
      const rules = await settings(ctx)
      return (event) => crossingIn(event, rules) !== null
    },
    run: async (ctx, _pass, news) => {
      const rules = await settings(ctx)
      const asks = news.flatMap((one) => {
        const crossing = crossingIn(one, rules)
        return crossing ? [{ ...crossing, subject: subjectOf(one.personId), causeId: one.eventId, hop: one.hop }] : []
      })
      await handOff(ctx, asks)
    },
  },
]
