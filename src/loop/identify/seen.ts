// When people were last seen, to the minute: written where it lags, and remembered here so that a busy visitor costs a look, not a statement.
import { MINUTE } from '#kernel/clock.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { markSeen } from './queries.ts'

/** A person and the newest instant something of theirs happened. */
export interface Seen {
  readonly subject: Subject
  readonly at: Date
}

const MOST = 100_000
const marked = new WeakMap<House, Map<string, number>>()

/** Moves `last_seen_at` forward, at most once a minute per person and process, never waiting for a lock. */
export async function noteSeen(ctx: Ctx, seen: readonly Seen[]): Promise<void> {
  const known = marked.get(ctx.house) ?? new Map<string, number>()
  marked.set(ctx.house, known)
  const late = seen.filter(({ subject, at }) => at.getTime() - (known.get(subject.id) ?? Number.NEGATIVE_INFINITY) > MINUTE)
  if (!late.length) return
  await markSeen(ctx.db, late)
  ctx.afterCommit(() => {
    if (known.size > MOST) known.clear()
    for (const { subject, at } of late) known.set(subject.id, at.getTime())
  })
}
