import { type RawBuilder, sql } from 'kysely'
import { COMPANY_KEY } from '#access/company/service.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import { MOST_HOPS } from '#kernel/journal.ts'
import { listeningTo } from '#loop/orchestrate/run/queries.ts'
import { SETTINGS as NEGLECT } from '#loop/sales/neglect/service.ts'

/** The last links of a chain of events that feed each other, the newest first. */
export async function lastLinks(db: Db, subject: Subject, since: Date): Promise<{ name: string; what: string | null }[]> {
  const found = await sql<{
    name: string
    what: string | null
  }>`SELECT name, coalesce(props->>'name', props->>'scenario', props->>'segment') AS what FROM journal
    WHERE bucket = ${subject.bucket} AND person_id = ${subject.id} AND hop >= ${MOST_HOPS - 6} AND received_at >= ${since} ORDER BY hop DESC LIMIT 8`.execute(
    db,
  )
  return found.rows
}

/** The rules in force, and what the books of a sent mail are kept by. */
export interface Stamps {
  readonly score: number
  readonly segment: number
  /** A scenario starts or goes on with a mail that left. */
  readonly isAwaited: boolean
  /** The settings behind the days and behind the touches, as they are stored. */
  readonly company: unknown
  readonly neglect: unknown
}

/** The stamps of the rules, held until commit, and whether a scenario listens to mails that leave; no row where rules are just being changed. */
export function listenersHeld(): RawBuilder<Stamps> {
  return sql<Stamps>`/* hold_listeners */
    SELECT m.stamp AS score, g.stamp AS segment,
      EXISTS (SELECT 1 FROM ${listeningTo(['mail.sent'])}) AS "isAwaited",
      (SELECT value FROM setting WHERE key = ${COMPANY_KEY}) AS company, (SELECT value FROM setting WHERE key = ${NEGLECT}) AS neglect
    FROM score_stamp m, segment_stamp g FOR SHARE OF m, g SKIP LOCKED`
}
