// The stages of a lead, in the order in which they are reached. Browser-safe.
export const STAGES = ['new', 'nurture', 'mql', 'sql', 'deal', 'customer'] as const
export type Stage = (typeof STAGES)[number]

export const STAGE_WORDS = [
  { value: 'new', ja: '新規', en: 'New' },
  { value: 'nurture', ja: '育成中', en: 'Nurturing' },
  { value: 'mql', ja: 'MQL', en: 'MQL' },
  { value: 'sql', ja: 'SQL', en: 'SQL' },
  { value: 'deal', ja: '商談', en: 'Deal' },
  { value: 'customer', ja: '顧客', en: 'Customer' },
] as const
