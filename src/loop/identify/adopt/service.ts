import type { Ctx } from '#kernel/ctx.ts'
import { bySubject, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append, derivedId, lockPulses, makePulses, moveJournal, settle, wake } from '#kernel/journal.ts'
import type { Json, JsonObject } from '#kernel/json.ts'
import { stopsOf } from '../consent/service.ts'
import { bothValues, UNDO_DAYS, undoableUntil, withChosen } from '../duplicates/decide.ts'
import { applyMail, type FieldChange, fillFrom, revert, settled } from '../fields/decide.ts'
import { parseMail } from '../normalise/decide.ts'
import { listIdentities, lockPeople, markSeen, repointIdentities, updatePeople } from '../queries.ts'
import type { PersonRow } from '../tables.ts'
import { beginPages, PAGED_FROM, refuseRunning } from './pages.ts'
import * as queries from './queries.ts'
import { moveTableBack, moveTables, type Taken } from './rows.ts'

export interface Adoption {
  readonly from: Subject
  readonly to: Subject
  readonly causeId: string
  readonly byHand: boolean
  /** What the act changed on the adopter, for undo. */
  readonly changes: readonly FieldChange[]
  /** A click in a mail tied them: a later form of somebody else undoes it. */
  readonly weak?: boolean
  /** Who merged, when the rows were moved for them in pages. */
  readonly actor?: string
  /** Journal rows that pages moved before. */
  readonly before?: number
  /** Fields in which both had a value: what stays and what went. */
  readonly both?: readonly { readonly field: string; readonly stays: string; readonly other: string }[]
}

/**
 * The rows of one go to the other, each remembering where it came from; the old id becomes a signpost for ever.
 * Both pulses must be locked, in key order, before the first row is read (reactor.md C6), and both person rows.
 * Whoever has very many rows goes in pages, in the background, both parked meanwhile.
 * @returns the adoption's id; null while it goes on in pages
 */
export async function adopt(ctx: Ctx, adoption: Adoption): Promise<string | null> {
  if (await beginPages(ctx, 'merge', adoption.from, adoption.to, asJson({ ...adoption, actor: actorName(ctx) }))) return null
  return adoptNow(ctx, adoption)
}

/** The same, in this transaction however many rows there are. */
export async function adoptNow(ctx: Ctx, adoption: Adoption): Promise<string> {
  const { from, to } = adoption
  const identities = (await listIdentities(ctx.db, [from])).map(({ kind, value }) => ({ kind, value }))
  await repointIdentities(
    ctx.db,
    identities.map((key) => ({ ...key, ...to })),
    ctx.now,
  )
  const id = ctx.id()
  const moved = (adoption.before ?? 0) + (await moveJournal(ctx, from, to, { all: true }))
  const tables = await moveTables(ctx, from, to)
  const aliases = await queries.aliasesOf(ctx.db, from)
  const person = await queries.takePerson(ctx.db, from)
  if (!person) throw new Error(`nobody to adopt at ${from.id}`)
  await queries.setAliases(ctx.db, [from.id, ...aliases], to, ctx.now)
  const taken: Taken = { identities, aliases, tables }
  await queries.insertAdoption(ctx.db, {
    bucket: to.bucket,
    person_id: to.id,
    id,
    old_bucket: from.bucket,
    old_id: from.id,
    at: ctx.now,
    by_hand: adoption.byHand,
    cause_id: adoption.causeId,
    actor: adoption.actor ?? actorName(ctx),
    person,
    taken: asJson(taken),
    changes: asJson(adoption.changes),
    moved,
    undone_at: null,
    undone_by: null,
    weak: adoption.weak === true,
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
      props: { from: from.id, moved, byHand: adoption.byHand, ...(adoption.both?.length ? { both: asJson(adoption.both) } : {}) },
    },
  ])
  return id
}

/**
 * Two identified people become one because a human said so: empty fields are filled, nothing known is overwritten but what was `chosen`
 * from the one who goes, stops stay at the stricter.
 * @returns the adoption's id; null while very many rows move in pages
 */
export async function mergeByHand(ctx: Ctx, input: { keep: Subject; lose: Subject; chosen?: readonly string[] }): Promise<string | null> {
  if (input.keep.id === input.lose.id)
    refuse('invalid', 'merge.same', { message: 'これは同じ人です / This is one and the same person.', field: 'other' })
  await refuseRunning(ctx, [input.keep, input.lose])
  await lockPulses(ctx, [input.keep, input.lose])
  await refuseNoLead(ctx, input.keep)
  const given = asJson({ byHand: true, chosen: input.chosen ?? [], actor: actorName(ctx) })
  if (await beginPages(ctx, 'merge', input.lose, input.keep, given)) return null
  return mergeNow(ctx, { ...input, before: 0, actor: actorName(ctx) })
}

/** What goes into somebody in the trash would be erased with them, and what goes into a visitor would be nobody's. */
async function refuseNoLead(ctx: Ctx, keep: Subject): Promise<void> {
  const row = (await lockPeople(ctx.db, [keep])).get(keep.id)
  if (row && row.identified_at === null)
    refuse('conflict', 'merge.noLead', {
      message: '残す側がリードではありません（匿名の訪問者か、削除された人です） / The one to keep is no lead: a visitor, or in the trash.',
      field: 'keep',
    })
}

