// Why somebody stops our mails, as they tick it themselves. Without schemas, so that screens load little.

/** The reasons the page offers, in the words in which they are ticked there. */
export const STOP_REASONS = [
  { value: 'often', ja: '回数が多い', en: 'Too many' },
  { value: 'irrelevant', ja: '内容が合わない', en: 'Not relevant' },
  { value: 'unknown', ja: '登録した覚えがない', en: 'I never signed up' },
  { value: 'left', ja: '担当が変わった', en: 'I have another job now' },
  { value: 'other', ja: 'その他', en: 'Other' },
] as const
export type StopReason = (typeof STOP_REASONS)[number]['value']

/** The reason some text names, or undefined. */
export const stopReasonOf = (text: string | null): StopReason | undefined => STOP_REASONS.find((one) => one.value === text)?.value
