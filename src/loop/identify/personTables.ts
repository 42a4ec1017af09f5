import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'

/** What a meeting function is told: rows of `from` go to `to`; `undo` brings back what `from` once brought. */
export interface Meeting {
  /** The one whose rows go (the visitor; on undo the lead). */
  readonly from: Subject
  readonly to: Subject
  readonly undo: boolean
  /** On undo: ids of those who had become `to` before; what came from them goes back to `to` as well. */
  readonly also: readonly string[]
}

/**
 * How rows of one key meet when two people become one. The key is the table's primary key without (bucket, person_id), read from the catalog.
 * - `byHand`: adoption does it itself (this room's and the kernel's tables only)
 * - `move`: nothing can collide (ids in the key); every row moves
 * - `recompute`: a visitor's rows are dropped, the owner of the table computes anew on the news `lead.adopted` / `lead.released`
 * - `keepOlder`: the row whose `age` column is earlier stays, the other is set aside (and comes back on undo)
 * - `closeYounger`: like keepOlder, but the younger row stays beside it when it is no longer in flight
 * - `keepEarliest`: the lead's row stays with the earlier `age` of both
 * - `sum`: the `amounts` columns are added (and subtracted on undo)
 * - a function does it all by itself, in the transaction of the adoption, for undo too
 */
export type Meet =
  | 'byHand'
  | 'move'
  | 'recompute'
  | 'keepOlder'
  | 'closeYounger'
  | 'keepEarliest'
  | 'sum'
  | ((ctx: Ctx, meeting: Meeting) => Promise<void>)

/**
 * A table whose rows belong to a person: it has columns `bucket smallint` and `person_id uuid`, first in its primary key.
 * Adoption, undo, erasure, export and retention walk these declarations; a test fails when such a table is not declared.
 */
export interface PersonTable {
  readonly table: string
  readonly meet: Meet
  /** The instant by which older and younger are told apart (keepOlder, closeYounger, keepEarliest). */
  readonly age?: string
  /** Columns that `sum` adds. */
  readonly amounts?: readonly string[]
  /** Rows in these states may not move now; they stay at the old key until settled and are forwarded later. */
  readonly inFlight?: { readonly column: string; readonly values: readonly string[] }
  readonly erase: 'delete' | 'keep'
  readonly export: boolean
  /** Columns an export leaves out: secrets of the house, not of the person. */
  readonly hidden?: readonly string[]
  /** The table has `origin_person_id uuid`, set when a row moves: undo brings exactly those rows back. */
  readonly origin: boolean
}

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Every room's person tables, listed by server/wire. */
    readonly personTables: readonly PersonTable[]
  }
}
