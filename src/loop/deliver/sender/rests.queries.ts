import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

/** Notes that a route rests. @returns whether that was not known yet */
export async function noteRest(db: Db, rest: { name: string; reason: string; at: Date }): Promise<boolean> {
  const noted = await sql<{ is_new: boolean }>`/* note_mail_rest */
    INSERT INTO mail_rest (name, reason, since, last_at) VALUES (${rest.name}, ${rest.reason}, ${rest.at}, ${rest.at})
    ON CONFLICT (name) DO UPDATE SET reason = excluded.reason, last_at = excluded.last_at RETURNING (xmax = 0) AS is_new`.execute(db)
  return noted.rows[0]?.is_new ?? false
}

/** It works again. @returns whether it was noted */
export async function forgetRest(db: Db, name: string): Promise<boolean> {
  const gone = await sql`/* forget_mail_rest */ DELETE FROM mail_rest WHERE name = ${name}`.execute(db)
  return (gone.numAffectedRows ?? 0n) > 0n
}

export interface RestRow {
  readonly name: string
  readonly reason: string
  readonly since: Date
}

/** Other settings, another beginning. */
export async function forgetRests(db: Db): Promise<void> {
  await sql`DELETE FROM mail_rest`.execute(db)
}

/** Routes that are still in use and have rested since an instant. */
export async function listRests(db: Db, names: readonly string[], since: Date): Promise<RestRow[]> {
  const found =
    await sql<RestRow>`SELECT name, reason, since FROM mail_rest WHERE name = ANY(${names}::text[]) AND last_at >= ${since} ORDER BY since`.execute(
      db,
    )
  return found.rows
}

export interface HeldRow {
  readonly id: string
  readonly name: string
  readonly held_reason: 'bounces' | 'complaints'
  readonly updated_at: Date
}

/** Newsletters the sender has paused by itself and nobody has looked after. */
export async function listHeld(db: Db): Promise<HeldRow[]> {
  const found =
    await sql<HeldRow>`SELECT id, name, held_reason, updated_at FROM newsletter WHERE status = 'paused' AND held_reason IS NOT NULL ORDER BY updated_at DESC LIMIT 20`.execute(
      db,
    )
  return found.rows
}
