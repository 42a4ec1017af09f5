import type { ScenarioDetail } from '#loop/orchestrate/contract.ts'
import type { DraftState } from './useDraft.ts'

/** What the panel of a tab is given; `draft` is what stands on the screen (`draft.flush()` saves it), `detail` what the server last said. */
export interface PanelProps {
  readonly id: string
  readonly detail: ScenarioDetail
  readonly draft: DraftState
  readonly canEdit: boolean
}
