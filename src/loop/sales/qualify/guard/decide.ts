import type { Framework, Status } from '../asked/contract.ts'
import { completenessOf } from '../decide.ts'
import type { GuardSettings, GuardWhy } from './contract.ts'

/** What the guard knows of somebody. */
export interface Guarded {
  /** Of the segment that is kept; null when they are not in it. */
  readonly segmentName: string | null
  /** Points of the model asked; nobody scored has 0. */
  readonly total: number
  readonly answers: readonly { readonly framework: Framework; readonly field: string; readonly status: Status }[]
}

/** Why somebody is kept from sales; empty: they may go. A rule that is off, or says nothing, keeps nobody. */
export function whyKept(rule: GuardSettings, known: Guarded): GuardWhy[] {
  if (!rule.isOn) return []
  const why: GuardWhy[] = []
  if (rule.segmentId && known.segmentName !== null) why.push({ kind: 'segment', segmentId: rule.segmentId, name: known.segmentName })
  if (rule.score && known.total < rule.score.below) why.push({ kind: 'score', total: known.total, below: rule.score.below })
  const missing = rule.required.filter((wanted) => {
    const status = known.answers.find((one) => `${one.framework}.${one.field}` === wanted)?.status ?? 'unknown'
    return status === 'unknown' || status === 'negative'
  })
  if (missing.length) why.push({ kind: 'missing', fields: missing })
  const is = Math.max(completenessOf('bant', known.answers), completenessOf('champ', known.answers))
  if (is < rule.minCompleteness) why.push({ kind: 'completeness', is, min: rule.minCompleteness })
  return why
}
