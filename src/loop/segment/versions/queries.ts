import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'
import { dropFilling, moveStamp as moveIt, type Versioned } from '#loop/score/versions/life.queries.ts'

/** The stamp of the rules, held against publication and flip until commit: a reaction and a flip never overlap. */
export async function holdStamp(db: Db): Promise<number> {
  const found = await sql<{ stamp: number }>`/* hold_segment_stamp */ SELECT stamp FROM segment_stamp FOR SHARE`.execute(db)
  return Number(found.rows[0]?.stamp ?? 0)
}

/** Versions of segments, for what all versions have in common. */
export const SEGMENTS: Versioned = {
  versions: sql`segment_version`,
  ofOwner: (id) => sql<boolean>`segment_id = ${id}::uuid`,
  stamp: sql`segment_stamp`,
}

/** Moves the stamp: waits for running reactions and keeps new ones out until commit. */
export const moveStamp = (db: Db): Promise<void> => moveIt(db, SEGMENTS)

/** Versions that reactions evaluate, with their segments' names. */
export async function listOpenVersions(db: Db) {
  return db
    .selectFrom('segment_version as v')
    .innerJoin('segment as s', 's.id', 'v.segment_id')
    .select(['v.segment_id', 'v.version', 'v.state', 'v.audience', 'v.rule', 's.name'])
    .where('v.state', 'in', ['filling', 'live'])
    .where('s.archived_at', 'is', null)
    .orderBy('v.segment_id')
    .orderBy('v.version')
    .execute()
}

export interface VersionRow {
  readonly segment_id: string
  readonly version: number
  readonly audience: 'leads' | 'everyone'
  readonly rule: Json
  readonly state: 'filling' | 'live' | 'past' | 'dropped'
  readonly starts_scenarios: boolean
  readonly made_at: Date
  readonly made_by: string
  readonly live_at: Date | null
  readonly ended_at: Date | null
  readonly filled_buckets: number
  readonly told_buckets: number
}

export const listVersions = (db: Db, segmentId: string): Promise<VersionRow[]> =>
  db.selectFrom('segment_version').selectAll().where('segment_id', '=', segmentId).orderBy('version', 'desc').limit(50).execute()

export const findVersion = (db: Db, segmentId: string, version: number): Promise<VersionRow | undefined> =>
  db.selectFrom('segment_version').selectAll().where('segment_id', '=', segmentId).where('version', '=', version).executeTakeFirst()

/** Begins a new version; an older one still filling is dropped. @returns its number */
export async function insertVersion(
  db: Db,
  made: { segmentId: string; audience: string; rule: unknown; startsScenarios: boolean; at: Date; by: string },
): Promise<number> {
  await dropFilling(db, SEGMENTS, made.segmentId, made.at)
  const done = await sql<{
    version: number
  }>`INSERT INTO segment_version (segment_id, version, audience, rule, state, starts_scenarios, made_at, made_by)
    SELECT ${made.segmentId}::uuid, coalesce(max(version), 0) + 1, ${made.audience}, ${JSON.stringify(made.rule)}::jsonb, 'filling', ${made.startsScenarios}, ${made.at}, ${made.by}
    FROM segment_version WHERE segment_id = ${made.segmentId}::uuid RETURNING version`.execute(db)
  return done.rows[0]?.version ?? 0
}

/** Gives a version up that cannot be computed in time. */
export async function giveUp(db: Db, key: { segmentId: string; version: number; at: Date }): Promise<void> {
  await db
    .updateTable('segment_version')
    .set({ state: 'dropped', ended_at: key.at, fault: 'slow' })
    .where('segment_id', '=', key.segmentId)
    .where('version', '=', key.version)
    .where('state', '=', 'filling')
    .execute()
}

/** Points a segment at the version in force. */
export async function setLive(db: Db, key: { segmentId: string; version: number; at: Date }): Promise<void> {
  await db.updateTable('segment').set({ live_version: key.version, changed_at: key.at }).where('id', '=', key.segmentId).execute()
}
