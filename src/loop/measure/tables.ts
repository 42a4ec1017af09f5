import type { PersonTable } from '#loop/identify/personTables.ts'

/** What a person did on a day: `n` times. A metric that was taken back stands at 0 and counts for nobody. */
export interface PersonDayTable {
  bucket: number
  person_id: string
  day: string
  metric: string
  key: string
  n: number
}

export interface TouchedDayTable {
  seq: number
  day: string
  metric: string
  key: string
}

export interface TotalDayTable {
  day: string
  metric: string
  key: string
  people: number
  n: number
}

declare module '#kernel/db/tables.ts' {
  interface Tables {
    person_day: PersonDayTable
    touched_day: TouchedDayTable
    total_day: TotalDayTable
  }
}

export const personTables: readonly PersonTable[] = [
  { table: 'person_day', meet: 'sum', amounts: ['n'], erase: 'delete', export: true, origin: false },
]
