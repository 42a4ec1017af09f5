import type { Db } from '#kernel/db/tables.ts'
import type { ApiKeyTable } from '../tables.ts'
import type { Scope } from '../vocabulary.ts'

/** The key with this hash, unless it was revoked. */
export function findKeyByHash(
  db: Db,
  hash: string,
): Promise<{ id: string; name: string; scopes: Scope[]; last_used_at: Date | null } | undefined> {
  return db
    .selectFrom('api_key')
    .select(['id', 'name', 'scopes', 'last_used_at'])
    .where('key_hash', '=', hash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
}

export async function touchKey(db: Db, id: string, at: Date): Promise<void> {
  await db.updateTable('api_key').set({ last_used_at: at }).where('id', '=', id).execute()
}

export function listKeys(db: Db): Promise<ApiKeyTable[]> {
  return db.selectFrom('api_key').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').execute()
}

export async function insertKey(db: Db, row: ApiKeyTable): Promise<void> {
  await db.insertInto('api_key').values(row).execute()
}

/** False when there is no such key. Revoking twice keeps the first instant. */
export async function revokeKey(db: Db, id: string, at: Date): Promise<boolean> {
  const result = await db
    .updateTable('api_key')
    .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(at)) }))
    .where('id', '=', id)
    .executeTakeFirst()
  return Number(result.numUpdatedRows) > 0
}
