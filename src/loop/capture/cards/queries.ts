import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Json } from '#kernel/json.ts'
import type { CardFields, Quad, SeenSides } from './contract.ts'
import type { Known, Likeness } from './decide.ts'
import type { CardBatchTable, CardStatus, CardTable, Undo } from './tables.ts'

const json = (value: unknown) => sql<Json>`${JSON.stringify(value)}::jsonb`

export type BatchRow = Omit<CardBatchTable, 'state' | 'photos' | 'asked'> & { state: 'open' | 'cancelled'; photos: number; asked: boolean }
export type CardRow = Omit<CardTable, 'corners' | 'seen' | 'fields' | 'tries' | 'version' | 'undo'> & {
  corners: Partial<Record<'front' | 'back', Quad | null>>
  seen: SeenSides
  fields: CardFields
  undo: Undo | null
  tries: number
  version: number
}

export async function insertBatch(db: Db, row: Omit<BatchRow, 'state' | 'photos' | 'asked'>): Promise<void> {
  await db.insertInto('card_batch').values(row).execute()
}

export async function updateBatch(
  db: Db,
  id: string,
  set: Partial<
    Pick<BatchRow, 'source' | 'campaign_id' | 'exchanged_on' | 'exchanged_by' | 'exchanged_by_name' | 'starts' | 'overwrites' | 'state'>
  >,
): Promise<void> {
  await db.updateTable('card_batch').set(set).where('id', '=', id).execute()
}

export function listBatches(db: Db, after: { at: Date; id: string } | null, limit: number): Promise<BatchRow[]> {
  const query = db.selectFrom('card_batch').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit)
  return (after ? query.where(sql<boolean>`(created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`) : query).execute() as Promise<
    BatchRow[]
  >
}

export async function findBatch(db: Db, id: string, lock = false): Promise<BatchRow | undefined> {
  const query = db.selectFrom('card_batch').selectAll().where('id', '=', id)
  return (await (lock ? query.forUpdate() : query).executeTakeFirst()) as BatchRow | undefined
}

export interface BatchCounts {
  readonly batch_id: string
  readonly total: number
  readonly unread: number
  readonly review: number
  readonly confirmed: number
  readonly discarded: number
  readonly per_second: number | null
}

/** Cards of batches by state, and how many a second were read. */
export async function countBatches(db: Db, ids: readonly string[]): Promise<Map<string, BatchCounts>> {
  if (!ids.length) return new Map()
  const found = await sql<BatchCounts>`/* count_cards */ SELECT batch_id, count(*)::int AS total,
      count(*) FILTER (WHERE status IN ('queued', 'reading'))::int AS unread, count(*) FILTER (WHERE status IN ('review', 'waiting'))::int AS review,
      count(*) FILTER (WHERE status = 'confirmed')::int AS confirmed, count(*) FILTER (WHERE status = 'discarded')::int AS discarded,
      CASE WHEN count(read_at) > 1 THEN ((count(read_at) - 1) / greatest(0.5, extract(epoch FROM max(read_at) - min(read_at))))::float8 END AS per_second
    FROM card WHERE batch_id = ANY(${[...ids]}::uuid[]) GROUP BY batch_id`.execute(db)
  return new Map(found.rows.map((row) => [row.batch_id, row]))
}

/** Names of campaigns (施策) by id. */
export async function campaignNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  if (!ids.length) return new Map()
  const rows = await db
    .selectFrom('campaign')
    .select(['id', 'name'])
    .where('id', 'in', [...ids])
    .execute()
  return new Map(rows.map((row) => [row.id, row.name]))
}

/** The name of a colleague, or undefined when there is none of that id. */
export async function colleagueName(db: Db, id: string): Promise<string | undefined> {
  const found = await sql<{ name: string }>`SELECT name FROM auth_user WHERE id = ${id}`.execute(db)
  return found.rows[0]?.name
}

/** One photo more in the batch, its row locked until commit. @returns how many there are now */
export async function countPhoto(db: Db, batch: string): Promise<number> {
  const found = await sql<{ photos: number }>`UPDATE card_batch SET photos = photos + 1 WHERE id = ${batch} RETURNING photos`.execute(db)
  return found.rows[0]?.photos ?? 0
}

/** Marks that a reading job is asked for. @returns true when none was */
export async function askReading(db: Db, batch: string): Promise<boolean> {
  const found = await sql`UPDATE card_batch SET asked = true WHERE id = ${batch} AND NOT asked RETURNING id`.execute(db)
  return found.rows.length > 0
}

export async function readingBegan(db: Db, batch: string): Promise<void> {
  await sql`UPDATE card_batch SET asked = false WHERE id = ${batch}`.execute(db)
}

