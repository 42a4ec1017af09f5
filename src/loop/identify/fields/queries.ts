import { type Selectable, sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'
import type { FieldDefinitionTable, ProductTable } from '../tables.ts'
import type { Entity } from './contract.ts'

export type FieldRow = Selectable<FieldDefinitionTable>
export type FieldName = Pick<FieldRow, 'entity' | 'key'>
export type ProductRow = Selectable<ProductTable>

/** The custom fields of leads or of companies in their order; archived ones only when asked for. */
export async function selectFields(db: Db, entity: Entity, archived = false): Promise<FieldRow[]> {
  const query = db.selectFrom('field_definition').selectAll().where('entity', '=', entity).orderBy('position').orderBy('key')
  return (archived ? query : query.where('archived_at', 'is', null)).execute()
}

/** A custom field, archived or not, locked: one change of it after another. */
export async function lockField(db: Db, { entity, key }: FieldName): Promise<FieldRow | undefined> {
  return db.selectFrom('field_definition').selectAll().where('entity', '=', entity).where('key', '=', key).forUpdate().executeTakeFirst()
}

/** A new definition. @returns false when the key is taken, archived ones included */
export async function insertField(db: Db, row: FieldRow): Promise<boolean> {
  const result = await db
    .insertInto('field_definition')
    .values({ ...row, options: sql`${JSON.stringify(row.options)}::jsonb` as never })
    .onConflict((conflict) => conflict.columns(['entity', 'key']).doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Changes what a field says of itself; its key stays. @returns false when there is none */
export async function updateField(
  db: Db,
  { entity, key }: FieldName,
  change: Partial<Omit<FieldRow, 'entity' | 'key' | 'created_at'>>,
): Promise<boolean> {
  const { options, ...plain } = change
  const set = options === undefined ? plain : { ...plain, options: sql`${JSON.stringify(options)}::jsonb` as never }
  const result = await db.updateTable('field_definition').set(set).where('entity', '=', entity).where('key', '=', key).executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Does anybody have a value of this custom field? Stops at the first. */
export async function hasValues(db: Db, { entity, key }: FieldName): Promise<boolean> {
  const found = await (entity === 'lead'
    ? sql<{ found: boolean }>`/* field_has_values */ SELECT EXISTS (SELECT 1 FROM person WHERE attrs ? ${key}::text) AS found`
    : sql<{ found: boolean }>`/* company_field_has_values */ SELECT EXISTS (SELECT 1 FROM company WHERE attrs ? ${key}::text) AS found`
  ).execute(db)
  return found.rows[0]?.found === true
}

/** Serialises writers of one value of a field that must be unique, until commit. Keys are sorted by the caller. */
export async function lockValue(db: Db, { entity, key }: FieldName, value: Json): Promise<void> {
  const space = entity === 'lead' ? 20210 : 20211
  await sql`/* lock_value */ SELECT pg_advisory_xact_lock(${space}::int, hashtext(${`${key}\n${JSON.stringify(value)}`}))`.execute(db)
}

/** The lead or company that has this value of a custom field, besides one of them; the index over `attrs` answers. */
export async function findHolder(db: Db, { entity, key }: FieldName, value: Json, except: string | null): Promise<string | undefined> {
  const held = JSON.stringify({ [key]: value })
  const found = await (entity === 'lead'
    ? sql<{ id: string }>`/* find_value_holder */ SELECT id FROM person
        WHERE identified_at IS NOT NULL AND attrs @> ${held}::jsonb AND id IS DISTINCT FROM ${except}::uuid LIMIT 1`
    : sql<{ id: string }>`/* find_company_value_holder */ SELECT id FROM company
        WHERE merged_into IS NULL AND attrs <> '{}' AND attrs @> ${held}::jsonb AND id IS DISTINCT FROM ${except}::uuid LIMIT 1`
  ).execute(db)
  return found.rows[0]?.id
}

/** The products in their order, archived ones too. */
export function selectProducts(db: Db): Promise<ProductRow[]> {
  return db.selectFrom('product').selectAll().orderBy('position').orderBy('key').execute()
}

/** @returns false when the key is taken */
export async function insertProduct(db: Db, row: ProductRow): Promise<boolean> {
  const result = await db
    .insertInto('product')
    .values(row)
    .onConflict((conflict) => conflict.column('key').doNothing())
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** @returns false when there is none */
export async function updateProduct(db: Db, key: string, change: Partial<Omit<ProductRow, 'key' | 'created_at'>>): Promise<boolean> {
  const result = await db.updateTable('product').set(change).where('key', '=', key).executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** How many leads are interested in each product. */
export async function countInterested(db: Db): Promise<Map<string, number>> {
  const rows = await sql<{ key: string; n: number }>`/* count_interested */
    SELECT key, count(*) AS n FROM person, unnest(products) key WHERE identified_at IS NOT NULL AND products <> '{}' GROUP BY key`.execute(
    db,
  )
  return new Map(rows.rows.map((row) => [row.key, row.n]))
}
