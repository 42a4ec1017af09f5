import { sql } from 'kysely'
import type { Ctx } from './ctx.ts'
import type { JsonObject } from './json.ts'

/** What a browser hears: a topic and a few ids, never personal data. */
export interface Announcement {
  readonly topic: string
  readonly payload: JsonObject
}

/** Tells open screens that something changed. Delivered only if the transaction commits; payloads stay below 7 kB. */
export async function announce(ctx: Ctx, topic: string, payload: JsonObject = {}): Promise<void> {
  await sql`/* announce */ SELECT pg_notify('hagukumi_live', ${JSON.stringify({ topic, payload })})`.execute(ctx.db)
}
