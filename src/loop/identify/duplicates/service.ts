// Pairs that may be one person: for a human to look at, side by side. Two identified people are never merged by a machine.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { mergePages } from '../adopt/jobs.ts'
import { openRuns } from '../adopt/pages.ts'
import { mergeByHand } from '../adopt/service.ts'
import { basisWord, stopWord } from '../decide.ts'
import { findPerson } from '../leads/service.ts'
import { selectPeople } from '../queries.ts'
import type { PersonRow } from '../tables.ts'
import type { DuplicatePerson } from './contract.ts'
import { MERGE_FIELDS, UNDO_DAYS, undoableUntil } from './decide.ts'
import { beginScan, readScan } from './find.ts'
import { duplicateScan } from './jobs.ts'
import * as queries from './queries.ts'

const actorName = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : 'public')
const subjectOfRow = (row: PersonRow): Subject => ({ bucket: row.bucket, id: row.id })
const inOrder = (one: Subject, other: Subject): [Subject, Subject] => (one.id < other.id ? [one, other] : [other, one])

/** A page of open pairs. */
export async function list(ctx: Ctx, input: { reason?: string | undefined; cursor?: string | undefined; limit: number }) {
  const rows = await queries.listPairs(
    ctx.db,
    input.cursor === undefined ? null : readKey(input.cursor),
    input.reason ?? null,
    input.limit + 1,
  )
  const shown = rows.slice(0, input.limit)
  const people = await present(
    ctx,
    shown.flatMap((row) => [
      { bucket: row.bucket, id: row.person_id },
      { bucket: row.other_bucket, id: row.other_id },
    ]),
  )
  const last = shown.at(-1)
  return {
    items: shown.flatMap((row) => {
      const [a, b] = [people.get(row.person_id), people.get(row.other_id)]
      return a && b ? [{ a, b, reasons: row.reasons, strength: row.strength, at: row.at.toISOString() }] : []
    }),
    next: rows.length > input.limit && last ? keyOf(last) : null,
  }
}

const keyOf = (row: queries.PairRow): string =>
  Buffer.from(JSON.stringify([row.strength, row.at.toISOString(), row.person_id, row.other_id])).toString('base64url')

function readKey(cursor: string): queries.PairKey {
  try {
    const [strength, at, a, b] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [number, string, string, string]
    const id = /^[0-9a-f-]{36}$/
    if (Number.isInteger(strength) && Math.abs(strength) < 1_000 && !Number.isNaN(Date.parse(at)) && id.test(a) && id.test(b))
      return { strength, at: new Date(at), a, b }
  } catch {
    // Told below.
  }
  return refuse('invalid', 'cursor.unknown', { message: 'This cursor is not one of ours. Begin at the first page.', field: 'cursor' })
}

async function present(ctx: Ctx, subjects: readonly Subject[]): Promise<Map<string, DuplicatePerson>> {
  const rows = await selectPeople(ctx.db, subjects)
  return presentRows(ctx, [...rows.values()])
}

async function presentRows(ctx: Ctx, rows: readonly PersonRow[]): Promise<Map<string, DuplicatePerson>> {
  const owners = await queries.userNames(
    ctx.db,
    rows.flatMap((row) => row.owner_id ?? []),
  )
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        familyName: row.family_name,
        givenName: row.given_name,
        companyName: row.company_name,
        department: row.department,
        title: row.title,
        mail: row.mail,
        phone: row.phone_typed,
        ownerName: (row.owner_id && owners.get(row.owner_id)) || null,
        mailBasis: basisWord(row.mail_basis),
        mailStop: stopWord(row.mail_stop),
        createdAt: (row.identified_at ?? row.created_at).toISOString(),
        lastSeenAt: row.last_seen_at?.toISOString() ?? null,
      },
    ]),
  )
}

/** How many wait, and what is under way. */
export async function state(ctx: Ctx) {
  const { n, byReason } = await queries.countPairs(ctx.db)
  const scan = await readScan(ctx)
  return {
    open: n,
    byReason,
    scan: scan && { total: scan.total, done: scan.done, found: scan.found, startedAt: scan.startedAt, finishedAt: scan.finishedAt },
    runs: await openRuns(ctx),
  }
}

export async function scan(ctx: Ctx): Promise<{ ok: true }> {
  await beginScan(ctx)
  await ctx.house.jobs.enqueue(ctx, duplicateScan, { begin: false }, 'scan')
  return { ok: true }
}

