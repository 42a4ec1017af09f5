// Owners given to many people at once, each with what led to it.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { distinctSubjects } from '#kernel/db/buckets.ts'
import { append, derivedId } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { lockPeople } from '../queries.ts'
import { setOwners } from './queries.ts'

/** An owner for one person (null: none), and what the timeline should say of it: the rule, the reason. */
export interface OwnerGift {
  readonly subject: Subject
  readonly ownerId: string | null
  readonly causeId: string
  readonly hop?: number
  readonly props?: JsonObject
}

export interface OwnerMove {
  readonly subject: Subject
  readonly before: string | null
  readonly after: string | null
}

/**
 * Gives owners in one set; whoever has that owner already, or is gone, is left alone. Appends `owner.assigned` with both owners and the props.
 * The caller has made sure that the owners are active colleagues.
 * @param only given, people whose owner is another one by now are left alone (undo, a rule that decided on an earlier look)
 */
export async function giveOwners(ctx: Ctx, gifts: readonly OwnerGift[], only?: ReadonlyMap<string, string | null>): Promise<OwnerMove[]> {
  if (!gifts.length) return []
  const rows = await lockPeople(ctx.db, distinctSubjects(gifts.map((gift) => gift.subject)))
  const moved = gifts.filter((gift) => {
    const row = rows.get(gift.subject.id)
    const expected = only?.get(gift.subject.id)
    return row !== undefined && row.owner_id !== gift.ownerId && (expected === undefined || expected === row.owner_id)
  })
  await setOwners(
    ctx.db,
    moved.map(({ subject, ownerId }) => ({ subject, ownerId })),
  )
  const by = 'name' in ctx.actor ? ctx.actor.name : ''
  const ownerOf = (id: string): string | null => rows.get(id)?.owner_id ?? null
  await append(
    ctx,
    moved.map((gift) => ({
      subject: gift.subject,
      id: derivedId(gift.causeId, 'identify', `owner ${gift.subject.id}`, 0),
      name: 'owner.assigned',
      occurredAt: ctx.now,
      causeId: gift.causeId,
      hop: gift.hop ?? 0,
      props: { owner: gift.ownerId, before: ownerOf(gift.subject.id), by, ...gift.props },
    })),
  )
  return moved.map((gift) => ({ subject: gift.subject, before: ownerOf(gift.subject.id), after: gift.ownerId }))
}
