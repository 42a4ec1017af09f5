import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'
import type {} from './tables.ts'

export interface NewMail {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly sender: string
  readonly messageId: string
  readonly raw: Buffer
}

/** Mails that came in, all at once. */
export async function insertMails(db: Db, mails: readonly NewMail[], now: Date): Promise<void> {
  await sql`/* insert_mailbox */ INSERT INTO mailbox_mail (id, at, envelope_from, envelope_to, subject, sender, message_id, raw)
    SELECT x.i, ${now}::timestamptz, x.f, x.t, x.s, x.n, x.m, x.r FROM unnest(${mails.map((m) => m.id)}::uuid[], ${mails.map((m) => m.from)}::text[], ${mails.map((m) => m.to)}::text[],
      ${mails.map((m) => m.subject)}::text[], ${mails.map((m) => m.sender)}::text[], ${mails.map((m) => m.messageId)}::text[], ${mails.map((m) => m.raw)}::bytea[]) x(i, f, t, s, n, m, r)`.execute(
    db,
  )
}

export interface MailRow {
  readonly id: string
  readonly at: Date
  readonly sender: string
  readonly envelope_to: string
  readonly subject: string
  readonly read_at: Date | null
  readonly bytes: number
}

export async function listMails(
  db: Db,
  ask: { after: { at: Date; id: string } | null; limit: number; search: string | null },
): Promise<MailRow[]> {
  const { after, limit, search } = ask
  const like = search === null ? null : `%${search.replace(/[\\%_]/g, '\\$&')}%`
  const found = await sql<MailRow>`SELECT id, at, sender, envelope_to, subject, read_at, length(raw) AS bytes FROM mailbox_mail
    WHERE (${after === null} OR (at, id) < (${after?.at ?? null}::timestamptz, ${after?.id ?? null}::uuid)) AND (${like}::text IS NULL OR subject ILIKE ${like} OR envelope_to ILIKE ${like})
    ORDER BY at DESC, id DESC LIMIT ${limit}`.execute(db)
  return found.rows
}

export async function countUnread(db: Db): Promise<number> {
  const found = await sql<{ n: number }>`SELECT count(*)::int AS n FROM mailbox_mail WHERE read_at IS NULL`.execute(db)
  return found.rows[0]?.n ?? 0
}

export async function findMail(db: Db, id: string): Promise<(MailRow & { raw: Buffer }) | undefined> {
  const found = await sql<
    MailRow & { raw: Buffer }
  >`SELECT id, at, sender, envelope_to, subject, read_at, length(raw) AS bytes, raw FROM mailbox_mail WHERE id = ${id}`.execute(db)
  return found.rows[0]
}

/** Whether there is such a mail. */
export async function markRead(db: Db, id: string, now: Date): Promise<boolean> {
  const done = await sql`UPDATE mailbox_mail SET read_at = coalesce(read_at, ${now}) WHERE id = ${id}`.execute(db)
  return Boolean(done.numAffectedRows)
}

export async function clearMails(db: Db): Promise<void> {
  await sql`DELETE FROM mailbox_mail`.execute(db)
}

/** Mails older than an instant, with their bytes. */
export async function countOld(db: Db, before: Date): Promise<{ n: number; bytes: number }> {
  const found = await sql<{
    n: number
    bytes: number
  }>`SELECT count(*)::int AS n, coalesce(sum(length(raw)), 0)::bigint AS bytes FROM mailbox_mail WHERE at < ${before}`.execute(db)
  return { n: Number(found.rows[0]?.n ?? 0), bytes: Number(found.rows[0]?.bytes ?? 0) }
}

/** Deletes a page of mails older than an instant. @returns how many */
export async function deleteOld(db: Db, before: Date, most: number): Promise<number> {
  const done = await sql`DELETE FROM mailbox_mail WHERE id IN (SELECT id FROM mailbox_mail WHERE at < ${before} LIMIT ${most})`.execute(db)
  return Number(done.numAffectedRows ?? 0)
}

/** Deletes the mails to some addresses, as they stand in a person's row or as they went over the wire. */
export async function deleteMailsTo(db: Db, addresses: readonly string[]): Promise<void> {
  await sql`DELETE FROM mailbox_mail WHERE lower(envelope_to) = ANY(${addresses.map((address) => address.toLowerCase())}::text[])`.execute(
    db,
  )
}
