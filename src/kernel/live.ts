import { sql } from 'kysely'
import type { Ctx } from './ctx.ts'
import { textArray } from './db/arrays.ts'
import type { JsonObject } from './json.ts'

/** What a browser hears: a topic and a few ids, never personal data. */
export interface Announcement {
  readonly topic: string
  readonly payload: JsonObject
}

/** `announce` for several payloads at once. */
export async function announceEach(ctx: Ctx, topic: string, payloads: readonly JsonObject[]): Promise<void> {
  if (!payloads.length) return
  const told = textArray(payloads, (payload) => JSON.stringify({ topic, payload }))
  await sql`/* announce_each */ SELECT pg_notify('hagukumi_live', x) FROM unnest(${told}::text[]) x`.execute(ctx.db)
}

/** Tells open screens that something changed. Delivered only if the transaction commits; payloads stay below 7 kB. */
export async function announce(ctx: Ctx, topic: string, payload: JsonObject = {}): Promise<void> {
  await sql`/* announce */ SELECT pg_notify('hagukumi_live', ${JSON.stringify({ topic, payload })})`.execute(ctx.db)
}
