import { type RawBuilder, type Selectable, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { PersonaTable } from './tables.ts'

export type PersonaRow = Selectable<PersonaTable>

/** Personas in order. */
export const listPersonas = (db: Db): Promise<PersonaRow[]> =>
  db.selectFrom('persona').selectAll().where('removed_at', 'is', null).orderBy('place').orderBy('id').execute()

/** A persona, also one that was removed, locked for a change. */
export const lockPersona = (db: Db, id: string): Promise<PersonaRow | undefined> =>
  db.selectFrom('persona').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

/** Whether another persona has the name. */
export async function isTaken(db: Db, name: string, but: string): Promise<boolean> {
  const found = await sql`SELECT 1 FROM persona WHERE lower(name) = lower(${name}) AND removed_at IS NULL AND id <> ${but}::uuid`.execute(
    db,
  )
  return found.rows.length > 0
}

export async function savePersona(db: Db, row: PersonaRow): Promise<void> {
  const values = { ...row, profile: JSON.stringify(row.profile), rule: JSON.stringify(row.rule) }
  await db
    .insertInto('persona')
    .values(values)
    .onConflict((one) => one.column('id').doUpdateSet(values))
    .execute()
}

/** Gives the personas their places by the order of the ids. */
export async function placePersonas(db: Db, ids: readonly string[]): Promise<void> {
  await sql`UPDATE persona SET place = x.o FROM unnest(${[...ids]}::uuid[]) WITH ORDINALITY x(i, o) WHERE persona.id = x.i`.execute(db)
}

/** The first persona whose live segment the person under the alias is in. */
export const personaOf = (person: string): RawBuilder<unknown> => {
  const p = sql.id(person)
  return sql`(SELECT e.id::text FROM persona e JOIN segment s ON s.id = e.segment_id AND s.archived_at IS NULL
    JOIN membership m ON m.segment_id = s.id AND m.version = s.live_version AND m.is_in AND m.bucket = ${p}.bucket AND m.person_id = ${p}.id
    WHERE e.removed_at IS NULL ORDER BY e.place, e.id LIMIT 1)`
}

/** The same for people at hand, by the very same expression. */
export async function personasOf(db: Db, subjects: readonly Subject[]): Promise<Map<string, string | null>> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<{ id: string; persona: string | null }>`SELECT p.id, ${personaOf('p')} AS persona
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) p(bucket, id)`.execute(db)
  return new Map(found.rows.map((row) => [row.id, row.persona]))
}
