import type { Generated } from 'kysely'
import type { Json } from '#kernel/json.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'

/** A dated list of people. */
export interface SnapshotTable {
  id: string
  name: string
  note: Generated<string>
  taken_from: Json
  people: Generated<number>
  taken_at: Date
  taken_by: string
  removed_at: Date | null
}

export interface SnapshotMemberTable {
  bucket: number
  person_id: string
  snapshot_id: string
  added_at: Date
  origin_person_id: string | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    snapshot: SnapshotTable
    snapshot_member: SnapshotMemberTable
  }
}

/** Of two who were both on the list one stays on it; undone, both are again. */
export const personTables: readonly PersonTable[] = [
  { table: 'snapshot_member', meet: 'keepOlder', age: 'added_at', erase: 'delete', export: true, origin: true },
]
