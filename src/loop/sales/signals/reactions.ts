import { subjectOf } from '#kernel/db/buckets.ts'
import type { Reaction } from '#kernel/pass.ts'
import { SIGNAL_EVENTS, signalIn } from './decide.ts'
import { raise } from './service.ts'

/** What leads do that is worth a call. */
export const signalReactions: readonly Reaction[] = [
  {
    name: 'signals: worth a call',
    on: SIGNAL_EVENTS,
    hears: async () => (event) => signalIn(event) !== null,
    run: async (ctx, _pass, news) => {
      const signals = news.flatMap((one) => {
        const seen = signalIn(one)
        return seen ? [{ ...seen, subject: subjectOf(one.personId), at: one.occurredAt, causeId: one.eventId, hop: one.hop }] : []
      })
      await raise(ctx, signals)
    },
  },
]
