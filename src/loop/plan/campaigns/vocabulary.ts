// Kinds of campaigns and the statuses their members begin with. Browser-safe.

export const CAMPAIGN_KINDS = ['exhibition', 'seminar', 'ad', 'mail', 'web', 'other'] as const
export type CampaignKind = (typeof CAMPAIGN_KINDS)[number]

/** Statuses of a new campaign by its kind; every campaign may have its own. */
export const DEFAULT_STATUSES: Readonly<Record<CampaignKind, readonly string[]>> = {
  exhibition: ['招待', '来場', '名刺交換', '商談化', '成約'],
  seminar: ['案内', '申込', '参加', '欠席', '商談化', '成約'],
  ad: ['接触', '反応', '商談化', '成約'],
  mail: ['送付', '反応', '商談化', '成約'],
  web: ['訪問', '反応', '商談化', '成約'],
  other: ['対象', '反応', '商談化', '成約'],
}

/** The same words for screens in English. */
export const STATUS_ENGLISH: Readonly<Record<string, string>> = {
  招待: 'Invited',
  来場: 'Visited',
  名刺交換: 'Card exchanged',
  案内: 'Sent',
  申込: 'Registered',
  参加: 'Attended',
  欠席: 'Absent',
  接触: 'Reached',
  反応: 'Responded',
  送付: 'Sent',
  訪問: 'Visited',
  対象: 'Member',
  商談化: 'Deal',
  成約: 'Won',
}
