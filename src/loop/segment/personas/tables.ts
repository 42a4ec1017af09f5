import type { Json } from '#kernel/json.ts'

/** An imagined customer with a live segment of its own. */
export interface PersonaTable {
  id: string
  name: string
  place: number
  profile: Json
  rule: Json
  segment_id: string
  created_at: Date
  changed_at: Date
  changed_by: string
  removed_at: Date | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    persona: PersonaTable
  }
}
