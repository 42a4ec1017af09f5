import type { Selectable } from 'kysely'
import type { PersonTable } from '../personTables.ts'

/** A file beside a person; its bytes lie under `stored` in DATA_DIR/files. */
export interface PersonFileTable {
  bucket: number
  person_id: string
  id: string
  name: string
  extension: string
  size: number
  sha256: string
  stored: string
  created_at: Date
  created_by: string
  removed_at: Date | null
  origin_person_id: string | null
}
export type PersonFileRow = Selectable<PersonFileTable>

/** Stored files whose row went, by whatever way; written by a trigger. */
export interface FileGoneTable {
  stored: string
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    person_file: PersonFileTable
    file_gone: FileGoneTable
  }
}

export const personTables: readonly PersonTable[] = [{ table: 'person_file', meet: 'move', erase: 'delete', export: true, origin: true }]
