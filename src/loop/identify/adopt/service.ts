import type { Ctx } from '#kernel/ctx.ts'
import { bySubject, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append, derivedId, lockPulses, makePulses, moveJournal, settle, wake } from '#kernel/journal.ts'
import type { Json, JsonObject } from '#kernel/json.ts'
import { stopsOf } from '../consent/service.ts'
import { applyMail, type FieldChange, fillFrom, revert, settled } from '../fields/decide.ts'
import { parseMail } from '../normalise/decide.ts'
import type { PersonTable } from '../personTables.ts'
import { listIdentities, lockPeople, markSeen, repointIdentities, updatePeople } from '../queries.ts'
import type { PersonRow } from '../tables.ts'
import { type Collision, meetRows, pairRows, partRows } from './decide.ts'
import * as queries from './queries.ts'

/** What an adoption keeps of a table so that it can be undone. */
interface Kept {
  readonly met: Collision[]
  readonly alone: JsonObject[]
  /** Rows of tables without an origin column, as they were. */
  readonly moved: JsonObject[]
}
interface Taken {
  readonly identities: { kind: 'mail' | 'external' | 'device'; value: string }[]
  readonly aliases: string[]
  readonly tables: Record<string, Kept>
}

export interface Adoption {
  readonly from: Subject
  readonly to: Subject
  readonly causeId: string
  readonly byHand: boolean
  /** What the act changed on the adopter, for undo. */
  readonly changes: readonly FieldChange[]
}

/**
 * The rows of one go to the other, each remembering where it came from; the old id becomes a signpost for ever.
 * Both pulses must be locked, in key order, before the first row is read (reactor.md C6), and both person rows.
 */
export async function adopt(ctx: Ctx, adoption: Adoption): Promise<void> {
  const { from, to } = adoption
  const identities = (await listIdentities(ctx.db, [from])).map(({ kind, value }) => ({ kind, value }))
  await repointIdentities(
    ctx.db,
    identities.map((key) => ({ ...key, ...to })),
    ctx.now,
  )
  const moved = await moveJournal(ctx, from, to, { all: true })
  const tables = await moveTables(ctx, from, to)
  const aliases = await queries.aliasesOf(ctx.db, from)
  const person = await queries.takePerson(ctx.db, from)
  if (!person) throw new Error(`nobody to adopt at ${from.id}`)
  await queries.setAliases(ctx.db, [from.id, ...aliases], to, ctx.now)
  const taken: Taken = { identities, aliases, tables }
  await queries.insertAdoption(ctx.db, {
    bucket: to.bucket,
    person_id: to.id,
    id: ctx.id(),
    old_bucket: from.bucket,
    old_id: from.id,
    at: ctx.now,
    by_hand: adoption.byHand,
    cause_id: adoption.causeId,
    actor: actorName(ctx),
    person,
    taken: asJson(taken),
    changes: asJson(adoption.changes),
    moved,
    undone_at: null,
    undone_by: null,
  })
  const seen = person['last_seen_at']
  if (typeof seen === 'string') await markSeen(ctx.db, [{ subject: to, at: new Date(seen) }])
  await wake(ctx, [from], ctx.now, true)
  await append(ctx, [
    {
      subject: to,
      id: derivedId(adoption.causeId, 'identify', 'adopted', 0),
      name: 'lead.adopted',
      occurredAt: ctx.now,
      causeId: adoption.causeId,
      props: { from: from.id, moved, byHand: adoption.byHand },
    },
  ])
}

/** Two identified people become one because a human said so: empty fields are filled, nothing known is overwritten, stops stay at the stricter. */
export async function mergeByHand(ctx: Ctx, input: { keep: Subject; lose: Subject }): Promise<void> {
  if (input.keep.id === input.lose.id)
    refuse('invalid', 'merge.same', { message: 'これは同じ人です / This is one and the same person.', field: 'other' })
  await lockPulses(ctx, [input.keep, input.lose])
  const rows = await lockPeople(ctx.db, [input.keep, input.lose])
  const [keep, lose] = [rows.get(input.keep.id), rows.get(input.lose.id)]
  if (!keep || !lose) refuse('missing', 'lead.unknown', { message: 'リードが見つかりません / There is no such lead.' })
  const { row, changes } = settled(keep, fillFrom(keep, lose))
  await adopt(ctx, { from: input.lose, to: input.keep, causeId: ctx.id(), byHand: true, changes })
  await updatePeople(ctx.db, [row])
}

/** Moves every declared table; answers what could not simply move. */
async function moveTables(ctx: Ctx, from: Subject, to: Subject): Promise<Record<string, Kept>> {
  const kept: Record<string, Kept> = {}
  for (const table of ctx.house.ports.personTables) {
    const one = await moveTable(ctx, table, from, to)
    if (one && one.met.length + one.alone.length + one.moved.length) kept[table.table] = one
  }
  return kept
}

