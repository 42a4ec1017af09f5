import { subjectOf } from '#kernel/db/buckets.ts'
import type { Reaction } from '#kernel/pass.ts'
import { keepRefusals } from './refused.ts'

/** What a receiving server refused at the door stands in the list of bounces like what came back later. */
export const bounceReactions: readonly Reaction[] = [
  {
    name: 'bounces: keep what was refused',
    on: ['mail.bounced'],
    run: (ctx, _pass, news) =>
      keepRefusals(
        ctx,
        news.flatMap((one) => {
          const { delivery, source } = one.props
          return typeof delivery === 'string' && source === undefined
            ? [{ subject: subjectOf(one.personId), delivery, at: one.occurredAt }]
            : []
        }),
      ),
  },
]
