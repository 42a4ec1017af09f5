import type { Generated, Selectable } from 'kysely'
import type { PersonTable } from '../personTables.ts'
import type { ActivityKind } from './kinds/contract.ts'

/** What a colleague did with somebody, as it is known now; the journal has when it was told and each correction. */
export interface ActivityTable {
  bucket: number
  person_id: string
  id: string
  kind: ActivityKind
  occurred_at: Date
  direction: 'in' | 'out' | null
  result: string | null
  minutes: number | null
  title: string | null
  body: string | null
  pinned: Generated<boolean>
  user_id: string | null
  user_name: string
  colleagues: Generated<string[]>
  group_id: string
  created_at: Date
  changed_at: Date
  removed_at: Date | null
  origin_person_id: string | null
}
export type ActivityRow = Selectable<ActivityTable>

declare module '#kernel/db/tables.ts' {
  interface Tables {
    activity: ActivityTable
  }
}

export const personTables: readonly PersonTable[] = [{ table: 'activity', meet: 'move', erase: 'delete', export: true, origin: true }]
