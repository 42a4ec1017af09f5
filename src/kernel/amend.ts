// The one correction of the journal: an event of ours whose cause turned out to be something else.
import { sql } from 'kysely'
import type { Ctx } from './ctx.ts'
import type { Subject } from './db/buckets.ts'
import type { JsonObject } from './json.ts'

/** Adds to the properties of events; what is corrected must be told by an event of its own, so that nothing changes in silence. */
export async function amend(
  ctx: Ctx,
  { bucket, id }: Subject,
  events: readonly { readonly id: string; readonly props: JsonObject }[],
): Promise<void> {
  await sql`/* amend_events */ UPDATE journal j SET props = j.props || x.p FROM unnest(${events.map((one) => one.id)}::uuid[], ${events.map((one) => JSON.stringify(one.props))}::jsonb[]) x(i, p)
    WHERE j.bucket = ${bucket} AND j.person_id = ${id} AND j.id = x.i`.execute(ctx.db)
}
