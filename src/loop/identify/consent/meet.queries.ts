import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { Db } from '#kernel/db/tables.ts'
import type { Meeting } from '../personTables.ts'
import * as decide from './decide.ts'

interface Row extends decide.State {
  readonly bucket: number
  readonly person_id: string
  readonly basis: string
  readonly entry_id: string
  readonly at: Date
  readonly address_hash: string | null
}

async function statesAt(db: Db, { bucket, id }: Subject): Promise<Row[]> {
  const found = await sql<Row>`/* consent_states_of */ SELECT * FROM consent_state WHERE bucket = ${bucket} AND person_id = ${id}`.execute(
    db,
  )
  return found.rows
}

/**
 * What two people agreed to, as one: the stricter of both, written into the ledger as an entry of its own, so that it stays at the lead
 * when they part. After parting both are made anew from their own entries, and what was refused meanwhile is refused for both.
 */
export async function meetStates(ctx: Ctx, { from, to, undo }: Meeting): Promise<void> {
  if (undo) return part(ctx, from, to)
  const mine = await statesAt(ctx.db, from)
  if (!mine.length) return
  const { stricter, alone } = decide.meetStates(mine, await statesAt(ctx.db, to))
  await sql`DELETE FROM consent_state WHERE bucket = ${from.bucket} AND person_id = ${from.id}`.execute(ctx.db)
  await sql`INSERT INTO consent_state SELECT x.* FROM jsonb_populate_recordset(NULL::consent_state, ${JSON.stringify(alone.map((row) => ({ ...row, bucket: to.bucket, person_id: to.id })))}::jsonb) x
    ON CONFLICT DO NOTHING`.execute(ctx.db)
  await refuseAlso(ctx, to, stricter, 'merge')
}

async function part(ctx: Ctx, lead: Subject, released: Subject): Promise<void> {
  const before = await statesAt(ctx.db, lead)
  await makeAnew(ctx.db, lead)
  await makeAnew(ctx.db, released)
  for (const who of [lead, released]) {
    const { stricter, alone } = decide.meetStates(before, await statesAt(ctx.db, who))
    await refuseAlso(ctx, who, [...stricter, ...alone.filter((state) => !state.given)], 'unmerge')
  }
}

/** Entries that say no for somebody because the other they were taken for said it. */
async function refuseAlso(ctx: Ctx, who: Subject, states: readonly Row[], route: string): Promise<void> {
  if (!states.length) return
  const rows = states.map((state) => ({ ...state, bucket: who.bucket, person_id: who.id, entry_id: ctx.id(), at: ctx.now }))
  await sql`WITH given AS (SELECT x.* FROM jsonb_populate_recordset(NULL::consent_state, ${JSON.stringify(rows)}::jsonb) x),
    entries AS (INSERT INTO consent_entry (bucket, person_id, id, purpose, given, basis, at, route, actor, topic_id, until, address_hash)
      SELECT bucket, person_id, entry_id, purpose, given, basis, at, ${route}, 'merge', NULLIF(topic_id, ${decide.NO_TOPIC}::uuid), until, address_hash FROM given)
    INSERT INTO consent_state AS s SELECT * FROM given ON CONFLICT (bucket, person_id, purpose, topic_id)
    DO UPDATE SET given = excluded.given, basis = excluded.basis, entry_id = excluded.entry_id, at = excluded.at, until = excluded.until, address_hash = excluded.address_hash`.execute(
    ctx.db,
  )
}

/** The states of somebody as their own ledger says. */
export async function makeAnew(db: Db, { bucket, id }: Subject): Promise<void> {
  await sql`DELETE FROM consent_state WHERE bucket = ${bucket} AND person_id = ${id}`.execute(db)
  await sql`WITH e AS (SELECT *, coalesce(topic_id, ${decide.NO_TOPIC}::uuid) AS t, array_position(ARRAY['published','relation','card','consent'], basis) AS rank,
      max(at) FILTER (WHERE NOT given) OVER (PARTITION BY purpose, topic_id) AS refused FROM consent_entry WHERE bucket = ${bucket} AND person_id = ${id})
    INSERT INTO consent_state (bucket, person_id, purpose, topic_id, given, basis, entry_id, at, until, address_hash)
    SELECT DISTINCT ON (purpose, t) bucket, person_id, purpose, t, given, basis, id, at, until, address_hash FROM e WHERE refused IS NULL OR at >= refused
    ORDER BY purpose, t, (given AND (refused IS NULL OR at > refused)) DESC, rank DESC NULLS LAST, at DESC, id DESC`.execute(db)
}
