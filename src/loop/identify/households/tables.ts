import type { Generated } from 'kysely'
import type { PersonTable } from '../personTables.ts'

export interface HouseholdTable {
  id: string
  name: string
  created_at: Date
}

export interface HouseholdMemberTable {
  bucket: number
  person_id: string
  household_id: string
  relation: Generated<string>
  since: Date
  origin_person_id: string | null
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    household: HouseholdTable
    household_member: HouseholdMemberTable
  }
}

export const personTables: readonly PersonTable[] = [
  { table: 'household_member', meet: 'keepOlder', age: 'since', erase: 'delete', export: true, origin: true },
]
