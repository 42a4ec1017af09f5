// What is counted by day and person. Browser-safe: contracts name the metrics.
import { CONVERSIONS } from '#loop/deliver/conversion.ts'

/** Metrics of `person_day`; `n` is how often, money in yen for `won_yen`. */
export const METRICS = [
  'visit',
  'lead',
  'mql',
  'sql',
  'deal',
  'meeting',
  'won',
  'won_yen',
  'lost',
  'download',
  'form',
  'mail_delivered',
  'mail_bounced',
  'mail_opened',
  'mail_clicked',
  'mail_converted',
  'mail_unsubscribed',
] as const
export type Metric = (typeof METRICS)[number]

/** Events that count once each for their person on their own day. */
export const COUNTED: Readonly<Record<string, Metric>> = {
  'page.viewed': 'visit',
  'lead.created': 'lead',
  'lead.named': 'lead',
  'handoff.made': 'mql',
  'handoff.accepted': 'sql',
  'file.downloaded': 'download',
  'form.submitted': 'form',
}

/** Events that count for one deal: `key` is the deal, so that a deal of several people is one deal. */
export const DEALS: Readonly<Record<string, Metric>> = {
  'deal.created': 'deal',
  'deal.restored': 'deal',
  'deal.won': 'won',
  'deal.lost': 'lost',
}
/** Metrics whose `key` is a deal: their times are counted in deals, and money once per deal. */
export const DEAL_METRICS: ReadonlySet<Metric> = new Set<Metric>(['deal', 'meeting', 'won', 'won_yen', 'lost'])

/** Events that take back what was counted for a deal. */
export const TAKEN_BACK: Readonly<Record<string, readonly Metric[]>> = {
  'deal.reopened': ['won', 'won_yen', 'lost'],
  'deal.parted': ['deal', 'meeting', 'won', 'won_yen', 'lost'],
  'deal.removed': ['deal', 'meeting', 'won', 'won_yen', 'lost'],
}

/** Events about a mail; they count on the day the mail was sent, so that opened can never exceed delivered. */
export const MAIL: Readonly<Record<string, Metric>> = {
  'mail.sent': 'mail_delivered',
  'mail.bounced': 'mail_bounced',
  'mail.opened': 'mail_opened',
  'mail.clicked': 'mail_clicked',
  'mail.rejudged': 'mail_clicked',
  'mail.unsubscribed': 'mail_unsubscribed',
}

export const GOALS: ReadonlySet<string> = new Set(CONVERSIONS)
