// Why deals are lost, and the stages a new installation begins with. Browser-safe.
export const LOST_REASONS = [
  { value: 'timing', ja: '時期が合わない', en: 'Timing' },
  { value: 'budget', ja: '予算が合わない', en: 'Budget' },
  { value: 'price', ja: '価格', en: 'Price' },
  { value: 'competitor', ja: '競合に決まった', en: 'Competitor' },
  { value: 'function', ja: '機能・要件が合わない', en: 'Missing function' },
  { value: 'no_decision', ja: '検討が中止になった', en: 'No decision' },
  { value: 'no_contact', ja: '連絡が途絶えた', en: 'Lost contact' },
  { value: 'other', ja: 'その他', en: 'Other' },
] as const
export const LOST_REASON_VALUES = ['timing', 'budget', 'price', 'competitor', 'function', 'no_decision', 'no_contact', 'other'] as const
export type LostReason = (typeof LOST_REASON_VALUES)[number]

/** A stage of open deals. `meeting`: reached once a meeting (商談) took place; before that it is only a chance (案件). */
export interface DealStage {
  readonly key: string
  readonly ja: string
  readonly en: string
  /** Chance to win, percent. */
  readonly probability: number
  readonly meeting: boolean
}

export const DEFAULT_STAGES: readonly DealStage[] = [
  { key: 'contact', ja: '案件化', en: 'Qualified', probability: 10, meeting: false },
  { key: 'meeting', ja: '初回商談', en: 'First meeting', probability: 25, meeting: true },
  { key: 'proposal', ja: '提案', en: 'Proposal', probability: 45, meeting: true },
  { key: 'quote', ja: '見積', en: 'Quote', probability: 65, meeting: true },
  { key: 'closing', ja: '最終交渉', en: 'Closing', probability: 85, meeting: true },
]
