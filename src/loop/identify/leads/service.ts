import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { refuse } from '#kernel/errors.ts'
import { adoptionsOf } from '../adopt/service.ts'
import { ledger } from '../consent/service.ts'
import { basisWord, isSendable, stopWord } from '../decide.ts'
import { allFacts, type Fact, type FactValue, loadFacts } from '../facts.ts'
import { listCandidates } from '../naming/queries.ts'
import { listIdentities, selectPeople } from '../queries.ts'
import { resolveSubject } from '../service.ts'
import type { PersonRow } from '../tables.ts'
import { findTrash } from '../trash/queries.ts'
import type { LeadDetail, LeadRow } from './contract.ts'
import { ACTIONS, decodeKey, encodeKey } from './decide.ts'
import * as queries from './queries.ts'

declare module '#kernel/ctx.ts' {
  interface Ports {
    /** Points that events brought a person, by event id (score). */
    readonly timelinePoints: readonly ((ctx: Ctx, subject: Subject, eventIds: readonly string[]) => Promise<Map<string, number>>)[]
  }
}

const isStage = (fact: Fact): boolean => /(^|\.)stage$/.test(fact.name)
const shownInLists = (fact: Fact): boolean =>
  ['score.main.total', 'score.main.heat', 'score.main.recent'].includes(fact.name) || isStage(fact)

export async function listSources(ctx: Ctx): Promise<{ items: string[] }> {
  return { items: await queries.listSources(ctx.db, 200) }
}

const subjectOfRow = (row: PersonRow): Subject => ({ bucket: row.bucket, id: row.id })
const iso = (at: Date | null): string | null => at?.toISOString() ?? null
const jsonValue = (value: FactValue | undefined): LeadRow['facts'][string] =>
  value instanceof Date ? value.toISOString() : Array.isArray(value) ? [...value] : ((value ?? null) as string | number | boolean | null)

/**
 * Rows as the API shows them, with owners, last actions and the other rooms' facts: a fixed number of reads, however many rows.
 * @param more names of facts to load besides the usual ones
 */
export async function presentAll(ctx: Ctx, rows: readonly PersonRow[], more: readonly string[] = []): Promise<LeadRow[]> {
  if (!rows.length) return []
  const subjects = rows.map(subjectOfRow)
  const owners = await queries.userNames(
    ctx.db,
    rows.flatMap((row) => row.owner_id ?? []),
  )
  const externals = await queries.externalIds(ctx.db, subjects)
  const actions = await queries.lastActions(ctx.db, subjects, ACTIONS)
  const known = more.length ? await allFacts(ctx) : ctx.house.ports.facts
  const facts = await factsShown(
    ctx,
    subjects,
    known.filter((fact) => shownInLists(fact) || more.includes(fact.name)),
  )
  return rows.map((row) => {
    const action = actions.get(row.id)
    return {
      id: row.id,
      familyName: row.family_name,
      givenName: row.given_name,
      companyName: row.company_name,
      department: row.department,
      title: row.title,
      mail: row.mail,
      phone: row.phone_typed,
      externalId: externals.get(row.id) ?? null,
      prefecture: row.prefecture,
      industry: row.industry,
      ownerId: row.owner_id,
      ownerName: (row.owner_id && owners.get(row.owner_id)) ?? null,
      sourceFirst: row.source_first,
      sourceLatest: row.source_latest,
      priority: row.priority,
      tags: row.tags,
      mailBasis: basisWord(row.mail_basis),
      mailStop: stopWord(row.mail_stop),
      createdAt: (row.identified_at ?? row.created_at).toISOString(),
      lastSeenAt: iso(row.last_seen_at),
      lastAction: action ? { name: action.name, at: action.at.toISOString(), props: action.props } : null,
      facts: facts.get(row.id) ?? {},
    }
  })
}

async function factsShown(ctx: Ctx, subjects: readonly Subject[], facts: readonly Fact[]): Promise<Map<string, LeadRow['facts']>> {
  const found = new Map<string, LeadRow['facts']>(subjects.map((subject) => [subject.id, {}]))
  for (const [fact, values] of await loadFacts(ctx, new Map(facts.map((fact) => [fact, subjects]))))
    for (const [id, all] of found) all[fact.name] = jsonValue(values.get(id))
  return found
}

