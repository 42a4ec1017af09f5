import type { Generated } from 'kysely'
import type { PersonTable } from '#loop/identify/personTables.ts'

export type CallKind = 'webhook' | 'chat'
export type CallState = 'waiting' | 'taken' | 'failed' | 'refused'

export interface ScenarioCallTable {
  bucket: number
  person_id: string
  id: string
  kind: CallKind
  scenario_id: string
  run_id: string
  step: string
  target: string
  body: string
  at: Date
  state: CallState
  tries: Generated<number>
  next_at: Date
  reason: string | null
  settled_at: Date | null
  origin_person_id: string | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    scenario_call: ScenarioCallTable
  }
}

export const callTables: readonly PersonTable[] = [
  // The address of a webhook often holds a secret.
  { table: 'scenario_call', meet: 'move', erase: 'delete', export: true, hidden: ['target'], origin: true },
]
