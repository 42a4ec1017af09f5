import { subjectOf } from '#kernel/db/buckets.ts'
import type { Reaction } from '#kernel/pass.ts'
import { followDeals } from './service.ts'

const DEAL_MOVED = ['created', 'changed', 'stage_changed', 'won', 'lost', 'reopened', 'joined', 'parted', 'removed', 'restored'].map(
  (what) => `deal.${what}`,
)

/** Deals follow the companies of their people; what a company is worth follows its deals. */
export const companyDealReactions: readonly Reaction[] = [
  {
    name: 'companies: deals find their company',
    on: [...DEAL_MOVED, 'company.linked', 'lead.adopted'],
    run: (ctx, _pass, news) => followDeals(ctx, [...new Set(news.map((one) => one.personId))].map(subjectOf)),
  },
]