/** The row of a lead or visitor by id or old id. @throws Refusal `lead.erased` (410), `lead.unknown` (404) */
export async function findPerson(ctx: Ctx, id: string): Promise<PersonRow> {
  const subject = await resolveSubject(ctx, id)
  const row = subject && (await selectPeople(ctx.db, [subject])).get(subject.id)
  if (row) return row
  if (await queries.isErased(ctx.db, id)) refuse('gone', 'lead.erased', { message: 'このリードは削除されました / This lead was erased.' })
  refuse('missing', 'lead.unknown', { message: 'リードが見つかりません / There is no such lead.' })
}

/** Everything the page of a person shows besides the timeline. */
export async function getLead(ctx: Ctx, input: { id: string }): Promise<LeadDetail> {
  const row = await findPerson(ctx, input.id)
  const subject = subjectOfRow(row)
  const [shown] = await presentAll(ctx, [row])
  if (!shown) throw new Error('a row is presented as one')
  const others = ctx.house.ports.facts.filter((fact) => fact.group !== 'basic' && fact.group !== 'secondary' && fact.group !== 'consent')
  const facts = (await factsShown(ctx, [subject], others)).get(row.id) ?? {}
  const consents = await ledger(ctx, subject)
  const keys = await listIdentities(ctx.db, [subject])
  return {
    ...shown,
    facts,
    identified: row.identified_at !== null,
    trashedUntil: row.identified_at ? null : ((await findTrash(ctx.db, subject))?.until.toISOString() ?? null),
    version: row.version,
    status: row.status,
    familyKana: row.family_kana,
    givenKana: row.given_kana,
    roleLevel: row.role_level,
    employeeBand: row.employee_band,
    website: row.website,
    contactMail: row.contact_mail,
    postalCode: row.postal_code,
    city: row.city,
    address: row.address,
    building: row.building,
    industryGroup: row.industry_group,
    salutation: row.salutation,
    budget: row.budget,
    products: row.products,
    mailTyped: row.mail_typed,
    mailRisk: row.mail_risk,
    interest: row.interest,
    attrs: row.attrs,
    sourceFirstAt: iso(row.source_first_at),
    sourceLatestAt: iso(row.source_latest_at),
    sendable: isSendable(row),
    consents: consents.map((one) => ({
      id: one.id,
      purpose: one.purpose,
      given: one.given,
      basis: one.basis,
      at: one.at.toISOString(),
      route: one.route,
      textVersion: one.text_version,
      text: one.text,
      actor: one.actor,
    })),
    keys: keys.map((key) => ({
      kind: key.kind,
      value: key.kind === 'device' ? `…${key.value.slice(-6)}` : key.value,
      since: key.since.toISOString(),
    })),
    adoptions: await adoptionsOf(ctx, row.id),
  }
}

/** A page of a person's timeline, newest first, with the points each event brought. */
export async function timeline(ctx: Ctx, input: { id: string; names?: string | undefined; cursor?: string | undefined; limit: number }) {
  const subject = subjectOfRow(await findPerson(ctx, input.id))
  const after = input.cursor === undefined ? null : decodeKey('timeline', input.cursor)
  if (after === undefined)
    refuse('invalid', 'cursor.unknown', { message: 'This cursor is not one of ours. Begin at the first page.', field: 'cursor' })
  const names = input.names ? input.names.split(',').map((name) => name.trim()) : null
  const rows = await queries.listTimeline(ctx.db, subject, names, after, input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const points = new Map<string, number>()
  for (const ask of ctx.house.ports.timelinePoints ?? [])
    for (const [id, n] of await ask(
      ctx,
      subject,
      shown.map((row) => row.id),
    ))
      points.set(id, (points.get(id) ?? 0) + n)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      id: row.id,
      name: row.name,
      at: row.occurred_at.toISOString(),
      historic: row.historic,
      via: row.via,
      origin: row.origin_person_id,
      props: row.props,
      points: points.get(row.id) ?? null,
    })),
    next: rows.length > input.limit && last ? encodeKey('timeline', last.key, last.id) : null,
  }
}

/** Open pairs of leads who may be one person. */
export async function candidates(ctx: Ctx) {
  const pairs = await listCandidates(ctx.db, 100)
  const people = await selectPeople(
    ctx.db,
    pairs.flatMap((pair) => [
      { bucket: pair.bucket, id: pair.person_id },
      { bucket: pair.other_bucket, id: pair.other_id },
    ]),
  )
  const shown = new Map((await presentAll(ctx, [...people.values()])).map((row) => [row.id, row]))
  const items = pairs.flatMap((pair) => {
    const [a, b] = [shown.get(pair.person_id), shown.get(pair.other_id)]
    return a && b ? [{ a, b, reason: pair.reason, at: pair.at.toISOString() }] : []
  })
  return { items }
}
