// What the loop concludes of people: told to those who hear it, journalled alone where nobody does.
import { sql } from 'kysely'
import type { Ctx } from './ctx.ts'
import { column, instantColumn, textArray } from './db/arrays.ts'
import { uuidBytes } from './db/binary.ts'
import { keyBytes } from './db/buckets.ts'
import { append, type NewEvent, withoutRepeats } from './journal.ts'
import type { JsonObject } from './json.ts'

/**
 * Appends what the loop itself concludes of people. What no stage would do anything with is journalled alone (`silent`): told, it would
 * make a pass of its own for nothing, which with many people at once is half of the work.
 */
export async function appendHeard(ctx: Ctx, events: readonly NewEvent[]): Promise<void> {
  if (!events.length) return
  const isHeard = (await ctx.house.ports.hears?.(ctx, events)) ?? (() => true)
  const told: NewEvent[] = []
  const quiet: NewEvent[] = []
  for (const event of events) (event.silent || !isHeard(event) ? quiet : told).push(event)
  await append(ctx, told)
  await appendSilent(ctx, quiet)
}

/** `append` for events that nobody reacts to. What they have in common is sent once: a crowd that a window leaves is told of in the same words. */
async function appendSilent(ctx: Ctx, events: readonly NewEvent[]): Promise<void> {
  const rows = withoutRepeats(events)
  if (!rows.length) return
  const { buckets, ids } = keyBytes(rows, (e) => e.subject)
  const name = column(rows, (e) => e.name, textArray)
  const occurred = instantColumn(rows, (e) => e.occurredAt)
  const received = instantColumn(rows, (e) => e.receivedAt ?? ctx.now)
  const via = column(rows, (e) => e.via, textArray)
  const historic = column(rows, (e) => e.historic ?? false)
  const cause = column(rows, (e) => e.causeId)
  const hop = column(rows, (e) => e.hop ?? 0)
  const group = column(rows, (e) => e.pageGroup, textArray)
  const props = column(rows, propsTexts(rows), textArray)
  await sql`/* append_silently */ INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at, via, historic, cause_id, hop, page_group, props)
    SELECT g.bucket, g.person_id, g.id, coalesce(g.name, ${name.one}::text), coalesce(g.occurred_at, ${occurred.one}::timestamptz), coalesce(g.received_at, ${received.one}::timestamptz),
      coalesce(g.via, ${via.one}::text), coalesce(g.historic, ${historic.one}::boolean), coalesce(g.cause_id, ${cause.one}::uuid), coalesce(g.hop, ${hop.one}::smallint),
      coalesce(g.page_group, ${group.one}::text), coalesce(g.props, ${props.one}::jsonb)
    FROM unnest(${buckets}::smallint[], ${ids}::uuid[], ${uuidBytes(rows, (e) => e.id)}::uuid[], ${name.list}::text[], ${occurred.list}::timestamptz[], ${received.list}::timestamptz[], ${via.list}::text[],
      ${historic.list}::boolean[], ${cause.list}::uuid[], ${hop.list}::smallint[], ${group.list}::text[], ${props.list}::jsonb[])
      AS g(bucket, person_id, id, name, occurred_at, received_at, via, historic, cause_id, hop, page_group, props)
    ORDER BY g.bucket, g.person_id, g.id ON CONFLICT DO NOTHING`.execute(ctx.db)
}

/** The properties as JSON; those of neighbours that share theirs are written once. */
function propsTexts(events: readonly NewEvent[]): (event: NewEvent) => string {
  const texts = new Map<JsonObject, string>()
  for (const { props } of events) if (!texts.has(props)) texts.set(props, JSON.stringify(props))
  return ({ props }) => texts.get(props) ?? JSON.stringify(props)
}
