import type { PersonTable } from '../personTables.ts'

/** One key of a lead by which another may turn out to be the same person. */
export interface DuplicateKeyTable {
  bucket: number
  person_id: string
  kind: string
  value: string
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    duplicate_key: DuplicateKeyTable
  }
}

/** Keys are made anew from the row of whoever is one person now. */
export const personTables: readonly PersonTable[] = [
  { table: 'duplicate_key', meet: 'recompute', erase: 'delete', export: false, origin: false },
]
