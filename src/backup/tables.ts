import type { Json } from '#kernel/json.ts'

export interface BackupRunTable {
  id: string
  how: 'hand' | 'schedule' | 'cli'
  status: 'running' | 'done' | 'failed'
  started_at: Date
  seen_at: Date
  finished_at: Date | null
  snapshot_at: Date | null
  made_by: string
  file: string | null
  bytes: number
  rows: number
  rows_estimate: number
  failure: string | null
  removed_at: Date | null
}

export interface StopNoteTable {
  id: number
  at: Date
  note: Json
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    backup_run: BackupRunTable
    stop_note: StopNoteTable
  }
}
