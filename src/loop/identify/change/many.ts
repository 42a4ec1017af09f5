// One change to many leads at once, with what was there before, so that it can be taken back.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { append, derivedId, type NewEvent } from '#kernel/journal.ts'
import { type FieldChange, settled } from '../fields/decide.ts'
import * as people from '../queries.ts'
import type { PersonRow } from '../tables.ts'

/** What made the change: it goes into the journal, and makes the events' ids, so that running it again writes nothing twice. */
export interface ManyCause {
  readonly id: string
  readonly by: string
  readonly undo?: boolean
}

/**
 * Changes many people in one set. People who are gone are passed over.
 * @param change the row after the change; the very row when nothing changes
 * @returns what changed, by person; those who stayed as they were are absent
 */
export async function changeMany(
  ctx: Ctx,
  subjects: readonly Subject[],
  change: (row: PersonRow) => PersonRow,
  cause: ManyCause,
): Promise<Map<string, FieldChange[]>> {
  const rows = await people.lockPeople(ctx.db, distinctSubjects(subjects))
  const changed = [...rows.values()].flatMap((before) => {
    const next = change(before)
    const { row, changes } = next === before ? { row: before, changes: [] } : settled(before, next)
    return changes.length ? [{ before, row, changes }] : []
  })
  await people.updatePeople(
    ctx.db,
    changed.map(({ row }) => row),
  )
  await append(
    ctx,
    changed.flatMap((one) => eventsOf(ctx, one, cause)),
  )
  return new Map(changed.map(({ row, changes }) => [row.id, changes]))
}

function eventsOf(ctx: Ctx, one: { before: PersonRow; row: PersonRow; changes: readonly FieldChange[] }, cause: ManyCause): NewEvent[] {
  const { before, row } = one
  const fields = one.changes.map((change) => change.field).filter((field) => field !== 'owner')
  const base = { subject: { bucket: row.bucket, id: row.id }, occurredAt: ctx.now, causeId: cause.id }
  const mark = cause.undo ? 'undo' : 'do'
  const said = { by: cause.by, bulk: cause.id, ...(cause.undo ? { undo: true } : {}) }
  const events: NewEvent[] = []
  if (fields.length)
    events.push({ ...base, id: derivedId(cause.id, 'identify', `${mark} ${row.id}`, 0), name: 'field.changed', props: { fields, ...said } })
  if (before.owner_id !== row.owner_id)
    events.push({
      ...base,
      id: derivedId(cause.id, 'identify', `${mark} ${row.id}`, 1),
      name: 'owner.assigned',
      props: { owner: row.owner_id, before: before.owner_id, ...said },
    })
  return events
}