async function moveTable(ctx: Ctx, table: PersonTable, from: Subject, to: Subject): Promise<Kept | null> {
  if (table.meet === 'byHand') return null
  if (typeof table.meet === 'function') {
    await table.meet(ctx, { from, to, undo: false })
    return null
  }
  if (table.meet === 'recompute') return { met: [], alone: await queries.takeRows(ctx.db, table.table, from), moved: [] }
  const before = table.origin ? [] : await queries.rowsAt(ctx.db, table.table, from)
  const collided = await queries.moveRows(ctx.db, table, from, to)
  if (!collided.length) return { met: [], alone: [], moved: before }
  const key = await queries.keyColumns(ctx.db, table.table)
  const { met, alone } = pairRows(collided, await queries.rowsInPlaceOf(ctx.db, table.table, to, collided, key), key)
  const changed = met.map((pair) => ({ pair, row: meetRows(table, pair) })).filter(({ pair, row }) => row !== pair.theirs)
  await queries.deleteInPlaceOf(
    ctx.db,
    table.table,
    to,
    changed.map(({ row }) => row),
    key,
  )
  await queries.putRows(
    ctx.db,
    table.table,
    to,
    changed.map(({ row }) => row),
  )
  return { met, alone, moved: before.filter((row) => !collided.some((other) => JSON.stringify(other) === JSON.stringify(row))) }
}

/**
 * Undoes an adoption: the one adopted is a person again with their rows, and what came later by their devices goes along. Fields that the
 * act changed go back where nobody changed them since; consent stays at the stricter value.
 * @throws Refusal `adoption.gone` when it was undone already, `adoption.later` when its adopter was merged away since
 */
export async function undoAdoption(ctx: Ctx, id: string): Promise<{ lead: Subject; released: Subject }> {
  const adoption = await queries.lockAdoption(ctx.db, id)
  if (!adoption) refuse('gone', 'adoption.gone', { message: 'この統合はすでに取り消されています / This was undone already.' })
  const lead = { bucket: adoption.bucket, id: adoption.person_id }
  const old = { bucket: adoption.old_bucket, id: adoption.old_id }
  const taken = adoption.taken as unknown as Taken
  await makePulses(ctx, [old])
  await lockPulses(ctx, [lead, old])
  const row = (await lockPeople(ctx.db, [lead])).get(lead.id)
  if (!row)
    refuse('conflict', 'adoption.later', { message: '先に、あとから行われた統合を取り消してください / Undo the later merge first.' })
  const back = await heldStill(ctx, taken, lead)
  const regained = new Set(back.flatMap((key) => (key.kind === 'mail' ? [key.value] : [])))
  await putBack(ctx, adoption.person as JsonObject, regained, row.mail_stop)
  const devices = taken.identities.filter((key) => key.kind === 'device').map((key) => key.value)
  await moveJournal(ctx, lead, old, { origin: old.id, also: taken.aliases, via: devices, since: adoption.at })
  for (const table of [...ctx.house.ports.personTables].reverse()) await moveTableBack(ctx, table, lead, old, taken)
  await repointIdentities(
    ctx.db,
    back.map((key) => ({ ...key, ...old })),
    ctx.now,
  )
  await queries.undoAlias(ctx.db, old.id, ctx.now)
  await queries.setAliases(ctx.db, taken.aliases, old, ctx.now)
  const parted = revert(row, adoption.changes as unknown as FieldChange[])
  await updatePeople(ctx.db, [
    settled(row, parted.mail !== null && regained.has(parted.mail) ? await otherAddress(ctx, parted) : parted).row,
  ])
  await queries.closeAdoption(ctx.db, id, ctx.now, actorName(ctx))
  await tellReleased(ctx, id, lead, old)
  return { lead, released: old }
}

const NO_ADDRESS = { mail: null, mail_typed: null, mail_risk: null, mail_basis: 0 } as const

/**
 * The one adopted as they were, except that a stop which came meanwhile (to their address, or to whom they were taken for) stays, and that
 * an address which is somebody else's by now is theirs no more.
 */
async function putBack(ctx: Ctx, person: JsonObject, regained: ReadonlySet<string>, level: number): Promise<void> {
  const mail = typeof person['mail'] === 'string' ? person['mail'] : null
  const stops = mail === null ? new Map<string, number>() : await stopsOf(ctx, [mail])
  const before = typeof person['mail_stop'] === 'number' ? person['mail_stop'] : 0
  const stop = { mail_stop: Math.max(before, level, ...stops.values()) }
  await queries.putPerson(ctx.db, { ...person, ...stop, ...(mail === null || regained.has(mail) ? {} : NO_ADDRESS) })
}

/** A lead whose address has gone back to the one released: reached by another they hold, or by none. */
async function otherAddress(ctx: Ctx, row: PersonRow): Promise<PersonRow> {
  const other = (await listIdentities(ctx.db, [{ bucket: row.bucket, id: row.id }])).find((key) => key.kind === 'mail')
  const parsed = other ? parseMail(other.value) : null
  if (!parsed?.ok) return { ...row, ...NO_ADDRESS }
  const stops = await stopsOf(ctx, [parsed.mail])
  return { ...applyMail(row, parsed), mail_basis: 0, mail_stop: Math.max(row.mail_stop, stops.get(parsed.mail) ?? 0) }
}

