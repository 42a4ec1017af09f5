import type { Json } from '#kernel/json.ts'

export interface ImportRunTable {
  id: string
  name: string
  bytes: number
  encoding: string
  delimiter: string
  columns: Json
  mapping: Json
  options: Json
  status: 'uploaded' | 'running' | 'done' | 'failed' | 'cancelled'
  rows_estimate: number
  rows_done: number
  inserted: number
  updated: number
  skipped: number
  rejected: number
  failure: string | null
  created_at: Date
  started_at: Date | null
  finished_at: Date | null
  made_by: string
}

export interface ImportRowTable {
  import_id: string
  line: number
  outcome: 'skipped' | 'rejected'
  reason: string
  cells: Json
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    import_run: ImportRunTable
    import_row: ImportRowTable
  }
}
