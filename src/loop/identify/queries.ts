import type { Selectable } from 'kysely'
import type { PersonRowTable } from './tables.ts'

export type PersonRow = Selectable<PersonRowTable>
