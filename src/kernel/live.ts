import { type RawBuilder, sql } from 'kysely'
import type { Ctx } from './ctx.ts'
import { textArray } from './db/arrays.ts'
import type { Subject } from './db/buckets.ts'
import type { JsonObject } from './json.ts'

/** What a browser hears: a topic and a few ids, never personal data. */
export interface Announcement {
  readonly topic: string
  readonly payload: JsonObject
}

/** So many ids fit into one payload. */
const NAMED = 160

/** Tells open screens that something changed about these people, however many they are. */
export async function announcePeople(ctx: Ctx, people: readonly Subject[]): Promise<void> {
  if (people.length) await peopleNotice(people).execute(ctx.db)
}

/** The same, and a few topics besides, as a statement to be sent with others. */
export function peopleNotice(people: readonly Subject[], topics: readonly string[] = []): RawBuilder<unknown> {
  const pages = Array.from({ length: Math.ceil(people.length / NAMED) }, (_, n) => people.slice(n * NAMED, (n + 1) * NAMED))
  const said: Announcement[] = [
    ...pages.map((page) => ({ topic: 'people', payload: { ids: page.map(({ id }) => id) } })),
    ...topics.map((topic) => ({ topic, payload: {} })),
  ]
  const told = textArray(said, (one) => JSON.stringify(one))
  return sql`/* announce_people */ SELECT pg_notify('hagukumi_live', x) FROM unnest(${told}::text[]) x`
}

/** Tells open screens that something changed. Delivered only if the transaction commits; payloads stay below 7 kB. */
export async function announce(ctx: Ctx, topic: string, payload: JsonObject = {}): Promise<void> {
  await sql`/* announce */ SELECT pg_notify('hagukumi_live', ${JSON.stringify({ topic, payload })})`.execute(ctx.db)
}
