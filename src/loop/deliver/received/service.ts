import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { findPerson } from '#loop/identify/leads/service.ts'
import { stateOf } from './decide.ts'
import { listReceived } from './queries.ts'

/** A page of the mails of one person, with what became of each. */
export async function list(ctx: Ctx, input: { person: string; cursor?: string | undefined; limit: number }) {
  const { bucket, id } = await findPerson(ctx, input.person)
  const rows = await listReceived(ctx.db, { bucket, id }, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      id: row.id,
      subject: row.subject,
      purpose: row.purpose,
      state: stateOf(row),
      reason: row.status === 'sent' ? null : row.reason,
      at: row.at.toISOString(),
    })),
    next: rows.length > input.limit && last ? encodeCursor(last.at, last.id) : null,
  }
}
