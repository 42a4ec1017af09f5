// Pages of people behind a number, the last first.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { MeasuredRow, PageOf } from '../queries.ts'
import type { MeasuredPerson } from './contract.ts'

interface Asked {
  readonly cursor?: string | undefined
  readonly limit: number
}

/** Asks for one row more than wanted, so that it is known whether there is a next page. */
export async function pageOf(asked: Asked, list: (page: PageOf) => Promise<MeasuredRow[]>) {
  const rows = await list({ after: decodeCursor(asked.cursor), limit: asked.limit + 1 })
  const items = rows.slice(0, asked.limit)
  const last = items.at(-1)
  return { items: items.map(personOf), next: rows.length > asked.limit && last ? encodeCursor(last.at, last.run) : null }
}

const personOf = (row: MeasuredRow): MeasuredPerson => ({
  personId: row.person_id,
  name: row.name,
  company: row.company_name,
  isLead: row.is_lead,
  at: row.at.toISOString(),
  yen: row.yen,
})
