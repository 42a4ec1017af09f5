// A definition of "hot" that needs no tuning. Browser-safe.
import type { BehaviourRule, ScoreRule, ScoreSettings } from '../rules/contract.ts'

const marked = (n: number, event: string, filters: BehaviourRule['match']['filters'] = []): ScoreRule => ({
  ...{ id: `00000000-0000-4000-8000-0000000000a${n}`, kind: 'behaviour', label: '', points: 1, limit: { kind: 'each' }, expiresDays: null },
  match: { event, filters },
})

/**
 * One point for each marked action: a page of the pricing group (or, where no group is drawn, an address with "/pricing"), a download,
 * a form, a click in a mail (machines' clicks never count).
 */
export const starterRules = (pricingGroup: string | null): ScoreRule[] => [
  marked(
    1,
    'page.viewed',
    pricingGroup ? [{ prop: 'pageGroup', op: 'eq', value: pricingGroup }] : [{ prop: 'url', op: 'contains', value: '/pricing' }],
  ),
  marked(2, 'file.downloaded'),
  marked(3, 'form.submitted'),
  marked(4, 'mail.clicked'),
]

/** Three within 30 days make hot, and hot it stays; 30 days (of 24 hours) without any, and the lead is cold again, at that very instant. */
export const STARTER_SETTINGS: ScoreSettings = {
  recentDays: 30,
  halfLifeDays: null,
  heatBy: 'recent',
  hotAt: 3,
  warmAt: 1,
  hotUntilSilent: true,
  ranks: [],
}
