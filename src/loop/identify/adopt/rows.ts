// How the rows of the declared tables move when two people become one, and back.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { JsonObject } from '#kernel/json.ts'
import type { PersonTable } from '../personTables.ts'
import { type Collision, meetRows, pairRows, partRows } from './decide.ts'
import * as queries from './queries.ts'

/** What an adoption keeps of a table so that it can be undone. */
export interface Kept {
  readonly met: Collision[]
  readonly alone: JsonObject[]
  /** Rows of tables without an origin column, as they were. */
  readonly moved: JsonObject[]
}
export interface Taken {
  readonly identities: { kind: 'mail' | 'external' | 'device'; value: string }[]
  readonly aliases: string[]
  readonly tables: Record<string, Kept>
}

/** Moves every declared table; answers what could not simply move. */
export async function moveTables(ctx: Ctx, from: Subject, to: Subject): Promise<Record<string, Kept>> {
  const kept: Record<string, Kept> = {}
  for (const table of ctx.house.ports.personTables) {
    const one = await moveTable(ctx, table, from, to)
    if (one && one.met.length + one.alone.length + one.moved.length) kept[table.table] = one
  }
  return kept
}

async function moveTable(ctx: Ctx, table: PersonTable, from: Subject, to: Subject): Promise<Kept | null> {
  if (table.meet === 'byHand') return null
  if (typeof table.meet === 'function') {
    await table.meet(ctx, { from, to, undo: false, also: [] })
    return null
  }
  if (table.meet === 'recompute') return { met: [], alone: await queries.takeRows(ctx.db, table.table, from), moved: [] }
  const before = table.origin ? [] : await queries.rowsAt(ctx.db, table.table, from)
  const collided = await queries.moveRows(ctx.db, table, from, to)
  if (!collided.length) return { met: [], alone: [], moved: before }
  const key = await queries.keyColumns(ctx.db, table.table)
  const { met, alone } = pairRows(collided, await queries.rowsInPlaceOf(ctx.db, table.table, to, collided, key), key)
  const changed = met.map((pair) => ({ pair, row: meetRows(table, pair) })).filter(({ pair, row }) => row !== pair.theirs)
  await queries.deleteInPlaceOf(
    ctx.db,
    table.table,
    to,
    changed.map(({ row }) => row),
    key,
  )
  await queries.putRows(
    ctx.db,
    table.table,
    to,
    changed.map(({ row }) => row),
  )
  return { met, alone, moved: before.filter((row) => !collided.some((other) => JSON.stringify(other) === JSON.stringify(row))) }
}

/** Brings a table back: what came goes, what two rows became comes apart. */
export async function moveTableBack(ctx: Ctx, table: PersonTable, lead: Subject, old: Subject, taken: Taken): Promise<void> {
  if (table.meet === 'byHand') return
  if (typeof table.meet === 'function') return table.meet(ctx, { from: lead, to: old, undo: true, also: taken.aliases })
  const kept = taken.tables[table.table] ?? { met: [], alone: [], moved: [] }
  const key = kept.met.length + kept.moved.length ? await queries.keyColumns(ctx.db, table.table) : []
  if (kept.met.length) await partPlaces(ctx, table, lead, kept, key)
  if (table.origin && table.meet !== 'recompute') await queries.moveBack(ctx.db, table, lead, old, taken.aliases)
  if (kept.moved.length) {
    const now = await queries.rowsInPlaceOf(ctx.db, table.table, lead, kept.moved, key)
    await queries.deleteInPlaceOf(ctx.db, table.table, lead, now, key)
    await queries.putRows(ctx.db, table.table, old, now)
  }
  await queries.putRows(ctx.db, table.table, old, [...kept.alone, ...kept.met.map((pair) => pair.mine)])
}

/** Puts back what stood at the lead before two rows met there. */
async function partPlaces(ctx: Ctx, table: PersonTable, lead: Subject, kept: Kept, key: readonly string[]): Promise<void> {
  const now = await queries.rowsInPlaceOf(
    ctx.db,
    table.table,
    lead,
    kept.met.map((pair) => pair.theirs),
    key,
  )
  const { met } = pairRows(
    kept.met.map((pair) => pair.theirs),
    now,
    key,
  )
  const rows = met.map(({ mine: theirs, theirs: current }) => {
    const pair = kept.met.find((one) => one.theirs === theirs)
    return pair ? partRows(table, pair, current) : current
  })
  await queries.deleteInPlaceOf(ctx.db, table.table, lead, rows, key)
  await queries.putRows(ctx.db, table.table, lead, rows)
}
