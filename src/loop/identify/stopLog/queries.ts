import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

/** A stop as the log outside of the database tells it: the address is there as its keyed hash only. */
export interface LoggedStop {
  readonly hash: string
  readonly reason: string
  readonly level: number
  readonly since: Date
  readonly source: string
}

/** Puts stops on the list, or makes them stricter. @returns the hashes for which this changed anything */
export async function upsertStops(db: Db, stops: readonly LoggedStop[]): Promise<string[]> {
  const sorted = [...stops].sort((a, b) => (a.hash < b.hash ? -1 : 1))
  const changed = await sql<{ address_hash: string }>`INSERT INTO suppression (address_hash, reason, level, since, source)
    SELECT * FROM unnest(${sorted.map((s) => s.hash)}::text[], ${sorted.map((s) => s.reason)}::text[], ${sorted.map((s) => s.level)}::smallint[],
      ${sorted.map((s) => s.since)}::timestamptz[], ${sorted.map((s) => s.source)}::text[])
    ON CONFLICT (address_hash) DO UPDATE SET reason = excluded.reason, level = excluded.level, since = excluded.since, source = excluded.source
    WHERE suppression.level < excluded.level RETURNING address_hash`.execute(db)
  return changed.rows.map((row) => row.address_hash)
}

/** The whole list, a page at a time. */
export async function listStops(db: Db, after: string, limit: number): Promise<LoggedStop[]> {
  const found = await sql<LoggedStop>`SELECT address_hash AS hash, reason, level, since, source FROM suppression
    WHERE address_hash > ${after} ORDER BY address_hash LIMIT ${limit}`.execute(db)
  return found.rows
}

/** Addresses and who holds them, a page at a time. */
export async function listAddresses(db: Db, after: string, limit: number): Promise<{ value: string; bucket: number; person_id: string }[]> {
  const found = await sql<{ value: string; bucket: number; person_id: string }>`SELECT value, bucket, person_id FROM identity
    WHERE kind = 'mail' AND value > ${after} ORDER BY value LIMIT ${limit}`.execute(db)
  return found.rows
}
