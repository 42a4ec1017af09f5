import type { proof as ja } from '../ja/proof.ts'
import type { Same } from '../same.ts'

/** Words of the proof of scores. */
export const proof: Same<typeof ja> = {
  title: 'Proof of the score',
  back: 'To scoring',
  sample: 'Measured on {won, plural, one {# won} other {# won}} and {lost, number} lost deals ({from} to {to})',
  noDeals: 'No deal has been decided yet',
  which: 'Which rules',
  live: 'In force',
  draft: 'Draft',
  few: 'Not enough data yet',
  fewText:
    'With {needed, number} won and {needed, number} lost deals it can be said whether the score is right (now {won, number} won, {lost, number} lost). Every outcome you record makes it surer.',
  power: 'Power to tell apart',
  powerHint: 'How often a won deal had a higher score than a lost one. 0.5 is a coin.',
  auc: 'Power (95% interval)',
  topTenth: 'Wins in the top tenth',
  bands: 'Win rate by band of the score',
  bandsHint: 'By the score just before the outcome. The line is the win rate of all ({base}).',
  band: '{from, number} to {to, number}',
  of: '{won, number} of {n, number}',
  rules: 'Rule by rule',
  noRules: 'There are no rules yet',
  unknown: 'left out, changed after the outcome',
  deals: '{n, plural, one {# deal} other {# deals}}',
  held: { yes: 'with', no: 'without', unknown: 'left out' },
  deal: 'Deal',
  company: 'Company',
  outcome: 'Outcome',
  won: 'Won',
  lost: 'Lost',
  decided: 'Decided',
  scoreThen: 'Score then',
  lift: '{n}×',
  points: '{n, plural, one {# point} other {# points}}',
  proven: { helps: 'Helps', hurts: 'Hurts', open: 'Unclear', few: 'Too few' },
  take: 'Put the proposed points into the draft ({n, number})',
  taken: 'The proposed points are in the draft. Nothing changes until you publish it',
  method:
    'Only what was known before the outcome is used. Intervals are 95% (Wilson for rates, Katz for lifts). Proposed points come from a ridge logistic regression of all rules together: 10 points for each doubling of the odds of winning.',
}
