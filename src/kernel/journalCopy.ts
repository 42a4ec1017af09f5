// The journal's doors for great numbers: newcomers, and what one statement concludes of thousands.
import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from './ctx.ts'
import { bySubject, type Subject } from './db/buckets.ts'
import { copyEach, copyLine, copyLines } from './db/copy.ts'
import type { NewEvent } from './journal.ts'

const COLUMNS = ['bucket', 'person_id', 'name', 'occurred_at', 'received_at', 'historic', 'hop', 'page_group', 'props'] as const

/**
 * `append` for subjects that were made in this very transaction: nothing of theirs can be there already, so the rows are copied in.
 * The same rows as `append` would write, for events whose ids differ.
 */
export async function appendNew(ctx: Ctx, events: readonly NewEvent[]): Promise<void> {
  if (!events.length) return
  const sorted = events.toSorted((a, b) => bySubject(a.subject, b.subject))
  const told: string[] = []
  const lines = sorted.map((event) => {
    const { subject, name, occurredAt, receivedAt = ctx.now, historic = false, hop = 0, pageGroup, props } = event
    const line = copyLine([
      subject.bucket,
      subject.id,
      name,
      occurredAt,
      receivedAt,
      historic,
      hop,
      pageGroup,
      JSON.stringify(props),
      event.id,
    ])
    if (!event.silent) told.push(line)
    return `${line}\t${copyLine([event.via, event.causeId])}`
  })
  await copyLines(ctx.db, 'journal', [...COLUMNS, 'id', 'via', 'cause_id'], lines)
  if (told.length) await copyLines(ctx.db, 'news', [...COLUMNS, 'event_id'], told)
  await sql`/* notify_news */ SELECT pg_notify('hagukumi_news', '')`.execute(ctx.db)
}

/**
 * A statement, or a part of one, that journals what a query selects as (bucket, person_id, id, name, at, cause_id, hop, props), for events that nobody
 * hears: there is no news of them. An event that is there already has no second effect.
 */
export const journalQuietly = (events: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at, cause_id, hop, props)
  SELECT bucket, person_id, id, name, at, at, cause_id, hop, props FROM (${events}) e ORDER BY bucket, person_id, id ON CONFLICT DO NOTHING`

/** `derivedId` of a column that holds the cause's id, ordinal 0, as SQL. */
export function derivedIdSql(cause: RawBuilder<unknown>, room: string, kind: string): RawBuilder<string> {
  const [before, after] = ['7:derived36:', `${room.length}:${room}${kind.length}:${kind}1:0`]
  return sql<string>`(SELECT (substr(h, 1, 12) || '8' || substr(h, 14, 3) || 'a' || substr(h, 18, 15))::uuid
    FROM encode(sha256(convert_to(${before}::text || ${cause} || ${after}::text, 'UTF8')), 'hex') h)`
}

/** `makePulses` for subjects that were made in this very transaction. */
export async function pulsesOfNew(ctx: Ctx, subjects: readonly Subject[]): Promise<void> {
  const sorted = [...subjects].sort(bySubject)
  await copyEach(ctx.db, 'pulse', ['bucket', 'person_id'], sorted, ({ bucket, id }) => [bucket, id])
}
