import type { Step, StepKind } from '#loop/orchestrate/graph/contract.ts'
import type { Names } from '../useNames.ts'
import type { Sentences } from '../useSentences.ts'

export type Of<K extends StepKind> = Extract<Step, { kind: K }>

/** What the fields of a kind are given. */
export interface FieldsProps<K extends StepKind> {
  readonly step: Of<K>
  /** Steps before this one in reading order, for what refers back. */
  readonly before: readonly Step[]
  readonly names: Names
  readonly say: Sentences
  readonly onChange: (step: Step) => void
}
