// Verbs by which colleagues, files and scenarios change what is known of people.
import { z } from 'zod'
import type { Ctx } from '#kernel/ctx.ts'
import { bucketOf, distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { append, derivedId, lockPulses, type NewEvent } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { announce } from '#kernel/live.ts'
import { readSetting } from '#kernel/settings.ts'
import type { PersonFields } from '../acts.ts'
import { refuseRunning } from '../adopt/pages.ts'
import { grant, stop, stopsOf } from '../consent/service.ts'
import { different, merge } from '../duplicates/service.ts'
import { deletePeople } from '../erase/rows.ts'
import { erasePeople } from '../erase/service.ts'
import { fitActs, fitProducts } from '../fields/acts.ts'
import { applyMail, applyTold, settled } from '../fields/decide.ts'
import { customFields, fitAttrs, readTyped } from '../fields/service.ts'
import { findPerson } from '../leads/service.ts'
import { nameAll } from '../naming/service.ts'
import { parseMail } from '../normalise/decide.ts'
import * as people from '../queries.ts'
import type { PersonRow } from '../tables.ts'
import { takeOut, tell } from '../trash/service.ts'
import * as queries from './queries.ts'
import { saidOf } from './said.ts'

type Texts = Readonly<Record<string, string | undefined>>
/** What a colleague typed: only what is present changes; an empty text clears. */
export interface Given {
  readonly mail?: string | undefined
  readonly fields?: Texts | undefined
  readonly attrs?: JsonObject | undefined
  readonly tags?: readonly string[] | undefined
  readonly priority?: 'high' | 'middle' | 'low' | null | undefined
}

const textsOf = (fields: Texts | undefined): Partial<PersonFields> =>
  Object.fromEntries(
    Object.entries(fields ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ) as Partial<PersonFields>

/** Adds a lead by hand. A known address is not doubled: what was typed fills that lead's empty fields. */
export async function createLead(
  ctx: Ctx,
  input: Given & { externalId?: string | undefined; source?: string | undefined; ownerId?: string | null | undefined },
) {
  const texts = textsOf(input.fields)
  const told = [input.mail, input.externalId, texts.familyName, texts.givenName, texts.companyName, texts.phone].some((text) =>
    text?.trim(),
  )
  if (!told)
    refuse('unprocessable', 'lead.empty', {
      message: '氏名・会社名・メール・電話のいずれかを入力してください / Enter a name, company, address or phone.',
      field: 'mail',
    })
  const acts = await fitActs(ctx, [
    {
      route: 'hand',
      at: ctx.now,
      fields: texts,
      onlyEmpty: true,
      attrs: await readTyped(ctx, input.attrs ?? {}, { id: null, before: {} }),
      ...(input.mail?.trim() ? { mail: input.mail } : {}),
      ...(input.externalId ? { externalId: input.externalId } : {}),
      ...(input.source ? { source: { name: input.source, ...(input.priority ? { priority: input.priority } : {}) } } : {}),
      ...(input.tags ? { tags: input.tags } : {}),
    },
  ])
  const [outcome] = await nameAll(ctx, acts)
  if (!outcome) throw new Error('one act has one outcome')
  if (input.ownerId) await assignOwners(ctx, [outcome.subject], input.ownerId)
  await announce(ctx, 'leads', { ids: [outcome.subject.id] })
  return { id: outcome.subject.id, outcome: outcome.outcome }
}

/** Changes fields of a person by hand. @throws Refusal `lead.changed` when `version` is not the one stored, `mail.taken` when somebody else has the address */
export async function updateLead(
  ctx: Ctx,
  input: Given & { id: string; status?: PersonRow['status'] | undefined; version?: number | undefined },
) {
  const subject = await lockedSubject(ctx, input.id)
  const before = (await people.lockPeople(ctx.db, [subject])).get(subject.id)
  if (!before) refuse('missing', 'lead.unknown', { message: 'リードが見つかりません / There is no such lead.' })
  if (input.version !== undefined && input.version !== before.version) refuseChanged()
  const attrs = input.attrs ? await readTyped(ctx, input.attrs, { id: before.id, before: before.attrs }) : undefined
  const products = await fitProducts(ctx, input.fields?.['products'])
  const told = applyTold(before, { fields: { ...input.fields, products }, attrs, at: ctx.now }).row
  const plain: PersonRow = {
    ...told,
    tags: input.tags ? [...new Set(input.tags)] : told.tags,
    status: input.status ?? told.status,
    priority: input.priority === undefined ? told.priority : input.priority,
  }
  const next = input.mail === undefined ? plain : await withAddress(ctx, plain, input.mail)
  const { row, changes } = settled(before, { ...next, identified_at: next.identified_at ?? ctx.now })
  if (!changes.length) return { id: subject.id, changed: [], version: before.version, cameBack: false }
  // Whoever edits somebody in the trash takes them out of it.
  const [out] = before.identified_at ? [] : await takeOut(ctx, [before])
  await people.updatePeople(ctx.db, [out ? { ...row, identified_at: out.identified_at, keep: out.keep } : row])
  const fields = changes.map((change) => change.field)
  await append(ctx, [changedEvent(ctx, subject, ctx.id(), { fields, by: actorName(ctx), values: saidOf(changes) })])
  if (out) await tell(ctx, 'lead.restored', [subject], null, actorName(ctx))
  await announce(ctx, 'leads', { ids: [subject.id] })
  return { id: subject.id, changed: fields, version: before.version + 1, cameBack: out !== undefined }
}

function refuseChanged(): never {
  refuse('conflict', 'lead.changed', {
    message: '他の人が先に変更しました。画面を更新してください / Somebody changed this meanwhile: reload.',
  })
}

async function lockedSubject(ctx: Ctx, id: string): Promise<Subject> {
  const row = await findPerson(ctx, id)
  return { bucket: row.bucket, id: row.id }
}

/** The row reached by another address, or by none; the identity follows, and a stop of the new address comes along. */
async function withAddress(ctx: Ctx, row: PersonRow, typed: string): Promise<PersonRow> {
  const subject = { bucket: row.bucket, id: row.id }
  const old = row.mail === null ? [] : [{ kind: 'mail' as const, value: row.mail, ...subject }]
  const parsed = typed.trim() === '' ? null : parseMail(typed)
  if (parsed && !parsed.ok) refuse('unprocessable', 'mail.malformed', { message: parsed.reason, field: 'mail' })
  if (parsed?.mail === row.mail) return row
  const stops = await stopsOf(ctx, parsed ? [parsed.mail] : [])
  if (parsed) {
    const holder = { kind: 'mail' as const, value: parsed.mail, ...subject }
    if ((await people.insertIdentities(ctx.db, [holder], ctx.now)).length)
      await people.insertHistory(ctx.db, [{ ...holder, historyId: ctx.id(), cause: 'hand' }], ctx.now)
    else await refuseTaken(ctx, parsed.mail, row.id)
  }
  await people.deleteIdentities(ctx.db, old)
  await people.closeHistory(ctx.db, old, ctx.now)
  // The basis was given for the old address: another one needs its own.
  const reached = parsed ? applyMail(row, parsed) : { ...row, mail: null, mail_typed: null, mail_risk: null }
  return { ...reached, mail_stop: parsed ? (stops.get(parsed.mail) ?? 0) : 0, mail_basis: 0 }
}

/** An address somebody else holds; a second one of their own (a merged lead has two) is theirs to use. */
async function refuseTaken(ctx: Ctx, mail: string, own: string): Promise<void> {
  const [holder] = await people.findHolders(ctx.db, [{ kind: 'mail', value: mail }])
  if (holder?.id === own) return
  refuse('conflict', 'mail.taken', {
    message: `このアドレスは別のリードが使っています / Another lead has this address${holder ? ` (${holder.id})` : ''}. 共有アドレスなら「共有メール」に入れてください.`,
    field: 'mail',
  })
}

const changedEvent = (ctx: Ctx, subject: Subject, causeId: string, props: JsonObject, hop = 0): NewEvent => ({
  subject,
  id: derivedId(causeId, 'identify', 'changed', 0),
  name: 'field.changed',
  occurredAt: ctx.now,
  causeId,
  hop,
  props,
})

/** A change that a scenario step or another room makes, for many people at once; re-running it is harmless. */
export interface FieldAct {
  readonly subject: Subject
  readonly fields?: Texts
  readonly attrs?: JsonObject
  readonly addTags?: readonly string[]
  readonly removeTags?: readonly string[]
  readonly addProducts?: readonly string[]
  readonly causeId: string
  readonly hop?: number
}

/** Changes fields of many people in one set; people who are gone are passed over. @returns the ids of those who changed */
export async function changeFields(ctx: Ctx, acts: readonly FieldAct[]): Promise<Set<string>> {
  const rows = await people.lockPeople(ctx.db, distinctSubjects(acts.map((act) => act.subject)))
  const fields = acts.some((act) => act.attrs) ? await customFields(ctx) : []
  const events: NewEvent[] = []
  const changed = new Map<string, PersonRow>()
  for (const act of acts) {
    const before = changed.get(act.subject.id) ?? rows.get(act.subject.id)
    if (!before) continue
    const attrs = act.attrs ? fitAttrs(fields, act.attrs) : undefined
    const told = applyTold(before, { fields: act.fields, attrs, tags: act.addTags, products: act.addProducts, at: ctx.now }).row
    const { row, changes } = settled(before, { ...told, tags: told.tags.filter((tag) => !act.removeTags?.includes(tag)) })
    if (!changes.length) continue
    changed.set(row.id, row)
    events.push(changedEvent(ctx, act.subject, act.causeId, { fields: changes.map((change) => change.field) }, act.hop ?? 0))
  }
  await people.updatePeople(ctx.db, [...changed.values()])
  await append(ctx, events)
  return new Set(changed.keys())
}

/** Gives people an owner (null: none). @returns the owner each one had before, of those that changed */
export async function assignOwners(
  ctx: Ctx,
  subjects: readonly Subject[],
  ownerId: string | null,
  causeId?: string,
): Promise<{ id: string; ownerId: string | null }[]> {
  if (ownerId !== null && !(await queries.isActiveUser(ctx.db, ownerId)))
    refuse('unprocessable', 'owner.unknown', { message: '担当者が見つかりません / There is no such colleague.', field: 'ownerId' })
  const rows = await people.lockPeople(ctx.db, distinctSubjects(subjects))
  const moved = [...rows.values()].filter((row) => row.owner_id !== ownerId)
  await queries.setOwners(
    ctx.db,
    moved.map((row) => ({ subject: { bucket: row.bucket, id: row.id }, ownerId })),
  )
  const cause = causeId ?? ctx.id()
  await append(
    ctx,
    moved.map((row) => ({
      subject: { bucket: row.bucket, id: row.id },
      id: derivedId(cause, 'identify', `owner ${row.id}`, 0),
      name: 'owner.assigned',
      occurredAt: ctx.now,
      causeId: cause,
      props: { owner: ownerId, before: row.owner_id, by: actorName(ctx) },
    })),
  )
  return moved.map((row) => ({ id: row.id, ownerId: row.owner_id }))
}

/** The same for the list page: ids as the screen knows them. */
export async function assign(ctx: Ctx, input: { ids: readonly string[]; ownerId: string | null }) {
  const before = await assignOwners(
    ctx,
    input.ids.map((id) => ({ bucket: bucketOf(id), id })),
    input.ownerId,
  )
  await announce(ctx, 'leads', { ids: before.slice(0, 50).map((one) => one.id) })
  return { changed: before.length, before }
}

/** Erases a person, see `erasePeople`. @throws Refusal `merge.running`, `lead.changed` when they went into somebody else meanwhile */
export async function eraseLead(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const subject = await lockedSubject(ctx, input.id)
  if ((await erasePeople(ctx, [subject])).length) return { ok: true }
  await refuseRunning(ctx, [subject])
  // Nobody was erased: they are gone already, which this tells, or everything of theirs is somebody else's now.
  await lockedSubject(ctx, input.id)
  return refuseChanged()
}

/** Days after which a visitor who was not seen again goes; 0 keeps them for ever. */
export const VISITOR_DAYS = { key: 'identify.visitorDays', fallback: 400 } as const

/** Lets one page of visitors go who were not seen for as long as the setting says. Nobody who was named meanwhile is touched. @returns how many it looked at */
export async function expireVisitors(ctx: Ctx, most: number, day: number): Promise<number> {
  const days = await readSetting(ctx, VISITOR_DAYS.key, z.number().int().min(0).max(36_500), VISITOR_DAYS.fallback)
  if (days === 0) return 0
  const before = new Date(ctx.now.getTime() - days * day)
  const found = await queries.findStale(ctx.db, before, most)
  if (!found.length) return 0
  await lockPulses(ctx, found)
  const rows = await people.lockPeople(ctx.db, found)
  const stale = [...rows.values()]
    .filter((row) => row.identified_at === null && row.last_seen_at !== null && row.last_seen_at < before)
    .map(({ bucket, id }) => ({ bucket, id }))
  await deletePeople(ctx, stale)
  return found.length
}

/** Stops commercial mail to a lead because a colleague says so. */
export async function stopLead(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  const row = await findPerson(ctx, input.id)
  if (!row.mail) refuse('unprocessable', 'lead.noMail', { message: 'メールアドレスがありません / There is no address.' })
  await stop(ctx, { address: row.mail, reason: 'manual', at: ctx.now, source: actorName(ctx), subject: { bucket: row.bucket, id: row.id } })
  await announce(ctx, 'leads', { ids: [row.id] })
  return { ok: true }
}

/** Records on what ground mail may go to a lead, with the words that prove it. A stop stays a stop. */
export async function recordBasis(
  ctx: Ctx,
  input: { id: string; basis: 'card' | 'relation' | 'published' | 'consent'; text: string },
): Promise<{ ok: true }> {
  const row = await findPerson(ctx, input.id)
  const subject = { bucket: row.bucket, id: row.id }
  if (!row.mail) refuse('unprocessable', 'lead.noMail', { message: 'メールアドレスがありません / There is no address.' })
  await grant(ctx, { subject, purpose: 'marketing', basis: input.basis, at: ctx.now, route: 'hand', text: input.text })
  await announce(ctx, 'leads', { ids: [subject.id] })
  return { ok: true }
}

/** A human's word on a pair: one person (the loser goes into the keeper, undoable) or two. */
export async function settlePair(ctx: Ctx, input: { keep: string; lose: string; verdict: 'merged' | 'different' }): Promise<{ ok: true }> {
  if (input.verdict === 'different') return different(ctx, { a: input.keep, b: input.lose })
  await merge(ctx, { ...input, chosen: [] })
  return { ok: true }
}

const actorName = (ctx: Ctx): string => ('name' in ctx.actor ? ctx.actor.name : 'public')
