import { subjectOf } from '#kernel/db/buckets.ts'
import { derivedId } from '#kernel/journal.ts'
import type { Reaction } from '#kernel/pass.ts'
import { changeFields, type FieldAct } from '../change/service.ts'
import { selectProducts } from './queries.ts'

/** Who viewed a page of a group that stands for a product is interested in it. */
export const productReactions: readonly Reaction[] = [
  {
    name: 'interested products: pages viewed',
    on: ['page.viewed'],
    run: async (ctx, _pass, news) => {
      const seen = news.filter((one) => one.pageGroup !== null)
      if (!seen.length) return
      const products = (await selectProducts(ctx.db)).filter((one) => one.archived_at === null && one.page_groups.length)
      if (!products.length) return
      const acts = new Map<string, FieldAct & { addProducts: string[] }>()
      for (const one of seen) {
        const keys = products.filter((product) => product.page_groups.includes(one.pageGroup ?? '')).map((product) => product.key)
        if (!keys.length) continue
        const causeId = derivedId(one.eventId, 'identify', 'interest')
        const act = acts.get(one.personId) ?? { subject: subjectOf(one.personId), causeId, hop: one.hop + 1, addProducts: [] }
        act.addProducts.push(...keys)
        acts.set(one.personId, act)
      }
      await changeFields(ctx, [...acts.values()])
    },
  },
]
