import { maybeDay, maybeText, oneOf, viewOf } from '../parts/view.ts'

const word = (fallback: string) => (raw: unknown) => (typeof raw === 'string' && raw ? raw : fallback)

/** The address of the analyses. */
export const analysisView = viewOf({
  tab: oneOf(['cross', 'stages', 'spread'], 'cross'),
  row: word('sales.stage'),
  by: oneOf(['event', 'fact'], 'event'),
  event: word('page.viewed'),
  fact: word('score.main.rank'),
  days: (raw) => (typeof raw === 'number' && Number.isInteger(raw) && raw >= 1 && raw <= 3650 ? raw : 30),
  segment: maybeText,
  from: maybeDay,
  to: maybeDay,
})
