// A segment is put away, and taken back.
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import type { Segment } from '../contract.ts'
import { segmentsIn } from '../decide.ts'
import { clearSegment } from '../fill/jobs.ts'
import { archiveSegment, lockArchived, restoreSegment } from '../queries.ts'
import { type Rule, rule as ruleSchema } from '../rules/contract.ts'
import { demand, demandHeld, get, nameTaken, startVersion } from '../service.ts'
import { listOpenVersions, moveStamp } from '../versions/queries.ts'

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Names of mailings under way that take their people by this segment, or keep them out by it. Deliver fills it. */
    readonly segmentReaders?: (ctx: Ctx, segment: string) => Promise<string[]>
    /** Names of scenarios under way that begin, wait, branch or end by this segment. Orchestrate fills it. */
    readonly segmentScenarios?: (ctx: Ctx, segment: string) => Promise<string[]>
  }
}

/** Archives a segment that no other reads, no mailing under way (whom it keeps out would get that) and no scenario under way (nobody would enter it any more). */
export async function archive(ctx: Ctx, { id }: { readonly id: string }): Promise<{ ok: true }> {
  await demand(ctx, id)
  const readers = (await listOpenVersions(ctx.db)).filter(
    (row) => row.segment_id !== id && segmentsIn(row.rule as unknown as Rule).includes(id),
  )
  if (readers.length) {
    const names = [...new Set(readers.map((row) => row.name))].join(', ')
    refuse('conflict', 'segment.read', {
      message: `ほかのセグメントの条件で使われています。先にそちらを変えてください：${names} / Other segments read this one. Change them first: ${names}`,
    })
  }
  const mailings = (await ctx.house.ports.segmentReaders?.(ctx, id)) ?? []
  if (mailings.length) {
    const names = mailings.join(', ')
    refuse('conflict', 'segment.mailed', {
      message: `配信中・予約済みのメルマガで使われています: ${names} / Newsletters on their way use this one: ${names}`,
    })
  }
  const scenarios = (await ctx.house.ports.segmentScenarios?.(ctx, id)) ?? []
  if (scenarios.length) {
    const names = scenarios.join(', ')
    refuse('conflict', 'segment.acted', {
      message: `稼働中のシナリオで使われています。先にそちらを変えるか止めてください：${names} / Scenarios on their way use this one. Change or stop them first: ${names}`,
    })
  }
  await moveStamp(ctx.db)
  await archiveSegment(ctx.db, id, ctx.now)
  await ctx.house.jobs.enqueue(ctx, clearSegment, { segment: id })
  return { ok: true }
}

/**
 * Takes an archiving back: the same segment with the same rule, computed anew. Whoever is in still has not left meanwhile, as far as the
 * history was not closed yet.
 * @throws Refusal when it is not archived, its name is taken, or its rule speaks of what is gone
 */
export async function restore(ctx: Ctx, { id }: { readonly id: string }): Promise<Segment> {
  const row =
    (await lockArchived(ctx.db, id)) ?? refuse('missing', 'segment.unknown', { message: 'There is no archived segment of this id.' })
  if (row.isTaken) nameTaken()
  const rule = ruleSchema.parse(row.rule)
  await restoreSegment(ctx.db, id, ctx.now)
  await demandHeld(ctx, id, rule)
  await startVersion(ctx, { id, audience: row.audience, rule, startsScenarios: false })
  return get(ctx, { id })
}