async function moveTableBack(ctx: Ctx, table: PersonTable, lead: Subject, old: Subject, taken: Taken): Promise<void> {
  if (table.meet === 'byHand') return
  if (typeof table.meet === 'function') return table.meet(ctx, { from: lead, to: old, undo: true })
  const kept = taken.tables[table.table] ?? { met: [], alone: [], moved: [] }
  const key = kept.met.length + kept.moved.length ? await queries.keyColumns(ctx.db, table.table) : []
  if (kept.met.length) await partPlaces(ctx, table, lead, kept, key)
  if (table.origin && table.meet !== 'recompute') await queries.moveBack(ctx.db, table, lead, old, taken.aliases)
  if (kept.moved.length) {
    const now = await queries.rowsInPlaceOf(ctx.db, table.table, lead, kept.moved, key)
    await queries.deleteInPlaceOf(ctx.db, table.table, lead, now, key)
    await queries.putRows(ctx.db, table.table, old, now)
  }
  await queries.putRows(ctx.db, table.table, old, [...kept.alone, ...kept.met.map((pair) => pair.mine)])
}

/** Puts back what stood at the lead before two rows met there. */
async function partPlaces(ctx: Ctx, table: PersonTable, lead: Subject, kept: Kept, key: readonly string[]): Promise<void> {
  const now = await queries.rowsInPlaceOf(
    ctx.db,
    table.table,
    lead,
    kept.met.map((pair) => pair.theirs),
    key,
  )
  const { met } = pairRows(
    kept.met.map((pair) => pair.theirs),
    now,
    key,
  )
  const rows = met.map(({ mine: theirs, theirs: current }) => {
    const pair = kept.met.find((one) => one.theirs === theirs)
    return pair ? partRows(table, pair, current) : current
  })
  await queries.deleteInPlaceOf(ctx.db, table.table, lead, rows, key)
  await queries.putRows(ctx.db, table.table, lead, rows)
}

/** Keys that came with the one adopted and that the lead still holds. */
async function heldStill(ctx: Ctx, taken: Taken, lead: Subject): Promise<Taken['identities']> {
  const held = await listIdentities(ctx.db, [lead])
  return taken.identities.filter((key) => held.some((one) => one.kind === key.kind && one.value === key.value))
}

async function tellReleased(ctx: Ctx, id: string, lead: Subject, old: Subject): Promise<void> {
  await append(ctx, [
    {
      subject: lead,
      id: derivedId(id, 'identify', 'released', 0),
      name: 'lead.released',
      occurredAt: ctx.now,
      causeId: id,
      props: { released: old.id },
    },
    {
      subject: old,
      id: derivedId(id, 'identify', 'released', 1),
      name: 'lead.released',
      occurredAt: ctx.now,
      causeId: id,
      props: { from: lead.id },
    },
  ])
}

/**
 * For the reactor, after it claimed subjects and before it takes their news: what strayed to the key of somebody adopted meanwhile goes
 * on to where they are now. The news move with the journal rows, so the adopter is claimed next.
 * @param claimed subjects whose pulses are locked
 * @returns those that are people of their own, for the pass to go on with
 */
export async function forward(ctx: Ctx, claimed: readonly Subject[]): Promise<Subject[]> {
  const posts = await queries.findSignposts(ctx.db, claimed)
  for (const { from, to } of posts.sort((a, b) => bySubject(a.from, b.from))) {
    await moveJournal(ctx, from, to, { all: true })
    await moveSettled(ctx, from, to)
  }
  if (posts.length)
    await settle(
      ctx,
      posts.map(({ from }) => ({ subject: from, dueAt: null, eventIds: [] })),
    )
  const gone = new Set(posts.map(({ from }) => from.id))
  return claimed.filter((subject) => !gone.has(subject.id))
}

/** Rows that were in flight at the adoption and have settled since. */
async function moveSettled(ctx: Ctx, from: Subject, to: Subject): Promise<void> {
  for (const table of ctx.house.ports.personTables)
    if (table.inFlight && typeof table.meet === 'string' && table.meet !== 'byHand') await queries.moveRows(ctx.db, table, from, to)
}

/** The adoptions of a lead for its page. */
export async function adoptionsOf(ctx: Ctx, leadId: string) {
  const rows = await queries.listAdoptions(ctx.db, subjectOf(leadId))
  return rows.map((row) => ({
    id: row.id,
    at: row.at.toISOString(),
    oldId: row.old_id,
    byHand: row.by_hand,
    actor: row.actor,
    moved: row.moved,
    undoneAt: row.undone_at?.toISOString() ?? null,
  }))
}

const actorName = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : 'public')
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json
