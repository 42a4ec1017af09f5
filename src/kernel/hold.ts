// A restored installation comes up held: parts of it wait until an operator lets them go on. The row of `hold` is read where each part
// acts (the mark of a mail, the claim of a timer, the run of a job), so nothing that was started elsewhere can slip past it.
import { sql } from 'kysely'
import type { Ctx } from './ctx.ts'
import type { Json, JsonObject } from './json.ts'

export interface Hold {
  readonly since: Date
  /** What still waits. */
  readonly parts: readonly string[]
  readonly about: JsonObject
}

/** The hold as it stands; null when nothing is held. */
export async function readHold(ctx: Ctx): Promise<Hold | null> {
  const found = await sql<{
    since: Date
    parts: string[]
    about: JsonObject
  }>`/* read_hold */ SELECT since, parts, about FROM hold`.execute(ctx.db)
  return found.rows[0] ?? null
}

/** Whether a part is held now. */
export async function isHeld(ctx: Pick<Ctx, 'db'>, part: string): Promise<boolean> {
  const found = await sql`/* is_held */ SELECT 1 FROM hold WHERE ${part} = ANY(parts)`.execute(ctx.db)
  return found.rows.length > 0
}

/** Holds parts. */
export async function setHold(ctx: Pick<Ctx, 'db' | 'now'>, parts: readonly string[], about: JsonObject): Promise<void> {
  await sql`INSERT INTO hold (since, parts, about) VALUES (${ctx.now}, ${[...parts]}::text[], ${JSON.stringify(about)}::jsonb)
    ON CONFLICT (one) DO UPDATE SET since = excluded.since, parts = excluded.parts, about = excluded.about`.execute(ctx.db)
}

/** Changes what is known of the hold, not what it holds. */
export async function noteHold(ctx: Ctx, about: JsonObject): Promise<void> {
  await sql`UPDATE hold SET about = about || ${JSON.stringify(about)}::jsonb`.execute(ctx.db)
}

/** Lets parts go on; their jobs are queued in the same transaction. The hold ends with its last part. @returns what still waits */
export async function release(ctx: Ctx, parts: readonly string[]): Promise<string[]> {
  const left = await sql<{
    parts: string[]
  }>`UPDATE hold SET parts = ARRAY(SELECT p FROM unnest(parts) p WHERE p <> ALL(${[...parts]}::text[]))
    RETURNING parts`.execute(ctx.db)
  const still = left.rows[0]?.parts ?? []
  if (!still.length) await sql`DELETE FROM hold`.execute(ctx.db)
  await ctx.house.jobs.letGo(ctx)
  return still
}

/** Keeps a job beside the queue. */
export async function keepJob(ctx: Pick<Ctx, 'db' | 'now'>, name: string, data: unknown): Promise<void> {
  await sql`INSERT INTO held_job (name, data, at) VALUES (${name}, ${JSON.stringify(data ?? {})}::jsonb, ${ctx.now})`.execute(ctx.db)
}

/** Takes jobs of these kinds that wait beside the queue, oldest first. */
export async function takeHeldJobs(ctx: Ctx, names: readonly string[]): Promise<{ name: string; data: Json }[]> {
  const taken = await sql<{ id: number; name: string; data: Json }>`DELETE FROM held_job WHERE id IN (
    SELECT id FROM held_job WHERE name = ANY(${[...names]}::text[]) FOR UPDATE SKIP LOCKED) RETURNING id, name, data`.execute(ctx.db)
  return taken.rows.sort((a, b) => a.id - b.id)
}
