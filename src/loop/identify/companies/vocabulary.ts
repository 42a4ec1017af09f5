// The closed lists of companies, with their words. Browser-safe.
import type { Choice } from '../vocabulary.ts'

/** What a person says in the buying decision. */
export const BUYING_ROLES = ['decider', 'influencer', 'champion', 'user', 'gatekeeper', 'unknown'] as const
export type BuyingRole = (typeof BUYING_ROLES)[number]

export const buyingRoles: readonly Choice[] = [
  { value: 'decider', ja: '決裁者', en: 'Decider' },
  { value: 'influencer', ja: '影響者', en: 'Influencer' },
  { value: 'champion', ja: '推進者', en: 'Champion' },
  { value: 'user', ja: '利用者', en: 'User' },
  { value: 'gatekeeper', ja: '窓口', en: 'Gatekeeper' },
  { value: 'unknown', ja: '未確認', en: 'Unknown' },
]

/** How a person came to a company. */
export const LINKED_BY = ['mail', 'number', 'website', 'name', 'hand'] as const
export type LinkedBy = (typeof LINKED_BY)[number]
