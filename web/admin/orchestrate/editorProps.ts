import type { Problem } from '#loop/orchestrate/check/contract.ts'
import type { ScenarioDetail } from '#loop/orchestrate/contract.ts'
import type { DraftState } from './useDraft.ts'

export type ViewKind = 'canvas' | 'list'

export interface EditorTopProps {
  readonly detail: ScenarioDetail
  readonly draft: DraftState
  readonly problems: readonly Problem[]
  /** People on their way now. */
  readonly active: number
  readonly canEdit: boolean
  readonly onShow: (id: string) => void
}
