import type { Generated } from 'kysely'
import type { Json } from '#kernel/json.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'
import type { Framework, Status } from './asked/contract.ts'

export interface QualificationTable {
  bucket: number
  person_id: string
  framework: Framework
  field: string
  status: Status
  evidence: string
  /** A day, `YYYY-MM-DD`. */
  heard_on: string
  activity_id: string | null
  changed_at: Date
  changed_by: string
  origin_person_id: string | null
}

export interface MqlVersionTable {
  version: number
  state: 'proposed' | 'live' | 'past'
  rule: Json
  note: string
  segment_id: string | null
  made_at: Date
  made_by: string
  marketing_at: Date | null
  marketing_by: string | null
  sales_at: Date | null
  sales_by: string | null
  live_at: Date | null
  live_by: string | null
  ended_at: Date | null
  /** Another with each saving of the proposal. */
  revision: Generated<string>
}

export interface HandoffBlockTable {
  bucket: number
  person_id: string
  /** A day, `YYYY-MM-DD`. */
  day: string
  at: Date
  times: Generated<number>
  reason: string
  why: Json
  settled_at: Date | null
  override: string | null
  override_by: string | null
  origin_person_id: string | null
}

export interface PriorityMarkTable {
  bucket: number
  person_id: string
  kind: 'done' | 'snoozed'
  at: Date
  until: Date | null
  by_name: string
  origin_person_id: string | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    qualification: QualificationTable
    mql_version: MqlVersionTable
    handoff_block: HandoffBlockTable
    priority_mark: PriorityMarkTable
  }
}

export const personTables: readonly PersonTable[] = [
  { table: 'qualification', meet: 'keepOlder', age: 'changed_at', erase: 'delete', export: true, origin: true },
  { table: 'handoff_block', meet: 'keepOlder', age: 'at', erase: 'delete', export: true, origin: true },
  { table: 'priority_mark', meet: 'keepOlder', age: 'at', erase: 'delete', export: false, origin: true },
]
