// The sums of the ledger: computed anew, written where they differ, and what a change tells the journal.
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { derivedId, type NewEvent } from '#kernel/journal.ts'
import { heatOf, isHeld, nextChangeOf, rankOf, type Sums, totalOf } from '../decide.ts'
import { peaksOf, type ScoreRow, sumEntries } from '../ledger/queries.ts'
import { type bookAttributes, type Pair, pairKey } from '../ledger/service.ts'
import { upsertScores } from '../ledger/sums.queries.ts'
import type { OpenVersion } from '../versions/service.ts'

export type Rows = ReadonlyMap<string, ScoreRow>
export type Attributes = Awaited<ReturnType<typeof bookAttributes>>

/** A score before and after. */
export interface Summed {
  readonly of: OpenVersion
  readonly before: ScoreRow | undefined
  readonly after: ScoreRow
}

/**
 * Sums the ledger of the pairs anew and writes what differs.
 * @param always writes all, since `rows` are another version's
 */
export async function sumUp(ctx: Ctx, pairs: readonly Pair[], rows: Rows, attributes: Attributes, always = false): Promise<Summed[]> {
  if (!pairs.length) return []
  const asked = pairs.map(({ subject, of }) => ({
    subject,
    model: of.model,
    version: of.version,
    recentDays: of.settings.recentDays,
    halfLifeDays: of.settings.halfLifeDays,
  }))
  const sums = new Map((await sumEntries(ctx.db, asked, ctx.now)).map((row) => [pairKey(row.personId, row), row]))
  const held = pairs.filter(({ of }) => isHeld(of.settings))
  const peaks = await peaksOf(
    ctx.db,
    held.map(({ subject, of }) => ({ subject, model: of.model, version: of.version, recentDays: of.settings.recentDays })),
    ctx.now,
  )
  for (const row of peaks) {
    const key = pairKey(row.personId, row)
    const found = sums.get(key)
    if (found) sums.set(key, { ...found, peak: row.peak })
  }
  const summed = pairs.flatMap(({ subject, of }) => {
    const key = pairKey(subject.id, of)
    const found = sums.get(key)
    const before = rows.get(key)
    const attributesDueAt = attributes.has(key) ? (attributes.get(key)?.dueAt ?? null) : (before?.attributesDueAt ?? null)
    return found ? [{ of, before, after: rowOf(subject, of, found, before, attributesDueAt, ctx.now) }] : []
  })
  await upsertScores(
    ctx.db,
    summed.filter(({ before, after }) => always || !before || differs(before, after)).map(({ after }) => after),
  )
  return summed
}

function rowOf(
  subject: Subject,
  of: OpenVersion,
  sums: Sums,
  before: ScoreRow | undefined,
  attributesDueAt: Date | null,
  now: Date,
): ScoreRow {
  const heat = heatOf(of.settings, sums)
  const rank = rankOf(of.settings, sums)
  const nextChangeAt = nextChangeOf(of.settings, sums, attributesDueAt, now)
  const total = totalOf(sums)
  const { attributePlus, attributeMinus, behaviourPlus, behaviourMinus, recent } = sums
  const columns = { attributePlus, attributeMinus, behaviourPlus, behaviourMinus, recent, total }
  const moved = !before || COLUMNS.some((column) => before[column] !== columns[column])
  const heatSince = before?.heat === heat ? before.heatSince : now
  const rankSince = rank === null ? null : before?.rank === rank ? before.rankSince : now
  const changedAt = moved || !before ? now : before.changedAt
  const aged = { decayed: sums.decayed, decayedAt: of.settings.halfLifeDays === null ? null : now }
  return {
    subject,
    model: of.model,
    version: of.version,
    ...columns,
    ...aged,
    heat,
    heatSince,
    rank,
    rankSince,
    attributesDueAt,
    nextChangeAt,
    changedAt,
  }
}

const COLUMNS = ['attributePlus', 'attributeMinus', 'behaviourPlus', 'behaviourMinus', 'total', 'recent'] as const

const columnsDiffer = (before: ScoreRow, after: ScoreRow): boolean => COLUMNS.some((column) => before[column] !== after[column])

function differs(before: ScoreRow, after: ScoreRow): boolean {
  return (
    columnsDiffer(before, after) ||
    before.heat !== after.heat ||
    before.rank !== after.rank ||
    (before.decayedAt === null) !== (after.decayedAt === null) ||
    before.nextChangeAt?.getTime() !== after.nextChangeAt?.getTime() ||
    before.attributesDueAt?.getTime() !== after.attributesDueAt?.getTime()
  )
}

/** How a change is told: its cause, and whether an edit of the rules brought it. */
export interface Telling {
  readonly causeId: string
  readonly hop: number
  readonly historic: boolean
  readonly at: Date
  readonly isCaused: boolean
  readonly byEdit?: boolean
  readonly silent?: boolean
}

/** The events that tell a change of a score: none when no column moved. */
export function changesOf({ of, before, after }: Summed, telling: Telling): NewEvent[] {
  const common = {
    subject: after.subject,
    occurredAt: telling.at,
    hop: telling.hop,
    historic: telling.historic,
    ...(telling.isCaused ? { causeId: telling.causeId } : {}),
    ...(telling.silent ? { silent: true } : {}),
  }
  const edit = telling.byEdit ? { byEdit: true } : {}
  const id = (kind: string) => derivedId(telling.causeId, 'score', `${kind}:${after.model}`)
  const events: NewEvent[] = []
  const zero = {
    attributePlus: 0,
    attributeMinus: 0,
    behaviourPlus: 0,
    behaviourMinus: 0,
    total: 0,
    recent: 0,
    heat: 'cold' as const,
    rank: rankOf(of.settings, NOTHING),
  }
  const was = before ?? zero
  if (COLUMNS.some((column) => was[column] !== after[column]))
    events.push({
      ...common,
      id: id('changed'),
      name: 'score.changed',
      props: { name: after.model, from: was.total, to: after.total, was: columnsOf(was), is: columnsOf(after), ...edit },
    })
  if (was.heat !== after.heat)
    events.push({
      ...common,
      id: id('heat'),
      name: 'heat.changed',
      props: { name: after.model, from: was.heat, to: after.heat, total: after.total, recent: after.recent, ...edit },
    })
  if (was.rank !== after.rank)
    events.push({
      ...common,
      id: id('rank'),
      name: 'rank.changed',
      props: { name: after.model, from: was.rank, to: after.rank, total: after.total, ...edit },
    })
  return events
}

/** Nobody has done anything yet. */
const NOTHING: Sums = {
  attributePlus: 0,
  attributeMinus: 0,
  behaviourPlus: 0,
  behaviourMinus: 0,
  recent: 0,
  decayed: 0,
  oldestRecent: null,
  nextExpiry: null,
}

const columnsOf = (row: Pick<ScoreRow, (typeof COLUMNS)[number]>) => ({
  attribute_plus: row.attributePlus,
  attribute_minus: row.attributeMinus,
  behaviour_plus: row.behaviourPlus,
  behaviour_minus: row.behaviourMinus,
  total: row.total,
  recent: row.recent,
})
