import { sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'
import { dropFilling, type Versioned } from './life.queries.ts'

export interface VersionRow {
  readonly model: string
  readonly version: number
  readonly state: 'draft' | 'filling' | 'live' | 'past' | 'dropped'
  readonly rules: Json
  readonly settings: Json
  readonly made_at: Date
  readonly made_by: string
  readonly published_at: Date | null
  readonly live_at: Date | null
  readonly ended_at: Date | null
  readonly starts_scenarios: boolean
  readonly filled_buckets: number
  readonly told_buckets: number
  readonly revision: string
}

/** The stamp of the rules, held against publication and flip until commit: a reaction and a flip never overlap. */
export async function holdStamp(db: Db): Promise<number> {
  const found = await sql<{ stamp: number }>`/* hold_score_stamp */ SELECT stamp FROM score_stamp FOR SHARE`.execute(db)
  return Number(found.rows[0]?.stamp ?? 0)
}

/** Versions of scores, for what all versions have in common. */
export const SCORES: Versioned = {
  versions: sql`score_version`,
  ofOwner: (model) => sql<boolean>`model = ${model}`,
  stamp: sql`score_stamp`,
}

export const listOpenVersions = (db: Db): Promise<VersionRow[]> =>
  db.selectFrom('score_version').selectAll().where('state', 'in', ['filling', 'live']).orderBy('model').orderBy('version').execute()

export const listVersions = (db: Db, model: string): Promise<VersionRow[]> =>
  db.selectFrom('score_version').selectAll().where('model', '=', model).orderBy('version', 'desc').limit(50).execute()

export const listModels = (db: Db) => db.selectFrom('score_model').selectAll().orderBy('position').orderBy('name').execute()

export const findVersion = (db: Db, model: string, version: number): Promise<VersionRow | undefined> =>
  db.selectFrom('score_version').selectAll().where('model', '=', model).where('version', '=', version).executeTakeFirst()

export async function insertModel(db: Db, name: string, label: string): Promise<boolean> {
  const made =
    await sql`INSERT INTO score_model (name, label, position) SELECT ${name}, ${label}, coalesce(max(position), 0) + 1 FROM score_model ON CONFLICT DO NOTHING`.execute(
      db,
    )
  return Number(made.numAffectedRows ?? 0) === 1
}

export async function renameModel(db: Db, name: string, label: string): Promise<boolean> {
  const done = await db.updateTable('score_model').set({ label }).where('name', '=', name).executeTakeFirst()
  return Number(done.numUpdatedRows) === 1
}

/** Savings and publications of a score's rules wait for each other. */
export async function lockModel(db: Db, name: string): Promise<boolean> {
  return (await db.selectFrom('score_model').select('name').where('name', '=', name).forNoKeyUpdate().executeTakeFirst()) !== undefined
}

/** Writes the draft of a model: the one there is, or a new version number. */
export async function saveDraft(
  db: Db,
  draft: { model: string; rules: unknown; settings: unknown; revision: string; at: Date; by: string },
): Promise<number> {
  const rules = JSON.stringify(draft.rules)
  const settings = JSON.stringify(draft.settings)
  const changed = await sql<{
    version: number
  }>`UPDATE score_version SET rules = ${rules}::jsonb, settings = ${settings}::jsonb, made_at = ${draft.at}, made_by = ${draft.by}, revision = ${draft.revision}
    WHERE model = ${draft.model} AND state = 'draft' RETURNING version`.execute(db)
  if (changed.rows[0]) return changed.rows[0].version
  const made = await sql<{ version: number }>`INSERT INTO score_version (model, version, state, rules, settings, made_at, made_by, revision)
    SELECT ${draft.model}, coalesce(max(version), 0) + 1, 'draft', ${rules}::jsonb, ${settings}::jsonb, ${draft.at}, ${draft.by}, ${draft.revision} FROM score_version WHERE model = ${draft.model}
    RETURNING version`.execute(db)
  return made.rows[0]?.version ?? 0
}

export async function dropDraft(db: Db, model: string): Promise<void> {
  await db.deleteFrom('score_version').where('model', '=', model).where('state', '=', 'draft').execute()
}

/** Begins the filling of a version; an older one still filling is dropped. */
export async function startFilling(db: Db, key: { model: string; version: number; at: Date; startsScenarios: boolean }): Promise<boolean> {
  await dropFilling(db, SCORES, key.model, key.at)
  const done = await db
    .updateTable('score_version')
    .set({ state: 'filling', published_at: key.at, starts_scenarios: key.startsScenarios, filled_buckets: 0, told_buckets: 0 })
    .where('model', '=', key.model)
    .where('version', '=', key.version)
    .where('state', '=', 'draft')
    .executeTakeFirst()
  return Number(done.numUpdatedRows) === 1
}

/** Points a score at the version in force. */
export async function setLive(db: Db, key: { model: string; version: number }): Promise<void> {
  await db.updateTable('score_model').set({ live_version: key.version }).where('name', '=', key.model).execute()
}

/** Forgets what was computed for people under a version, for comparisons. */
export async function forgetScores(db: Db, model: string, version: number, subjects: readonly Subject[]): Promise<void> {
  const { buckets, ids } = columnsOf(subjects)
  const people = sql`unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i)`
  await sql`DELETE FROM score s USING ${people} WHERE s.bucket = x.b AND s.person_id = x.i AND s.model = ${model} AND s.version = ${version}`.execute(
    db,
  )
  await sql`DELETE FROM score_entry s USING ${people} WHERE s.bucket = x.b AND s.person_id = x.i AND s.model = ${model} AND s.version = ${version}`.execute(
    db,
  )
}
