// The life of a version, the same for scores and segments: filled beside the one in force, made live by one transaction, told page by page.
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '#kernel/db/tables.ts'

/** Where versions of one kind are kept. */
export interface Versioned {
  readonly versions: RawBuilder<unknown>
  /** Which versions belong to an owner. */
  readonly ofOwner: (owner: string) => RawBuilder<boolean>
  /** The one row that reactions hold while they work by the rules. */
  readonly stamp: RawBuilder<unknown>
}

/** One version of a score or segment. */
export interface VersionKey {
  readonly owner: string
  readonly version: number
}

/** Moves the stamp: waits for running reactions and keeps new ones out until commit. */
export async function moveStamp(db: Db, { stamp }: Versioned): Promise<void> {
  await sql`UPDATE ${stamp} SET stamp = stamp + 1`.execute(db)
}

/** An older version that is still being filled is given up for a newer one. */
export async function dropFilling(db: Db, kind: Versioned, owner: string, at: Date): Promise<void> {
  await sql`UPDATE ${kind.versions} SET state = 'dropped', ended_at = ${at} WHERE ${kind.ofOwner(owner)} AND state = 'filling'`.execute(db)
}

/** Ends the version in force and puts a filled one in its place. The owner's own pointer is its room's to move, in the same transaction. */
export async function replaceLive(db: Db, kind: Versioned, { owner, version, at }: VersionKey & { readonly at: Date }): Promise<void> {
  await sql`UPDATE ${kind.versions} SET state = 'past', ended_at = ${at} WHERE ${kind.ofOwner(owner)} AND state = 'live'`.execute(db)
  await sql`UPDATE ${kind.versions} SET state = 'live', live_at = ${at} WHERE ${kind.ofOwner(owner)} AND version = ${version}`.execute(db)
}

/** How many of 256 buckets are filled. */
export async function setFilled(
  db: Db,
  kind: Versioned,
  { owner, version, buckets }: VersionKey & { readonly buckets: number },
): Promise<void> {
  await sql`UPDATE ${kind.versions} SET filled_buckets = ${buckets} WHERE ${kind.ofOwner(owner)} AND version = ${version}`.execute(db)
}

/** How many of 256 buckets the journal was told of. */
export async function setTold(
  db: Db,
  kind: Versioned,
  { owner, version, buckets }: VersionKey & { readonly buckets: number },
): Promise<void> {
  await sql`UPDATE ${kind.versions} SET told_buckets = ${buckets} WHERE ${kind.ofOwner(owner)} AND version = ${version}`.execute(db)
}
