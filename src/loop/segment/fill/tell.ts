// After a flip: stays are opened and closed and the journal is told, page by page, each in one short transaction under the pulse locks.
import { appendHeard } from '#kernel/conclude.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { derivedId, lockPulses, type NewEvent } from '#kernel/journal.ts'
import { reasonsOf } from '../live/known.ts'
import { holdRules, type Rulebook } from '../live/service.ts'
import { type Reason, rule as ruleSchema } from '../rules/contract.ts'
import { findVersion, type VersionRow } from '../versions/queries.ts'
import { endStays, listEntered, listLeft, openStays, type Place } from './tell.queries.ts'

/** Who left is told first, then who entered. */
export interface Told extends Place {
  readonly half: 'left' | 'entered'
}

/** So many keep their reactions waiting for a fraction of a second. */
const PAGE = 1000

/**
 * Tells of one page of those whom an edit let in or let go. What the memberships and the stays do not agree on is what was not told
 * yet: told again, nothing is written twice, and a reaction that comes first leaves nothing to tell.
 * @returns the place reached; null at the end, or when another version is in force
 */
export async function tellPage(ctx: Ctx, row: VersionRow, after: Told | null): Promise<Told | null> {
  const edit = { segmentId: row.segment_id, version: row.version, at: row.live_at ?? ctx.now }
  const half = after?.half ?? 'left'
  const found = await (half === 'left' ? listLeft : listEntered)(ctx.db, edit, after?.id ? after : null, PAGE)
  const last = found.at(-1)
  if (!last) return half === 'left' ? { half: 'entered', at: '', id: '' } : null
  const people = found.map(({ bucket, id }) => ({ bucket, id }))
  await lockPulses(ctx, people)
  const book = await holdRules(ctx)
  if ((await findVersion(ctx.db, edit.segmentId, edit.version))?.state !== 'live') return null
  const moved = half === 'left' ? await endStays(ctx.db, edit, people) : await enter(ctx, row, book, people)
  await appendHeard(ctx, eventsOf(row, book, { half, at: edit.at, moved }))
  return { half, at: last.at, id: last.id }
}

interface Moved {
  readonly subject: Subject
  readonly because: readonly Reason[]
}

/** Full computes keep no reasons: they are found for those who came, set-wise. */
async function enter(ctx: Ctx, row: VersionRow, book: Rulebook, people: readonly Subject[]): Promise<Moved[]> {
  const reasons = await reasonsOf(ctx, book, ruleSchema.parse(row.rule), people)
  const entered = people.map((subject) => ({ subject, because: reasons.get(subject.id) ?? [] }))
  const edit = { segmentId: row.segment_id, version: row.version, at: row.live_at ?? ctx.now }
  const opened = await openStays(ctx.db, edit, entered)
  return entered.filter(({ subject }) => opened.has(subject.id))
}

function eventsOf(row: VersionRow, { index }: Rulebook, told: { half: 'left' | 'entered'; at: Date; moved: readonly Moved[] }): NewEvent[] {
  const name = index.segments.find((one) => one.id === row.segment_id)?.name ?? ''
  const edit = row.starts_scenarios ? {} : { byEdit: true }
  return told.moved.map(({ subject, because }) => ({
    subject,
    id: idOfEdit(row.segment_id, row.version, subject.id),
    name: `segment.${told.half}`,
    occurredAt: told.at,
    props: { segment: row.segment_id, name, version: row.version, because: JSON.parse(JSON.stringify(because)), ...edit },
  }))
}

/** An edit moves a person once: the same id for whoever tells it. */
const idOfEdit = (segmentId: string, version: number, personId: string): string =>
  derivedId(`${segmentId}/${personId}`, 'segment', `edit:${version}`)
