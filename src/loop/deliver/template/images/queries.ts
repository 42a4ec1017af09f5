import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type { Picture } from './picture.ts'

export interface ImageRow {
  readonly id: string
  readonly token: string
  readonly name: string
  readonly kind: string
  readonly width: number
  readonly height: number
  readonly size: number
  readonly created_at: Date
}

const columns = sql`id, token, name, kind, width, height, octet_length(bytes) AS size, created_at`

export async function listImages(db: Db, after: { at: Date; id: string } | null, limit: number): Promise<ImageRow[]> {
  const found = await sql<ImageRow>`SELECT ${columns} FROM mail_image WHERE archived_at IS NULL
    AND (${after === null} OR (created_at, id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid)) ORDER BY created_at DESC, id DESC LIMIT ${limit}`.execute(
    db,
  )
  return found.rows
}

export async function insertImage(
  db: Db,
  row: { id: string; token: string; name: string; madeBy: string | null; picture: Picture },
  now: Date,
): Promise<ImageRow> {
  const { picture } = row
  const put = await sql<ImageRow>`INSERT INTO mail_image (id, token, name, kind, width, height, bytes, small, made_by, created_at)
    VALUES (${row.id}, ${row.token}, ${row.name}, ${picture.kind}, ${picture.width}, ${picture.height}, ${picture.bytes}, ${picture.small}, ${row.madeBy}, ${now}) RETURNING ${columns}`.execute(
    db,
  )
  return put.rows[0] as ImageRow
}

export async function archiveImage(db: Db, id: string, now: Date): Promise<boolean> {
  const done = await sql`UPDATE mail_image SET archived_at = coalesce(archived_at, ${now}) WHERE id = ${id}`.execute(db)
  return Number(done.numAffectedRows ?? 0) > 0
}

/** What a receiver sees. Pictures taken out of the choice stay for the mails that show them. */
export async function findBytes(db: Db, token: string, isSmall: boolean): Promise<{ kind: string; bytes: Buffer } | undefined> {
  const found = await sql<{
    kind: string
    bytes: Buffer
  }>`/* find_mail_image */ SELECT kind, CASE WHEN ${isSmall}::boolean THEN small ELSE bytes END AS bytes FROM mail_image WHERE token = ${token}`.execute(
    db,
  )
  return found.rows[0]
}
