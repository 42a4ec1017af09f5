import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

/** Which of these keys are deals already, removed ones not counted. */
export async function findImported(db: Db, keys: readonly string[]): Promise<string[]> {
  const result = await sql<{ import_key: string }>`SELECT import_key FROM deal WHERE import_key = ANY(${keys}::text[])`.execute(db)
  return result.rows.map((row) => row.import_key)
}

export interface ImportedDeal {
  readonly id: string
  readonly name: string
  readonly company_name: string | null
  readonly amount: number | null
  readonly stage: string
  readonly state: string
  readonly note: string | null
  readonly lost_reason: string | null
  readonly products: readonly string[]
  readonly opened_at: Date
  readonly stage_since: Date
  readonly closed_at: Date | null
  readonly owner_id: string | null
  readonly made_by: string
  readonly changed_at: Date
  readonly import_key: string
  readonly step_id: string
  readonly bucket: number
  readonly person_id: string
}

/** Deals with their one person and the step of their history, in one statement. */
export async function insertImported(db: Db, rows: readonly ImportedDeal[]): Promise<void> {
  await sql`WITH given AS (SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS g(id uuid, name text, company_name text, amount bigint, stage text,
      state text, note text, lost_reason text, opened_at timestamptz, stage_since timestamptz, closed_at timestamptz, owner_id uuid, made_by text,
      changed_at timestamptz, import_key text, products text[], step_id uuid, bucket smallint, person_id uuid)),
    made AS (INSERT INTO deal (id, name, company_name, amount, stage, state, note, lost_reason, opened_at, stage_since, closed_at, owner_id, made_by, changed_at, import_key, products)
      SELECT id, name, company_name, amount, stage, state, note, lost_reason, opened_at, stage_since, closed_at, owner_id, made_by, changed_at, import_key, products FROM given RETURNING id),
    steps AS (INSERT INTO deal_stage_history (id, deal_id, from_stage, to_stage, at, by_name)
      SELECT g.step_id, g.id, NULL, CASE WHEN g.state = 'open' THEN g.stage ELSE g.state END, coalesce(g.closed_at, g.opened_at), g.made_by FROM given g JOIN made USING (id))
    INSERT INTO deal_person (bucket, person_id, deal_id, main, added_at)
    SELECT g.bucket, g.person_id, g.id, true, g.opened_at FROM given g JOIN made USING (id) ORDER BY 1, 2`.execute(db)
}

/** Removes deals that nobody changed since they were taken in; their keys are free again. @returns them with their people */
export async function removeImported(
  db: Db,
  ids: readonly string[],
  at: Date,
): Promise<{ deal_id: string; name: string; bucket: number; person_id: string }[]> {
  const result = await sql<{ deal_id: string; name: string; bucket: number; person_id: string }>`WITH gone AS (
      UPDATE deal SET removed_at = ${at}, import_key = NULL WHERE id = ANY(${ids}::uuid[]) AND removed_at IS NULL AND version = 1
      RETURNING id, name)
    SELECT g.id AS deal_id, g.name, p.bucket, p.person_id FROM gone g JOIN deal_person p ON p.deal_id = g.id ORDER BY p.bucket, p.person_id`.execute(
    db,
  )
  return result.rows
}
