import type { Generated } from 'kysely'
import type { Json } from '#kernel/json.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'
import type { Graph } from './graph/contract.ts'
import { channelTables } from './perform/channels/tables.ts'
import { meetRuns } from './run/meet.queries.ts'
import { personTables as simulationTables } from './simulate/tables.ts'

export type ScenarioState = 'draft' | 'live' | 'paused' | 'stopped'

export interface ScenarioTable {
  id: string
  name: string
  state: ScenarioState
  draft: Graph
  revision: Generated<number>
  live_version: number | null
  live_revision: number | null
  created_at: Date
  changed_at: Date
  changed_by: string
  archived_at: Date | null
}

export interface ScenarioVersionTable {
  scenario_id: string
  version: number
  graph: Graph
  starts: string[]
  waits: string[]
  published_at: Date
  published_by: string
  note: Generated<string>
  copy_of: number | null
}

export type RunHow = 'completed' | 'goal' | 'exited' | 'stopped' | 'held' | 'merged'

export interface RunTable {
  bucket: number
  person_id: string
  id: string
  scenario_id: string
  version: number
  status: 'active' | 'ended'
  step: string | null
  arrived_at: Date
  due_at: Date | null
  heard: Json
  steps: number
  trigger_id: string
  cause_id: string
  hop: number
  entered_at: Date
  ended_at: Date | null
  how: RunHow | null
  entry_version: number | null
  origin_person_id: string | null
}

export interface RunStepTable {
  bucket: number
  person_id: string
  run_id: string
  ordinal: number
  scenario_id: string
  step: string
  way: string
  arrived_at: Date
  left_at: Date
  because: Json
  origin_person_id: string | null
}

export interface ScenarioTallyTable {
  scenario_id: string
  step: string
  way: string
  slot: number
  n: number
}

export interface ScenarioClockTable {
  scenario_id: string
  trigger_id: string
  done_until: Date
  cursor_day: string | null
  cursor_bucket: number | null
  cursor_person: string | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    scenario: ScenarioTable
    scenario_version: ScenarioVersionTable
    run: RunTable
    run_step: RunStepTable
    scenario_tally: ScenarioTallyTable
    scenario_clock: ScenarioClockTable
  }
}

export const personTables: readonly PersonTable[] = [
  { table: 'run', meet: meetRuns, erase: 'delete', export: true, origin: true },
  { table: 'run_step', meet: 'move', erase: 'delete', export: true, origin: true },
  ...simulationTables,
  ...channelTables,
]
