import type { Generated } from 'kysely'
import type { Json } from '#kernel/json.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'

export type BulkState = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed' | 'undoing' | 'undone'

export interface BulkActTable {
  id: string
  kind: string
  act: Json
  filter: Json | null
  state: BulkState
  made_by: string
  made_by_id: string | null
  at: Date
  ended_at: Date | null
  total: number | null
  done: Generated<number>
  changed: Generated<number>
  mark_bucket: Generated<number>
  mark_id: Generated<string>
  failure: string | null
  undo_until: Date
  undone_by: string | null
  undone_at: Date | null
  restored: Generated<number>
  kept: Generated<number>
}

/** Whom an act concerns, and what was there before. */
export interface BulkPersonTable {
  bucket: number
  person_id: string
  act_id: string
  at: Date
  changes: Json | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    bulk_act: BulkActTable
    bulk_person: BulkPersonTable
  }
}

export const personTables: readonly PersonTable[] = [
  { table: 'bulk_person', meet: 'keepOlder', age: 'at', erase: 'delete', export: false, origin: false },
]
