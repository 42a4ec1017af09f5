import type { Generated } from 'kysely'
import type { Json } from '#kernel/json.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'

export type SimulationState = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed'

export interface SimulationTable {
  id: string
  scenario_id: string
  state: SimulationState
  asked: Json
  result: Json | null
  progress: Generated<number>
  events: Generated<number>
  failure: string | null
  made_by: string
  made_at: Date
  started_at: Date | null
  ended_at: Date | null
}

export interface SimulationDayTable {
  simulation_id: string
  part: string
  day: number
  step: string
  way: string
  n: number
}

export interface SimulationPersonTable {
  bucket: number
  person_id: string
  simulation_id: string
  part: string
  place: string
  at: Date
  id: string
  note: Json
  origin_person_id: string | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    simulation: SimulationTable
    simulation_day: SimulationDayTable
    simulation_person: SimulationPersonTable
  }
}

/** What a draft would have done is nothing that happened: it moves with a person, goes with them, and is no part of their export. */
export const personTables: readonly PersonTable[] = [
  { table: 'simulation_person', meet: 'move', erase: 'delete', export: false, origin: true },
]
