import type { Generated } from 'kysely'
import type { Waits } from './contract.ts'
import type { StepMap } from './decide.ts'

export interface ScenarioMoveTable {
  id: string
  scenario_id: string
  from_version: number
  to_version: number
  map: StepMap
  waits: Waits
  state: 'running' | 'done' | 'replaced'
  total: number
  moved: Generated<number>
  ended: Generated<number>
  round: Generated<number>
  mark_bucket: Generated<number>
  mark_id: Generated<string>
  made_at: Date
  made_by: string
  done_at: Date | null
  worked_at: Generated<Date | null>
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    scenario_move: ScenarioMoveTable
  }
}
