import type { Json } from '#kernel/json.ts'
import type { PersonTable } from '#loop/identify/personTables.ts'

export type ImportStatus =
  | 'uploaded'
  | 'checking'
  | 'checked'
  | 'running'
  | 'paused'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'undoing'
  | 'undone'

export interface ImportRunTable {
  id: string
  name: string
  bytes: number
  encoding: string
  delimiter: string
  columns: Json
  mapping: Json
  options: Json
  status: ImportStatus
  rows_estimate: number
  rows_done: number
  inserted: number
  updated: number
  /** Of those updated, who lay in the trash and is a lead again. */
  returned: number
  skipped: number
  rejected: number
  failure: string | null
  created_at: Date
  started_at: Date | null
  finished_at: Date | null
  made_by: string
  target: string
  sheets: Json
  sheet: number
  rows_total: number | null
  mark: number
  found: Json | null
  leg_at: Date | null
  leg_rows: number
  last_at: Date | null
  undone: Json | null
}

export interface ImportRowTable {
  import_id: string
  line: number
  outcome: 'skipped' | 'rejected'
  reason: string
  /** Null once they are forgotten. */
  cells: Json | null
  /** By what it names people, as `identity` has it; null when it names nobody by any. */
  keys: string[] | null
}

export interface ImportPageTable {
  import_id: string
  page: number
  made: string[]
  joined: boolean
  undone_at: Date | null
}

export interface ImportTouchTable {
  bucket: number
  person_id: string
  import_id: string
  line: number
  at: Date
  changes: Json
  keys: Json
  member: Json | null
  /** The row took its person out of the trash. */
  back: boolean
  undone_at: Date | null
  origin_person_id: string | null
}

export interface ImportMappingTable {
  headers_key: string
  target: string
  mapping: Json
  options: Json
  used_at: Date
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    import_run: ImportRunTable
    import_row: ImportRowTable
    import_page: ImportPageTable
    import_touch: ImportTouchTable
    import_mapping: ImportMappingTable
  }
}

export const personTables: readonly PersonTable[] = [{ table: 'import_touch', meet: 'move', erase: 'delete', export: false, origin: true }]
