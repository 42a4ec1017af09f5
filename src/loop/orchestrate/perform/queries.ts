import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

export interface Colleague {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: string
  readonly language: 'ja' | 'en'
}

/** Active colleagues with their roles. */
export function listColleagues(db: Db): Promise<Colleague[]> {
  return db
    .selectFrom('auth_user')
    .select(['id', 'name', 'email', 'role', 'language'])
    .where('deactivated_at', 'is', null)
    .orderBy('id')
    .execute()
}

/** The live version of each of these scenarios that lets people in. */
export async function loadLiveVersions(db: Db, ids: readonly string[]): Promise<Map<string, number>> {
  const found = await sql<{ id: string; live_version: number }>`/* load_live_versions */
    SELECT id, live_version FROM scenario WHERE id = ANY(${[...ids]}::uuid[]) AND state = 'live' AND live_version IS NOT NULL`.execute(db)
  return new Map(found.rows.map((row) => [row.id, row.live_version]))
}
