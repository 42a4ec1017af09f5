import type { Actor, Ctx } from '#kernel/ctx.ts'
import type { JsonObject } from '#kernel/json.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import type { AuditEntry } from './contract.ts'
import { isAboutPeople, redact, subjectOfCall, veil } from './decide.ts'
import { insertAudit, listAudit } from './queries.ts'

/** One thing somebody did. `detail` must hold no secret. */
export interface AuditRecord {
  readonly action: string
  readonly subjectKind?: string
  readonly subjectId?: string
  readonly detail?: JsonObject
  /** Who did it when that is not the one who asks, e.g. whoever has just signed in. */
  readonly actor?: Actor
}

/** Writes one line into the audit log, in the same transaction as the thing itself. */
export async function record(ctx: Ctx, entry: AuditRecord): Promise<void> {
  const actor = entry.actor ?? ctx.actor
  await insertAudit(ctx.db, [
    {
      id: ctx.id(),
      at: ctx.now,
      actor_kind: actor.kind,
      actor_id: 'id' in actor ? actor.id : null,
      actor_name: 'name' in actor ? actor.name : '',
      action: entry.action,
      subject_kind: entry.subjectKind ?? null,
      subject_id: entry.subjectId ?? null,
      detail: entry.detail ?? {},
    },
  ])
}

/**
 * What the HTTP door calls after each mutation, in its transaction: the endpoint's name (`room.verb`) is the action, the
 * input the detail, with its secrets blanked, and without what it says of people.
 */
export function recordCall(
  ctx: Ctx,
  call: { readonly endpoint: string; readonly permission: string },
  input: unknown,
  answer?: unknown,
): Promise<void> {
  const { endpoint, permission } = call
  const subject = subjectOfCall(endpoint, input, answer)
  return record(ctx, {
    action: endpoint,
    subjectKind: subject.kind,
    ...(subject.id === null ? {} : { subjectId: subject.id }),
    detail: isAboutPeople(endpoint, permission) ? veil(input) : redact(input),
  })
}

/** A page of the log, newest first. */
export async function list(
  ctx: Ctx,
  input: {
    cursor?: string | undefined
    limit: number
    actorId?: string | undefined
    action?: string | undefined
    subjectKind?: string | undefined
    subjectId?: string | undefined
    from?: string | undefined
    to?: string | undefined
  },
): Promise<{ items: AuditEntry[]; next: string | null }> {
  const filter = { ...input, from: input.from ? new Date(input.from) : undefined, to: input.to ? new Date(input.to) : undefined }
  const rows = await listAudit(ctx.db, filter, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      actorKind: row.actor_kind,
      actorId: row.actor_id,
      actorName: row.actor_name,
      action: row.action,
      subjectKind: row.subject_kind,
      subjectId: row.subject_id,
      detail: row.detail,
    })),
    next: rows.length > input.limit && last ? encodeCursor(last.at, last.id) : null,
  }
}
