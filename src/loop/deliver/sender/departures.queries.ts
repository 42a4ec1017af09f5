import { type RawBuilder, sql } from 'kysely'
import { plainArray } from '#kernel/db/arrays.ts'
import { columnsOf, type Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'

/** Which mail, of whom. */
export interface Mail {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
}

/** The note that these mails left: sent behind their record, in its transaction. */
export const departureAsk = (id: string, mails: readonly Mail[]): RawBuilder<unknown> => sql`/* put_departure */
  INSERT INTO mail_departure (id, people, deliveries)
  VALUES (${id}::uuid, ${plainArray(mails, (m) => m.person_id)}::uuid[], ${plainArray(mails, (m) => m.id)}::uuid[])`

/** Takes notes out. @returns those that were still there, with the mails they name */
export async function takeDepartures(db: Db, ids: readonly string[]): Promise<(Departed & { readonly id: string })[]> {
  const taken = await sql<Departed & { id: string }>`/* take_departures */
    DELETE FROM mail_departure WHERE id = ANY(${plainArray(ids, (id) => id)}::uuid[]) RETURNING id, people, deliveries`.execute(db)
  return taken.rows
}

interface Departed {
  readonly people: string[]
  readonly deliveries: string[]
}

/** Notes made between two instants, given as ids, the oldest first. */
export async function listDepartures(db: Db, { after, before }: { after: string; before: string }, limit: number): Promise<string[]> {
  const found = await sql<{
    id: string
  }>`/* list_departures */ SELECT id FROM mail_departure WHERE id > ${after}::uuid AND id < ${before}::uuid ORDER BY id LIMIT ${limit}`.execute(
    db,
  )
  return found.rows.map(({ id }) => id)
}

/** A mail that left, as its event tells of it. */
export interface SentMail extends Mail {
  readonly what: string
  readonly template_id: string
  readonly template_name: string
  readonly resent: boolean
  readonly fence: number
  readonly sent_at: Date
}

/** Those of these mails that are recorded as sent, whoever their people are by now. */
export async function sentMails(db: Db, subjects: readonly Subject[], deliveries: readonly string[]): Promise<SentMail[]> {
  const { buckets, ids } = columnsOf(subjects)
  const found = await sql<SentMail>`/* departed_mails */
    SELECT d.bucket, d.person_id, d.id, d.what, t.id AS template_id, t.name AS template_name, d.resent, d.fence, d.sent_at
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${plainArray(deliveries, (id) => id)}::uuid[]) x(b, i, d)
    JOIN delivery d ON d.bucket = x.b AND d.person_id = x.i AND d.id = x.d JOIN template_version v ON v.id = d.version_id JOIN template t ON t.id = v.template_id
    WHERE d.status = 'sent'`.execute(db)
  return found.rows
}
