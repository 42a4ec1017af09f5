// Who looked at or exported whose data. Colleagues and API keys are noted, the system is not.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import * as queries from './queries.ts'

export type Act = 'viewed' | 'exported' | 'erased'

/** Notes that somebody saw people. */
export async function noteSeen(ctx: Ctx, subjects: readonly string[], act: Act): Promise<void> {
  const { actor } = ctx
  if (!subjects.length || (actor.kind !== 'user' && actor.kind !== 'key')) return
  await queries.insertSeen(ctx.db, { userId: actor.id, userName: actor.name, subjects, act, at: ctx.now })
}

/** A page of the log, newest first. */
export async function list(ctx: Ctx, input: { subject?: string | undefined; cursor?: string | undefined; limit: number }) {
  const rows = await queries.listSeen(ctx.db, decodeCursor(input.cursor), input.subject ?? null, input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({ by: row.user_name, subject: row.subject_id, name: row.name, act: row.act, at: row.at.toISOString() })),
    next: rows.length > input.limit && last ? encodeCursor(last.at, last.subject_id) : null,
  }
}
