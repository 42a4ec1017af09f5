import type { Generated } from 'kysely'
import type { Json } from '#kernel/json.ts'

/** A merge (or its undoing) that moves very many rows page by page, both people parked meanwhile. */
export interface MergeRunTable {
  id: string
  act: 'merge' | 'undo'
  keep_bucket: number
  keep_id: string
  lose_bucket: number
  lose_id: string
  given: Json
  total: number
  moved: Generated<number>
  started_at: Date
  finished_at: Date | null
  fault: string | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    merge_run: MergeRunTable
  }
}
