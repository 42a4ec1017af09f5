import { subjectOf } from '#kernel/db/buckets.ts'
import type { Reaction } from '#kernel/pass.ts'
import { sendOptins } from './service.ts'

/** Whoever ticked in a form with double opt-in is asked by mail whether it was them. */
export const optinReactions: readonly Reaction[] = [
  {
    name: 'opt-in: ask by mail',
    on: ['consent.asked'],
    run: (ctx, _pass, news) =>
      sendOptins(
        ctx,
        news.flatMap((one) => {
          const id = one.props['optin']
          return typeof id === 'string' && !one.historic ? [{ subject: subjectOf(one.personId), id }] : []
        }),
      ),
  },
]
