import type { Json } from '#kernel/json.ts'

/** How somebody, or everybody, likes to see a list. */
export interface SavedViewTable {
  id: string
  list: string
  name: string
  owner_id: string
  owner_name: string
  shared: boolean
  state: Json
  created_at: Date
  changed_at: Date
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    saved_view: SavedViewTable
  }
}
