// What is counted by day and person. Browser-safe: contracts name the metrics.

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
  'mail_opened_machine',
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
  'deal.created': 'deal',
  'deal.won': 'won',
  'deal.lost': 'lost',
  'file.downloaded': 'download',
  'form.submitted': 'form',
}

/** Events about a mail; they count on the day the mail was sent, so that opened can never exceed delivered. */
export const MAIL: Readonly<Record<string, Metric>> = {
  'mail.sent': 'mail_delivered',
  'mail.bounced': 'mail_bounced',
  'mail.opened': 'mail_opened',
  'mail.clicked': 'mail_clicked',
  'mail.unsubscribed': 'mail_unsubscribed',
}

/** A mail converts when one of these follows a click on it within CONVERSION_DAYS. */
export const GOALS: ReadonlySet<string> = new Set(['form.submitted', 'scenario.goal', 'deal.created'])
export const CONVERSION_DAYS = 7
