import { type Selectable, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'
import type { MqlVersionTable } from '../tables.ts'

export type MqlRow = Selectable<MqlVersionTable>

export const listVersions = (db: Db): Promise<MqlRow[]> =>
  db.selectFrom('mql_version').selectAll().orderBy('version', 'desc').limit(200).execute()

/** The versions under a lock: proposals and publications wait for each other. */
export async function lockVersions(db: Db): Promise<MqlRow[]> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('sales.mql'))`.execute(db)
  return listVersions(db)
}

export async function writeProposal(
  db: Db,
  row: { version: number; rule: Json; note: string; revision: string; at: Date; by: string },
): Promise<void> {
  await sql`INSERT INTO mql_version (version, state, rule, note, made_at, made_by, revision)
    VALUES (${row.version}, 'proposed', ${JSON.stringify(row.rule)}::jsonb, ${row.note}, ${row.at}, ${row.by}, ${row.revision})
    ON CONFLICT (version) DO UPDATE SET rule = excluded.rule, note = excluded.note, made_at = excluded.made_at, made_by = excluded.made_by, revision = excluded.revision,
      marketing_at = NULL, marketing_by = NULL, sales_at = NULL, sales_by = NULL`.execute(db)
}

/** Names the segment that will hold a proposal once it is in force. */
export async function linkSegment(db: Db, version: number, segmentId: string): Promise<void> {
  await db.updateTable('mql_version').set({ segment_id: segmentId }).where('version', '=', version).execute()
}

export async function deleteProposal(db: Db): Promise<void> {
  await db.deleteFrom('mql_version').where('state', '=', 'proposed').execute()
}

export async function writeMark(
  db: Db,
  version: number,
  side: 'marketing' | 'sales',
  mark: { at: Date; by: string } | null,
): Promise<boolean> {
  const values =
    side === 'marketing'
      ? { marketing_at: mark?.at ?? null, marketing_by: mark?.by ?? null }
      : { sales_at: mark?.at ?? null, sales_by: mark?.by ?? null }
  const done = await db
    .updateTable('mql_version')
    .set(values)
    .where('version', '=', version)
    .where('state', '<>', 'past')
    .executeTakeFirst()
  return Number(done.numUpdatedRows) === 1
}

/** The proposal takes the place of the version in force. */
export async function takePlace(db: Db, version: number, segmentId: string, at: Date, by: string): Promise<void> {
  await db.updateTable('mql_version').set({ state: 'past', ended_at: at }).where('state', '=', 'live').execute()
  await db
    .updateTable('mql_version')
    .set({ state: 'live', segment_id: segmentId, live_at: at, live_by: by })
    .where('version', '=', version)
    .execute()
}

/** The version in force, and who of these people meets it now. */
export async function selectCited(db: Db, subjects: readonly Subject[]): Promise<{ version: number; met: Set<string> } | null> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ version: number; met: string[] | null }>`/* mql_cited */
    SELECT v.version, (SELECT array_agg(m.person_id) FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)
      JOIN segment s ON s.id = v.segment_id JOIN membership m ON m.segment_id = s.id AND m.version = s.live_version AND m.is_in
        AND m.bucket = x.b AND m.person_id = x.i) AS met
    FROM mql_version v WHERE v.state = 'live'`.execute(db)
  const row = found.rows[0]
  return row ? { version: row.version, met: new Set(row.met ?? []) } : null
}

/** What came of the hand-offs that cite each version. */
export async function countHanded(db: Db): Promise<Map<number, { handed: number; met: number; accepted: number; returned: number }>> {
  const found = await sql<{ version: number; handed: number; met: number; accepted: number; returned: number }>`
    SELECT (detail ->> 'mqlVersion')::int AS version, count(*)::int AS handed, (count(*) FILTER (WHERE detail ->> 'mqlMet' = 'true'))::int AS met,
      (count(*) FILTER (WHERE state = 'accepted'))::int AS accepted, (count(*) FILTER (WHERE state = 'returned'))::int AS returned
    FROM handoff WHERE detail ? 'mqlVersion' GROUP BY 1`.execute(db)
  return new Map(found.rows.map(({ version, ...rest }) => [version, rest]))
}

/** The definition's segment while it is not archived. */
export async function hasSegment(db: Db, id: string): Promise<boolean> {
  return (
    (await db.selectFrom('segment').select('id').where('id', '=', id).where('archived_at', 'is', null).executeTakeFirst()) !== undefined
  )
}
