import type { Generated } from 'kysely'
import type { Json } from '#kernel/json.ts'

export type ExportState = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed' | 'expired' | 'withdrawn'

/** A file prepared for download: who took what. */
export interface ExportRunTable {
  id: string
  source: string
  title: string
  format: string
  filter: Json
  columns: Json
  language: string
  state: ExportState
  made_by: string
  made_by_id: string | null
  at: Date
  ended_at: Date | null
  expires_at: Date
  total: number | null
  rows: Generated<number>
  bytes: Generated<number>
  lost: Generated<number>
  losses: Generated<Json>
  failure: string | null
  downloads: Generated<number>
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    export_run: ExportRunTable
  }
}
