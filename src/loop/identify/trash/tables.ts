import type { PersonTable } from '../personTables.ts'

/** Leads in the trash; `identified_at` and `keep` are what comes back with them. */
export interface LeadTrashTable {
  bucket: number
  person_id: string
  act_id: string | null
  at: Date
  until: Date
  by: string
  identified_at: Date
  keep: boolean
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    lead_trash: LeadTrashTable
  }
}

/** Somebody in the trash who goes into another lead is no longer in the trash. */
export const personTables: readonly PersonTable[] = [
  { table: 'lead_trash', meet: 'recompute', erase: 'delete', export: false, origin: false },
]
