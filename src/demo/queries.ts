// What the demo's readers and sellers look up. Read-only: every change goes through the services.
import { sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

export interface SentMail {
  readonly id: string
  readonly person_id: string
  readonly mail: string
  readonly sent_at: Date
  readonly links: number
}

/** Mails sent from one instant to another, both included, with the number of links in each. */
export async function mailsSent(db: Db, from: Date, to: Date): Promise<SentMail[]> {
  const { rows } = await sql<SentMail>`SELECT d.id, d.person_id, p.mail, d.sent_at, cardinality(v.links) AS links
    FROM delivery d JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id JOIN template_version v ON v.id = d.version_id
    WHERE d.status = 'sent' AND d.sent_at >= ${from} AND d.sent_at <= ${to} ORDER BY d.sent_at, d.id`.execute(db)
  return rows
}

export interface WaitingHandoff {
  readonly id: string
  readonly person_id: string
  readonly made_at: Date
}

/** Hand-offs that sales has not answered, oldest first. */
export async function waitingHandoffs(db: Db): Promise<WaitingHandoff[]> {
  const { rows } = await sql<WaitingHandoff>`SELECT id, person_id, made_at FROM handoff WHERE state = 'open' ORDER BY made_at, id`.execute(
    db,
  )
  return rows
}

export interface OpenDeal {
  readonly id: string
  readonly stage: string
  readonly stage_since: Date
}

/** Deals that are neither won nor lost. */
export async function openDeals(db: Db): Promise<OpenDeal[]> {
  const { rows } =
    await sql<OpenDeal>`SELECT id, stage, stage_since FROM deal WHERE state = 'open' AND removed_at IS NULL ORDER BY id`.execute(db)
  return rows
}

/** How many deals there are in all. */
export async function countDeals(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM deal WHERE removed_at IS NULL`.execute(db)
  return Number(rows[0]?.n ?? 0)
}

/** How many sessions are open on a database. */
export async function countSessions(db: Db, database: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM pg_stat_activity WHERE datname = ${database}`.execute(db)
  return Number(rows[0]?.n ?? 0)
}

/** Drops a database with everything in it; runs outside of any transaction. */
export async function dropDatabase(db: Db, database: string): Promise<void> {
  await sql`DROP DATABASE IF EXISTS ${sql.id(database)}`.execute(db)
}
