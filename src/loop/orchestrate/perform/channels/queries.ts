import { sql } from 'kysely'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { NoticeChannelTable } from './tables.ts'

const MOST = 100
const KEPT = 50

/** Channels in use, by name. */
export const listChannels = (db: Db) =>
  db.selectFrom('notice_channel').selectAll().where('archived_at', 'is', null).orderBy('name').orderBy('id').limit(MOST).execute()

export const findChannel = (db: Db, id: string, lock = false) => {
  const found = db.selectFrom('notice_channel').selectAll().where('id', '=', id)
  return (lock ? found.forUpdate() : found).executeTakeFirst()
}

export async function countChannels(db: Db): Promise<number> {
  const found = await sql<{ n: number }>`SELECT count(*)::int AS n FROM notice_channel WHERE archived_at IS NULL`.execute(db)
  return found.rows[0]?.n ?? 0
}

export async function insertChannel(db: Db, row: NoticeChannelTable): Promise<void> {
  await db.insertInto('notice_channel').values(row).execute()
}

export async function updateChannel(db: Db, id: string, given: Partial<NoticeChannelTable>): Promise<void> {
  await db.updateTable('notice_channel').set(given).where('id', '=', id).execute()
}

/** Keeps a notice; the same id is the same notice. Older ones than the last fifty of the channel go. */
export async function keepNotice(db: Db, row: { subject: Subject; id: string; channelId: string; at: Date; body: string }): Promise<void> {
  await sql`INSERT INTO kept_notice (bucket, person_id, id, channel_id, at, body) VALUES (${row.subject.bucket}, ${row.subject.id}, ${row.id}, ${row.channelId}, ${row.at}, ${row.body}) ON CONFLICT DO NOTHING`.execute(
    db,
  )
  await sql`DELETE FROM kept_notice WHERE channel_id = ${row.channelId} AND id NOT IN (SELECT id FROM kept_notice WHERE channel_id = ${row.channelId} ORDER BY at DESC, id DESC LIMIT ${KEPT})`.execute(
    db,
  )
}

export const listKept = (db: Db, channelId: string) =>
  db
    .selectFrom('kept_notice')
    .selectAll()
    .where('channel_id', '=', channelId)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(KEPT)
    .execute()
