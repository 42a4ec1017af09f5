// The journal's door for newcomers in great numbers.
import { sql } from 'kysely'
import type { Ctx } from './ctx.ts'
import { bySubject, type Subject } from './db/buckets.ts'
import { copyEach } from './db/copy.ts'
import type { NewEvent } from './journal.ts'

const COLUMNS = ['bucket', 'person_id', 'name', 'occurred_at', 'received_at', 'historic', 'hop', 'page_group', 'props'] as const

/**
 * `append` for subjects that were made in this very transaction: nothing of theirs can be there already, so the rows are copied in.
 * The same rows as `append` would write, for events whose ids differ.
 */
export async function appendNew(ctx: Ctx, events: readonly NewEvent[]): Promise<void> {
  if (!events.length) return
  const rows = events.map((event) => ({ event, props: JSON.stringify(event.props), received: event.receivedAt ?? ctx.now }))
  const common = ({ event, props, received }: (typeof rows)[number]) =>
    [
      event.subject.bucket,
      event.subject.id,
      event.name,
      event.occurredAt,
      received,
      event.historic ?? false,
      event.hop ?? 0,
      event.pageGroup,
      props,
    ] as const
  const sorted = [...rows].sort((a, b) => bySubject(a.event.subject, b.event.subject))
  await copyEach(ctx.db, 'journal', [...COLUMNS, 'id', 'via', 'cause_id'], sorted, (row) => [
    ...common(row),
    row.event.id,
    row.event.via,
    row.event.causeId,
  ])
  const told = sorted.filter((row) => !row.event.silent)
  await copyEach(ctx.db, 'news', [...COLUMNS, 'event_id'], told, (row) => [...common(row), row.event.id])
  await sql`/* notify_news */ SELECT pg_notify('hagukumi_news', '')`.execute(ctx.db)
}

/** `makePulses` for subjects that were made in this very transaction. */
export async function pulsesOfNew(ctx: Ctx, subjects: readonly Subject[]): Promise<void> {
  const sorted = [...subjects].sort(bySubject)
  await copyEach(ctx.db, 'pulse', ['bucket', 'person_id'], sorted, ({ bucket, id }) => [bucket, id])
}