/** Batches with cards that nobody reads: their job was lost with the process that had it. */
export async function forgottenBatches(db: Db, before: Date): Promise<string[]> {
  const found = await sql<{ id: string }>`SELECT DISTINCT b.id FROM card c JOIN card_batch b ON b.id = c.batch_id
    WHERE b.state = 'open' AND ((c.status = 'queued' AND c.created_at < ${before}) OR (c.status = 'reading' AND c.claimed_at < ${before}))`.execute(
    db,
  )
  return found.rows.map((row) => row.id)
}

export async function insertCard(
  db: Db,
  row: Pick<CardTable, 'id' | 'batch_id' | 'position' | 'part' | 'status' | 'front' | 'back' | 'created_at'> & { corners?: object },
): Promise<boolean> {
  const { corners, ...plain } = row
  const made = await db
    .insertInto('card')
    .values({ ...plain, corners: json(corners ?? {}) } as never)
    .onConflict((conflict) => conflict.columns(['batch_id', 'position', 'part']).doNothing())
    .executeTakeFirst()
  return (made.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function findCard(db: Db, id: string, lock = false): Promise<CardRow | undefined> {
  const query = db.selectFrom('card').selectAll().where('id', '=', id)
  return (await (lock ? query.forUpdate() : query).executeTakeFirst()) as CardRow | undefined
}

export async function findAt(db: Db, batch: string, position: number): Promise<CardRow | undefined> {
  const query = db.selectFrom('card').selectAll().where('batch_id', '=', batch).where('position', '=', position).where('part', '=', 0)
  return (await query.forUpdate().executeTakeFirst()) as CardRow | undefined
}

export function listCards(
  db: Db,
  where: { state: CardStatus; batch?: string | undefined },
  after: { at: Date; id: string } | null,
  limit: number,
): Promise<CardRow[]> {
  let query = db.selectFrom('card').selectAll().where('status', '=', where.state).orderBy('created_at').orderBy('id').limit(limit)
  if (where.batch) query = query.where('batch_id', '=', where.batch)
  return (after ? query.where(sql<boolean>`(created_at, id) > (${after.at}::timestamptz, ${after.id}::uuid)`) : query).execute() as Promise<
    unknown[]
  > as Promise<CardRow[]>
}

export interface CardChange {
  status?: CardStatus
  front?: string | null
  back?: string | null
  corners?: object
  seen?: object
  fields?: object
  undo?: object | null
  failure?: string | null
  tries?: number
  claimed_at?: Date | null
  read_at?: Date | null
  settled_at?: Date | null
  settled_by?: string | null
}

/** Changes a card; its version grows with it. */
export async function updateCard(db: Db, id: string, { corners, seen, fields, undo, ...plain }: CardChange): Promise<void> {
  await db
    .updateTable('card')
    .set({
      ...plain,
      ...(corners ? { corners: json(corners) } : {}),
      ...(seen ? { seen: json(seen) } : {}),
      ...(fields ? { fields: json(fields) } : {}),
      ...(undo === undefined ? {} : { undo: undo && json(undo) }),
      version: sql<number>`version + 1`,
    })
    .where('id', '=', id)
    .execute()
}

/** Takes one card to read, of the smallest batch first: one card in a hurry does not wait behind a pile. Cards whose reader is gone are taken again. */
export async function claimCard(db: Db, now: Date, gone: Date): Promise<CardRow | undefined> {
  const found = await sql<CardRow>`/* claim_card */ UPDATE card SET status = 'reading', claimed_at = ${now}, tries = tries + 1
    WHERE id = (SELECT c.id FROM card c JOIN card_batch b ON b.id = c.batch_id
      WHERE b.state = 'open' AND (c.status = 'queued' OR (c.status = 'reading' AND c.claimed_at < ${gone}))
      ORDER BY b.photos, c.created_at, c.id LIMIT 1 FOR UPDATE OF c SKIP LOCKED) RETURNING *`.execute(db)
  return found.rows[0]
}

/** Puts away what was not read yet. @returns how many */
export async function putAway(db: Db, batch: string, at: Date, by: string): Promise<number> {
  const result = await db
    .updateTable('card')
    .set({ status: 'discarded', settled_at: at, settled_by: by })
    .where('batch_id', '=', batch)
    .where('status', 'in', ['queued', 'reading', 'waiting'])
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

export async function linkPerson(db: Db, subject: Subject, card: string, at: Date): Promise<void> {
  await db
    .insertInto('card_person')
    .values({ bucket: subject.bucket, person_id: subject.id, card_id: card, at, origin_person_id: null })
    .execute()
}

/** Whose card it is; undefined when nobody's (any more). */
export async function ownerOf(db: Db, card: string): Promise<{ person_id: string } | undefined> {
  return db.selectFrom('card_person').select('person_id').where('card_id', '=', card).executeTakeFirst()
}

export interface LeadCard {
  readonly undo: unknown
  readonly settled_at: Date | null
  readonly id: string
  readonly version: number
  readonly back: string | null
  readonly seen: SeenSides
  readonly exchanged_on: string
  readonly exchanged_by_name: string
  readonly source: string
}

export async function cardsOf(db: Db, subject: Subject): Promise<LeadCard[]> {
  const found =
    await sql<LeadCard>`/* cards_of_lead */ SELECT c.id, c.version, c.back, c.seen, c.undo, c.settled_at, b.exchanged_on, b.exchanged_by_name, b.source
    FROM card_person p JOIN card c ON c.id = p.card_id JOIN card_batch b ON b.id = c.batch_id
    WHERE p.bucket = ${subject.bucket} AND p.person_id = ${subject.id} ORDER BY b.exchanged_on DESC, c.id DESC LIMIT 50`.execute(db)
  return found.rows
}

export type KnownLead = Known & {
  readonly id: string
  readonly bucket: number
  readonly title: string | null
  readonly mail_typed: string | null
}

/** Leads that may be the person of a card: by address, by phone, by name. The caller looks closer. */
export async function findAlike(db: Db, like: Likeness): Promise<KnownLead[]> {
  const columns = sql`id, bucket, mail, mail_typed, contact_mail, phone, family_name, given_name, company_name, title`
  const phones = [like.phone, like.directPhone, like.mobile].filter((phone) => phone !== null)
  const found = await sql<KnownLead>`/* leads_like_card */
    (SELECT ${columns} FROM person WHERE identified_at IS NOT NULL AND ${like.mail}::text IS NOT NULL
       AND (bucket, id) IN (SELECT bucket, person_id FROM identity WHERE kind = 'mail' AND value = ${like.mail}))
    UNION (SELECT ${columns} FROM person WHERE identified_at IS NOT NULL AND cardinality(${phones}::text[]) > 0
       AND phone = ANY(${phones}::text[]) LIMIT 20)
    UNION (SELECT ${columns} FROM person WHERE identified_at IS NOT NULL AND ${like.name} <> ''
       AND search_text LIKE '%' || ${escapeLike(like.name)} || '%' LIMIT 20)
    LIMIT 40`.execute(db)
  return found.rows
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

/** Cards whose pictures may go: put away before one instant, confirmed before another (null: never), or confirmed for somebody who was erased. */
export async function findExpired(
  db: Db,
  discarded: Date,
  confirmed: Date | null,
  limit: number,
): Promise<(Pick<CardRow, 'id' | 'front' | 'back' | 'status'> & { orphan: boolean })[]> {
  const found = await sql<Pick<CardRow, 'id' | 'front' | 'back' | 'status'> & { orphan: boolean }>`
    SELECT c.id, c.front, c.back, c.status, (c.status = 'confirmed' AND p.card_id IS NULL) AS orphan
    FROM card c LEFT JOIN card_person p ON p.card_id = c.id
    WHERE (c.status = 'discarded' AND c.settled_at < ${discarded}) OR (c.status = 'confirmed' AND p.card_id IS NULL)
      OR (c.status = 'confirmed' AND c.front IS NOT NULL AND ${confirmed}::timestamptz IS NOT NULL AND c.settled_at < ${confirmed}) LIMIT ${limit}`.execute(
    db,
  )
  return found.rows
}

export async function deleteCards(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length)
    await db
      .deleteFrom('card')
      .where('id', 'in', [...ids])
      .execute()
}

/** A confirmed card keeps its row and loses its pictures. */
export async function forgetPictures(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length)
    await db
      .updateTable('card')
      .set({ front: null, back: null, seen: json({}) })
      .where('id', 'in', [...ids])
      .execute()
}

/** Of these photos, the ones that a card still refers to (several cards may lie on one). */
export async function photosInUse(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const found = await sql<{ id: string }>`SELECT x.id FROM unnest(${[...ids]}::uuid[]) x(id)
    WHERE EXISTS (SELECT 1 FROM card WHERE front = x.id) OR EXISTS (SELECT 1 FROM card WHERE back = x.id)`.execute(db)
  return new Set(found.rows.map((row) => row.id))
}

export async function cardsInUse(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const found = await sql<{ id: string }>`SELECT id FROM card WHERE id = ANY(${[...ids]}::uuid[]) AND front IS NOT NULL`.execute(db)
  return new Set(found.rows.map((row) => row.id))
}
