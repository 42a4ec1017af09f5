import { type BehaviourRule, FIRST_SETTINGS, type ScoreRule, type ScoreSettings } from '#loop/score/rules/contract.ts'

const behaviour = (
  n: number,
  event: string,
  points: number,
  limit: BehaviourRule['limit'] = { kind: 'each' },
  filters: BehaviourRule['match']['filters'] = [],
): ScoreRule => ({
  id: `00000000-0000-4000-8000-00000000000${n}`,
  kind: 'behaviour',
  label: '',
  match: { event, filters },
  points,
  limit,
  expiresDays: null,
})

/** A table to begin with. */
export const BOOK_RULES: ScoreRule[] = [
  behaviour(1, 'page.viewed', 1),
  behaviour(2, 'page.viewed', 10, { kind: 'cap', times: 5 }, [{ prop: 'url', op: 'contains', value: '/pricing' }]),
  behaviour(3, 'mail.clicked', 5),
  behaviour(4, 'file.downloaded', 30, { kind: 'cap', times: 3 }),
  behaviour(5, 'form.submitted', 20, { kind: 'cap', times: 3 }),
  behaviour(6, 'mail.unsubscribed', -30, { kind: 'once' }),
]
const BOOK_RANKS: ScoreSettings['ranks'] = [
  { name: 'A', label: '提案段階', at: 80 },
  { name: 'B', label: '比較段階', at: 40 },
  { name: 'C', label: '情報収集段階', at: 0 },
]
export const BOOK_SETTINGS: ScoreSettings = { ...FIRST_SETTINGS, ranks: BOOK_RANKS }