/** Two leads side by side: each field in which either has something, and how much would move. */
export async function pair(ctx: Ctx, input: { a: string; b: string }) {
  const [a, b] = [await findPerson(ctx, input.a), await findPerson(ctx, input.b)]
  if (a.id === b.id) refuse('gone', 'merge.same', { message: 'これは同じ人です / This is one and the same person.' })
  const people = await presentRows(ctx, [a, b])
  const known = await queries.findPair(ctx.db, ...inOrder(subjectOfRow(a), subjectOfRow(b)))
  const owners = await queries.userNames(
    ctx.db,
    [a.owner_id, b.owner_id].flatMap((id) => id ?? []),
  )
  const tables = ctx.house.ports.personTables.filter((one) => one.export && one.meet !== 'recompute').map((one) => one.table)
  const countable = tables.filter((name) => name !== 'person')
  return {
    a: people.get(a.id) as DuplicatePerson,
    b: people.get(b.id) as DuplicatePerson,
    reasons: known?.reasons ?? [],
    strength: known?.strength ?? 0,
    verdict: known?.verdict ?? null,
    fields: fieldsOf(a, b, owners),
    moves: {
      a: await queries.countMoves(ctx.db, countable, subjectOfRow(a), MOST_COUNTED),
      b: await queries.countMoves(ctx.db, countable, subjectOfRow(b), MOST_COUNTED),
    },
    undoDays: UNDO_DAYS,
  }
}

const MOST_COUNTED = 100_000

function fieldsOf(
  a: PersonRow,
  b: PersonRow,
  owners: ReadonlyMap<string, string>,
): { field: string; a: string | null; b: string | null }[] {
  const shown = (row: PersonRow, field: string, column: keyof PersonRow): string | null => {
    if (field === 'owner') return row.owner_id && (owners.get(row.owner_id) ?? row.owner_id)
    const value = field === 'mail' ? (row.mail_typed ?? row.mail) : field === 'phone' ? row.phone_typed : row[column]
    return typeof value === 'string' ? value : null
  }
  const plain = MERGE_FIELDS.map(({ field, columns }) => {
    const column = columns[0] as keyof PersonRow
    return { field, a: shown(a, field, column), b: shown(b, field, column) }
  })
  const attrs = [...new Set([...Object.keys(a.attrs), ...Object.keys(b.attrs)])].map((key) => ({
    field: `attrs.${key}`,
    a: inWords(a.attrs[key]),
    b: inWords(b.attrs[key]),
  }))
  return [...plain, ...attrs].filter((one) => one.a !== null || one.b !== null)
}

const inWords = (value: unknown): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value)

/** One person, a human says: the loser goes into the keeper, with the values that were chosen. */
export async function merge(ctx: Ctx, input: { keep: string; lose: string; chosen: readonly string[] }) {
  const [keep, lose] = [await findPerson(ctx, input.keep), await findPerson(ctx, input.lose)]
  const known = new Set(MERGE_FIELDS.map((one) => one.field))
  const odd = input.chosen.find((field) => !known.has(field) && !field.startsWith('attrs.'))
  if (odd) refuse('unprocessable', 'merge.field', { message: `この項目は選べません / There is no such field: ${odd}`, field: 'chosen' })
  const [a, b] = inOrder(subjectOfRow(keep), subjectOfRow(lose))
  const adoption = await mergeByHand(ctx, { keep: subjectOfRow(keep), lose: subjectOfRow(lose), chosen: input.chosen })
  if (adoption === null) await ctx.house.jobs.enqueue(ctx, mergePages, {}, 'pages')
  await queries.putVerdict(ctx.db, a, b, 'merged', ctx.now, actorName(ctx))
  await queries.carryVerdicts(ctx.db, subjectOfRow(lose), subjectOfRow(keep))
  await announce(ctx, 'leads', { ids: [keep.id, lose.id] })
  return { id: keep.id, adoption }
}

/** Two people: never asked again. */
export async function different(ctx: Ctx, input: { a: string; b: string }): Promise<{ ok: true }> {
  const [one, other] = [await findPerson(ctx, input.a), await findPerson(ctx, input.b)]
  const [a, b] = inOrder(subjectOfRow(one), subjectOfRow(other))
  await queries.putVerdict(ctx.db, a, b, 'different', ctx.now, actorName(ctx))
  await announce(ctx, 'leads', { ids: [a.id, b.id] })
  return { ok: true }
}

/** Takes a verdict "two people" back. */
export async function reopen(ctx: Ctx, input: { a: string; b: string }): Promise<{ ok: true }> {
  const [one, other] = [await findPerson(ctx, input.a), await findPerson(ctx, input.b)]
  await queries.reopen(ctx.db, ...inOrder(subjectOfRow(one), subjectOfRow(other)))
  await announce(ctx, 'leads', { ids: [one.id, other.id] })
  return { ok: true }
}

/** Merges that colleagues made, newest first. */
export async function merges(ctx: Ctx, input: { cursor?: string | undefined; limit: number }) {
  const rows = await queries.listMerges(ctx.db, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      id: row.id,
      lead: row.person_id,
      leadName: row.kept_name,
      lostId: row.old_id,
      lostName: row.lost_name,
      lostMail: row.lost_mail,
      at: row.at.toISOString(),
      by: row.actor,
      moved: row.moved,
      until: undoableUntil(row.at).toISOString(),
      undoable: row.undone_at === null && undoableUntil(row.at) > ctx.now,
      undoneAt: row.undone_at?.toISOString() ?? null,
      undoneBy: row.undone_by,
    })),
    next: rows.length > input.limit && last ? encodeCursor(last.at, last.id) : null,
  }
}
