// Why a lead is handed to sales, and why sales gives it back. Browser-safe.
export const HANDOFF_REASONS = ['hot', 'score', 'scenario', 'hand'] as const
export type HandoffReason = (typeof HANDOFF_REASONS)[number]

export const RETURN_REASONS = [
  { value: 'too_early', ja: '時期尚早', en: 'Too early' },
  { value: 'no_budget', ja: '予算がない', en: 'No budget' },
  { value: 'no_need', ja: 'ニーズがない', en: 'No need' },
  { value: 'wrong_person', ja: '担当者・決裁者ではない', en: 'Wrong person' },
  { value: 'unreachable', ja: '連絡がつかない', en: 'Cannot be reached' },
  { value: 'duplicate', ja: '重複・対応中', en: 'Duplicate or under way' },
  { value: 'bad_data', ja: '情報が不正確', en: 'Wrong data' },
  { value: 'other', ja: 'その他', en: 'Other' },
] as const
export const RETURN_REASON_VALUES = [
  'too_early',
  'no_budget',
  'no_need',
  'wrong_person',
  'unreachable',
  'duplicate',
  'bad_data',
  'other',
] as const
