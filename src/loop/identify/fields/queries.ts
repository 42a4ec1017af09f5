import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { FieldDefinitionTable } from '../tables.ts'

/** The custom fields in their order; archived ones only when asked for. */
export async function selectFields(db: Db, archived = false): Promise<FieldDefinitionTable[]> {
  const query = db.selectFrom('field_definition').selectAll().orderBy('position').orderBy('key')
  return (archived ? query : query.where('archived_at', 'is', null)).execute()
}

/** A new definition. @returns false when the key is taken, archived ones included */
export async function insertField(db: Db, row: FieldDefinitionTable): Promise<boolean> {
  const result = await db
    .insertInto('field_definition')
    .values({ ...row, options: sql`${JSON.stringify(row.options)}::jsonb` as never })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Changes words, class, options or the archive mark; type and key stay. @returns false when there is none */
export async function updateField(
  db: Db,
  key: string,
  change: Partial<Pick<FieldDefinitionTable, 'ja' | 'en' | 'class' | 'options' | 'position' | 'archived_at'>>,
): Promise<boolean> {
  const { options, ...plain } = change
  const set = options === undefined ? plain : { ...plain, options: sql`${JSON.stringify(options)}::jsonb` as never }
  const result = await db.updateTable('field_definition').set(set).where('key', '=', key).executeTakeFirst()
  return result.numUpdatedRows > 0n
}
