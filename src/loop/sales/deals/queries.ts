import { type Selectable, sql } from 'kysely'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { DealTable } from '../tables.ts'

export type DealRow = Selectable<DealTable>

export async function insertDeal(db: Db, row: Omit<DealRow, 'version' | 'import_key'>): Promise<void> {
  await db.insertInto('deal').values(row).execute()
}

export async function insertStep(
  db: Db,
  step: { id: string; deal_id: string; from_stage: string | null; to_stage: string; at: Date; by_name: string },
): Promise<void> {
  await db.insertInto('deal_stage_history').values(step).execute()
}

/** A deal, also one that was removed; locked when it is to be changed. */
export function findDeal(db: Db, id: string, lock: boolean): Promise<DealRow | undefined> {
  const query = db.selectFrom('deal').selectAll().where('id', '=', id)
  return (lock ? query.forUpdate() : query).executeTakeFirst()
}

export async function updateDeal(db: Db, id: string, change: Partial<Omit<DealRow, 'id' | 'version'>>, at: Date): Promise<void> {
  await db
    .updateTable('deal')
    .set((eb) => ({ ...change, changed_at: at, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .execute()
}

export async function insertPeople(db: Db, dealId: string, people: readonly Subject[], mainId: string | null, at: Date): Promise<void> {
  const { buckets, ids } = columnsOf(people)
  await sql`INSERT INTO deal_person (bucket, person_id, deal_id, main, added_at)
    SELECT b, i, ${dealId}::uuid, i IS NOT DISTINCT FROM ${mainId}::uuid, ${at} FROM unnest(${buckets}::smallint[], ${ids}::uuid[]) x(b, i) ORDER BY b, i
    ON CONFLICT DO NOTHING`.execute(db)
}

export async function deletePerson(db: Db, dealId: string, person: Subject): Promise<number> {
  const gone = await db
    .deleteFrom('deal_person')
    .where('bucket', '=', person.bucket)
    .where('person_id', '=', person.id)
    .where('deal_id', '=', dealId)
    .executeTakeFirst()
  return Number(gone.numDeletedRows)
}

/** Gives deals that are called by one of these people another name. @returns their ids */
export async function renameCalledBy(db: Db, people: readonly { subject: Subject; name: string }[], name: string): Promise<string[]> {
  const { buckets, ids } = columnsOf(people.map((one) => one.subject))
  const done = await sql<{ id: string }>`UPDATE deal d SET name = ${name}
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${people.map((one) => one.name)}::text[]) x(b, i, n)
    JOIN deal_person l ON l.bucket = x.b AND l.person_id = x.i WHERE d.id = l.deal_id AND d.name = x.n RETURNING d.id`.execute(db)
  return done.rows.map((row) => row.id)
}

/** The people of these deals, main contacts first. */
export async function peopleOf(
  db: Db,
  dealIds: readonly string[],
): Promise<{ deal_id: string; bucket: number; person_id: string; main: boolean }[]> {
  const rows = await sql<{ deal_id: string; bucket: number; person_id: string; main: boolean }>`
    SELECT deal_id, bucket, person_id, main FROM deal_person WHERE deal_id = ANY(${dealIds}::uuid[]) ORDER BY main DESC, added_at, person_id`.execute(
    db,
  )
  return rows.rows
}

export function stepsOf(
  db: Db,
  dealId: string,
): Promise<{ id: string; from_stage: string | null; to_stage: string; at: Date; by_name: string }[]> {
  return db
    .selectFrom('deal_stage_history')
    .select(['id', 'from_stage', 'to_stage', 'at', 'by_name'])
    .where('deal_id', '=', dealId)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

export interface DealFilter {
  readonly state?: DealRow['state'] | undefined
  readonly stage?: string | undefined
  /** null means nobody's. */
  readonly ownerId?: string | null | undefined
  readonly person?: Subject | undefined
  readonly q?: string | undefined
}

/** The last changed first, after `cursor`. */
export function listDeals(db: Db, filter: DealFilter, cursor: { at: Date; id: string } | null, limit: number): Promise<DealRow[]> {
  let query = db
    .selectFrom('deal')
    .selectAll()
    .where('removed_at', 'is', null)
    .orderBy('changed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  if (filter.state) query = query.where('state', '=', filter.state)
  if (filter.stage) query = query.where('stage', '=', filter.stage)
  if (filter.ownerId === null) query = query.where('owner_id', 'is', null)
  if (filter.ownerId) query = query.where('owner_id', '=', filter.ownerId)
  if (filter.q) query = query.where(sql<boolean>`position(lower(${filter.q}) IN lower(name || ' ' || coalesce(company_name, ''))) > 0`)
  if (filter.person) {
    const { bucket, id } = filter.person
    query = query.where(
      sql<boolean>`EXISTS (SELECT 1 FROM deal_person p WHERE p.bucket = ${bucket} AND p.person_id = ${id}::uuid AND p.deal_id = deal.id)`,
    )
  }
  if (cursor) query = query.where(sql<boolean>`(changed_at, id) < (${cursor.at}::timestamptz, ${cursor.id}::uuid)`)
  return query.execute()
}

/** Number and sum of open deals by stage. */
export function sumByStage(db: Db, ownerId?: string | null): Promise<{ stage: string; n: number; sum: number }[]> {
  let query = db
    .selectFrom('deal')
    .select((eb) => ['stage', eb.fn.countAll<number>().as('n'), sql<number>`coalesce(sum(amount), 0)::float8`.as('sum')])
    .where('removed_at', 'is', null)
    .where('state', '=', 'open')
    .groupBy('stage')
  if (ownerId === null) query = query.where('owner_id', 'is', null)
  if (ownerId) query = query.where('owner_id', '=', ownerId)
  return query.execute()
}

/** The newest open deals of every stage, at most `most` each, in one statement. */
export async function topOfStages(db: Db, ownerId: string | null | undefined, most: number): Promise<DealRow[]> {
  const rows = await sql<DealRow>`
    SELECT d.* FROM (SELECT d.*, row_number() OVER (PARTITION BY stage ORDER BY changed_at DESC, id DESC) AS nth FROM deal d
      WHERE d.removed_at IS NULL AND d.state = 'open' AND (${ownerId === undefined} OR d.owner_id IS NOT DISTINCT FROM ${ownerId ?? null}::uuid)) d
    WHERE d.nth <= ${most} ORDER BY d.changed_at DESC, d.id DESC`.execute(db)
  return rows.rows
}

export interface Numbers {
  opened: number
  meetings: number
  won: number
  won_amount: number
  lost: number
}

/** Deals opened, brought to a meeting for the first time, won and lost within a time. */
export async function countDeals(db: Db, from: Date, to: Date, meetingStages: readonly string[]): Promise<Numbers> {
  const rows = await sql<Numbers>`
    SELECT count(*) FILTER (WHERE opened_at >= ${from} AND opened_at < ${to}) AS opened,
      (SELECT count(*) FROM (SELECT h.deal_id, min(h.at) AS first FROM deal_stage_history h JOIN deal x ON x.id = h.deal_id AND x.removed_at IS NULL
        WHERE h.to_stage = ANY(${meetingStages}::text[]) GROUP BY h.deal_id) m WHERE m.first >= ${from} AND m.first < ${to}) AS meetings,
      count(*) FILTER (WHERE state = 'won' AND closed_at >= ${from} AND closed_at < ${to}) AS won,
      coalesce(sum(amount) FILTER (WHERE state = 'won' AND closed_at >= ${from} AND closed_at < ${to}), 0)::float8 AS won_amount,
      count(*) FILTER (WHERE state = 'lost' AND closed_at >= ${from} AND closed_at < ${to}) AS lost
    FROM deal WHERE removed_at IS NULL`.execute(db)
  return rows.rows[0] ?? { opened: 0, meetings: 0, won: 0, won_amount: 0, lost: 0 }
}
