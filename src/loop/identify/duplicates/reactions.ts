import { distinctSubjects, subjectOf } from '#kernel/db/buckets.ts'
import type { Reaction } from '#kernel/pass.ts'
import { lookAt } from './find.ts'

/** Whoever became a lead, or changed, may be somebody we know already. */
export const duplicateReactions: readonly Reaction[] = [
  {
    name: 'duplicates: who is this like',
    on: ['lead.created', 'lead.named', 'field.changed', 'lead.adopted', 'lead.released'],
    run: async (ctx, _pass, news) => {
      await lookAt(ctx, distinctSubjects(news.map((one) => subjectOf(one.personId))))
    },
  },
]