/** The merge itself, in this transaction. Both pulses must be locked. */
export async function mergeNow(
  ctx: Ctx,
  input: { keep: Subject; lose: Subject; chosen?: readonly string[] | undefined; before: number; actor: string },
): Promise<string> {
  const rows = await lockPeople(ctx.db, [input.keep, input.lose])
  const [keep, lose] = [rows.get(input.keep.id), rows.get(input.lose.id)]
  if (!keep || !lose) refuse('missing', 'lead.unknown', { message: 'リードが見つかりません / There is no such lead.' })
  const { row, changes } = settled(keep, withChosen(fillFrom(keep, lose), lose, input.chosen ?? []))
  const id = await adoptNow(ctx, {
    from: input.lose,
    to: input.keep,
    causeId: ctx.id(),
    byHand: true,
    changes,
    before: input.before,
    actor: input.actor,
    both: bothValues(keep, lose, row),
  })
  await updatePeople(ctx.db, [row])
  return id
}

/**
 * Undoes an adoption: the one adopted is a person again with their rows, and what came later by their devices goes along. Fields that the
 * act changed go back where nobody changed them since; consent stays at the stricter value.
 * @throws Refusal `adoption.gone` when it was undone already, `adoption.later` when its adopter was merged away since
 */
export async function undoAdoption(ctx: Ctx, id: string): Promise<{ lead: Subject; released: Subject }> {
  const adoption = await queries.lockAdoption(ctx.db, id)
  if (adoption && undoableUntil(adoption.at) < ctx.now)
    refuse('gone', 'adoption.old', {
      message: `統合の取り消しは${UNDO_DAYS}日以内に限られます / A merge can be undone within ${UNDO_DAYS} days.`,
    })
  if (adoption && adoption.moved > (ctx.house.ports.pagedFrom ?? PAGED_FROM)) {
    const [lead, old] = sidesOf(adoption)
    await refuseRunning(ctx, [lead, old])
    await makePulses(ctx, [old])
    await lockPulses(ctx, [lead, old])
    await beginPages(ctx, 'undo', old, lead, asJson({ adoption: id, actor: actorName(ctx) }), adoption.moved)
    return { lead, released: old }
  }
  return undoNow(ctx, id, actorName(ctx))
}

/** Leads an undo to its end in this transaction. */
export async function undoNow(ctx: Ctx, id: string, actor: string): Promise<{ lead: Subject; released: Subject }> {
  const adoption = await queries.lockAdoption(ctx.db, id)
  if (!adoption) refuse('gone', 'adoption.gone', { message: 'この統合はすでに取り消されています / This was undone already.' })
  const [lead, old] = sidesOf(adoption)
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
  const parted = own(row, revert(row, adoption.changes as unknown as FieldChange[]))
  await updatePeople(ctx.db, [
    settled(row, parted.mail !== null && regained.has(parted.mail) ? await otherAddress(ctx, parted) : parted).row,
  ])
  await queries.closeAdoption(ctx.db, id, ctx.now, actor)
  await queries.reopenPair(ctx.db, lead, old)
  await tellReleased(ctx, id, lead, old)
  return { lead, released: old }
}

/** Makes an old id somebody of their own again: the merge they went in is undone, after those that came later. Nothing where there is none. */
export async function partFromAll(ctx: Ctx, oldId: string): Promise<void> {
  const adoption = await queries.adoptionOf(ctx.db, oldId)
  if (!adoption) return
  await partFromAll(ctx, adoption.person_id)
  await undoNow(ctx, adoption.id, actorName(ctx))
}

/** A ground goes back with the address it was given for only: one that was changed since keeps what was given for it. */
const own = (row: PersonRow, parted: PersonRow): PersonRow =>
  parted.mail === row.mail ? { ...parted, mail_basis: Math.min(parted.mail_basis, row.mail_basis) } : parted

const sidesOf = (adoption: queries.Adoption): [Subject, Subject] => [
  { bucket: adoption.bucket, id: adoption.person_id },
  { bucket: adoption.old_bucket, id: adoption.old_id },
]

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
export async function forward(ctx: Ctx, claimed: readonly Subject[]): Promise<readonly Subject[]> {
  const posts = await queries.findSignposts(ctx.db, claimed)
  if (!posts.length) return claimed
  for (const { from, to } of posts.sort((a, b) => bySubject(a.from, b.from))) {
    await moveJournal(ctx, from, to, { all: true })
    await moveSettled(ctx, from, to)
  }
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
    if (table.inFlight && typeof table.meet === 'function') await table.meet(ctx, { from, to, undo: false, also: [] })
    else if (table.inFlight && table.meet !== 'byHand') await queries.moveRows(ctx.db, table, from, to)
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
    until: undoableUntil(row.at).toISOString(),
  }))
}

const actorName = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : 'public')
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json
