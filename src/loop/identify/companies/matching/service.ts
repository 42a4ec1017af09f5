// Which company leads belong to, for many at once: a domain or number links, a name alone waits for a human.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject } from '#kernel/db/buckets.ts'
import { append, derivedId } from '#kernel/journal.ts'
import { lockPeople } from '../../queries.ts'
import type { PersonRow } from '../../tables.ts'
import { cluesOf, type Found, makeKey, mayRematch, type Place, placeOf } from '../decide.ts'
import { makeCompanies, markCompanies } from '../making/service.ts'
import * as queries from '../queries.ts'
import { hearTold } from '../told/service.ts'

/** Somebody of whom something was learned, and by which event. */
export interface MatchAsk {
  readonly subject: Subject
  readonly causeId: string
  readonly hop: number
  readonly historic: boolean
}

type Propose = Extract<Place, { kind: 'propose' }>

/** Looks for the companies of these leads: links, makes companies known by their domain, and proposes where only a name speaks. */
export async function matchCompanies(ctx: Ctx, asks: readonly MatchAsk[]): Promise<void> {
  const latest = new Map(asks.map((ask) => [ask.subject.id, ask]))
  const people = await lockPeople(ctx.db, distinctSubjects([...latest.values()].map((ask) => ask.subject)))
  const leads = [...people.values()].filter((row) => row.identified_at !== null)
  if (!leads.length) return
  const links = new Map((await queries.openLinks(ctx.db, leads)).reverse().map((link) => [link.person_id, link]))
  const open = leads.filter((row) => mayRematch(links.get(row.id)?.linked_by))
  const placed = await placeAll(ctx, open)
  const joins = placed.flatMap(({ row, place }) =>
    place.kind === 'link' && links.get(row.id)?.company_id !== place.companyId ? [{ row, companyId: place.companyId, by: place.by }] : [],
  )
  await joinCompanies(ctx, joins, (id) => latest.get(id))
  await propose(
    ctx,
    placed.flatMap(({ row, place }) => (place.kind === 'propose' && !links.has(row.id) ? [{ row, place }] : [])),
  )
  await wait(
    ctx,
    placed.flatMap(({ row, place }) => (place.kind === 'none' && !links.has(row.id) ? [row] : [])),
  )
}

/** Leads with nothing but a corporate address wait for a colleague who names the company; the others wait for nobody. */
async function wait(ctx: Ctx, rows: readonly PersonRow[]): Promise<void> {
  const clued = rows.map((row) => ({ row, domain: cluesOf(row).mailDomain }))
  await queries.putProposals(
    ctx.db,
    clued.flatMap(({ row, domain }) => (domain ? [{ subject: row, nameKey: waitingKey(domain) }] : [])),
    ctx.now,
  )
  await queries.deleteProposals(
    ctx.db,
    clued.flatMap(({ row, domain }) => (domain ? [] : [row])),
  )
}

const waitingKey = (domain: string): string => `@${domain}`
const MOST_WAITING = 5_000

/** Whoever waited for a company of these domains joins it now. */
export async function joinWaiting(ctx: Ctx, companies: readonly string[]): Promise<void> {
  for (const [companyId, domains] of await queries.listDomains(ctx.db, companies))
    for (const domain of domains) {
      const rows = await lockPeople(ctx.db, await queries.proposedUnder(ctx.db, waitingKey(domain), MOST_WAITING))
      const free = [...rows.values()].filter((row) => row.company_id === null)
      await joinCompanies(
        ctx,
        free.map((row) => ({ row, companyId, by: 'mail' })),
      )
    }
}

type Placed = { readonly row: PersonRow; readonly place: Place }

/** Where each belongs; companies that must be made are made, so that nothing is left to make. */
async function placeAll(ctx: Ctx, leads: readonly PersonRow[]): Promise<Placed[]> {
  const clued = leads.map((row) => ({ row, clues: cluesOf(row) }))
  const all = clued.map(({ clues }) => clues)
  const some = <T>(values: readonly (T | null)[]): T[] => values.filter((value): value is T & NonNullable<T> => value !== null)
  const found: Found = {
    byDomain: await queries.findByDomains(ctx.db, some(all.flatMap((clues) => [clues.mailDomain, clues.siteDomain]))),
    byNumber: await queries.findByNumbers(ctx.db, some(all.map((clues) => clues.number))),
    byName: await queries.findByNameKeys(ctx.db, some(all.map((clues) => clues.nameKey))),
  }
  const placed = clued.map(({ row, clues }) => ({ row, place: placeOf(clues, found) }))
  const makes = placed.flatMap(({ place }) => (place.kind === 'make' ? [place] : []))
  if (!makes.length) return placed
  const made = await makeCompanies(ctx, makes)
  return placed.map(({ row, place }): Placed => {
    const companyId = place.kind === 'make' ? made.get(makeKey(place)) : undefined
    return companyId && place.kind === 'make' ? { row, place: { kind: 'link', companyId, by: place.by } } : { row, place }
  })
}

async function propose(ctx: Ctx, asked: readonly { row: PersonRow; place: Propose }[]): Promise<void> {
  await queries.putProposals(
    ctx.db,
    asked.map(({ row, place }) => ({ subject: row, nameKey: place.nameKey })),
    ctx.now,
  )
  const candidates = asked.flatMap(({ place }): queries.NewCandidate[] => {
    const common = { name_key: place.nameKey, name: place.name, other_id: null }
    if (!place.companyIds.length) return [{ ...common, id: ctx.id(), kind: 'new', company_id: null }]
    return place.companyIds.map((companyId) => ({ ...common, id: ctx.id(), kind: 'link', company_id: companyId }))
  })
  await queries.putCandidates(ctx.db, candidates, ctx.now)
}

export interface Join {
  readonly row: Pick<PersonRow, 'bucket' | 'id'>
  readonly companyId: string
  readonly by: string
}

/** The main score of people as it stands in this transaction. */
export async function scoresOf(
  ctx: Ctx,
  subjects: readonly Subject[],
): Promise<(subject: Subject) => { score: number; engagement: number }> {
  const [total, recent] = [await factOf(ctx, 'score.main.total', subjects), await factOf(ctx, 'score.main.recent', subjects)]
  return ({ id }) => ({ score: total.get(id) ?? 0, engagement: recent.get(id) ?? 0 })
}

/** Puts people into companies, dated; a link to another company ends. Their rows must be locked. */
export async function joinCompanies(
  ctx: Ctx,
  joins: readonly Join[],
  causeOf: (personId: string) => MatchAsk | undefined = () => undefined,
): Promise<void> {
  if (!joins.length) return
  const subjects = joins.map(({ row }) => ({ bucket: row.bucket, id: row.id }))
  const before = await queries.openLinks(ctx.db, subjects)
  const scoreOf = await scoresOf(ctx, subjects)
  await queries.closeLinks(
    ctx.db,
    joins.map(({ row, companyId }) => ({ subject: row, except: companyId })),
    ctx.now,
  )
  await queries.putLinks(
    ctx.db,
    joins.map(({ row, companyId, by }) => ({
      subject: row,
      companyId,
      by,
      ...scoreOf(row),
    })),
    ctx.now,
  )
  await queries.setPersonCompany(
    ctx.db,
    joins.map(({ row, companyId }) => ({ subject: row, companyId })),
  )
  await queries.deleteProposals(ctx.db, subjects)
  await hearTold(ctx, joins)
  await tell(ctx, 'company.linked', joins, causeOf)
  const ids = [...joins.map((join) => join.companyId), ...before.map((link) => link.company_id)]
  await markCompanies(ctx, ids, ['people'])
}

/** Takes people out of their companies, dated. Their rows must be locked. */
export async function leaveCompanies(ctx: Ctx, subjects: readonly Subject[]): Promise<queries.Link[]> {
  const before = await queries.openLinks(ctx.db, subjects)
  await queries.closeLinks(
    ctx.db,
    subjects.map((subject) => ({ subject, except: null })),
    ctx.now,
  )
  await queries.setPersonCompany(
    ctx.db,
    subjects.map((subject) => ({ subject, companyId: null })),
  )
  const parted = before.map((link) => ({ row: { bucket: link.bucket, id: link.person_id }, companyId: link.company_id, by: 'hand' }))
  await tell(ctx, 'company.unlinked', parted)
  await markCompanies(
    ctx,
    before.map((link) => link.company_id),
    ['people'],
  )
  return before
}

async function factOf(ctx: Ctx, name: string, subjects: readonly Subject[]): Promise<Map<string, number>> {
  const fact = ctx.house.ports.facts?.find((one) => one.name === name)
  if (!fact) return new Map()
  const values = await fact.load(ctx, subjects)
  return new Map([...values].map(([id, value]) => [id, Number(value ?? 0)]))
}

async function tell(
  ctx: Ctx,
  name: 'company.linked' | 'company.unlinked',
  joins: readonly Join[],
  causeOf: (personId: string) => MatchAsk | undefined = () => undefined,
): Promise<void> {
  const companies = await queries.selectCompanies(
    ctx.db,
    joins.map((join) => join.companyId),
  )
  const own = ctx.id()
  await append(
    ctx,
    joins.map(({ row, companyId, by }) => {
      const cause = causeOf(row.id)
      return {
        subject: { bucket: row.bucket, id: row.id },
        id: derivedId(cause?.causeId ?? own, 'companies', `${name} ${companyId}`),
        name,
        occurredAt: ctx.now,
        hop: cause ? cause.hop + 1 : 0,
        ...(cause ? { causeId: cause.causeId, historic: cause.historic } : {}),
        props: { company: companyId, companyName: companies.get(companyId)?.name ?? '', by },
      }
    }),
  )
}

/** After people met or parted: the row and the open link of each agree again. */
export async function settleLinks(ctx: Ctx, subjects: readonly Subject[]): Promise<void> {
  const people = await lockPeople(ctx.db, distinctSubjects(subjects))
  const links = await queries.openLinks(ctx.db, [...people.values()])
  const wanted = [...people.values()].map((row) => ({
    row,
    companyId: row.company_id ?? links.find((link) => link.person_id === row.id)?.company_id ?? null,
    links: links.filter((link) => link.person_id === row.id),
  }))
  const crooked = wanted.filter(
    ({ row, companyId, links: mine }) =>
      row.company_id !== companyId || mine.some((link) => link.company_id !== companyId) || (companyId !== null && !mine.length),
  )
  const joins = crooked.flatMap(({ row, companyId, links: mine }) =>
    companyId ? [{ row, companyId, by: mine.find((link) => link.company_id === companyId)?.linked_by ?? 'hand' }] : [],
  )
  await joinCompanies(ctx, joins)
  // What a file said of the company of one of the two waits no longer: the other is with one.
  await hearTold(
    ctx,
    wanted.flatMap(({ row, companyId }) => (companyId ? [{ row, companyId }] : [])),
  )
  await markCompanies(
    ctx,
    links.map((link) => link.company_id),
    ['people'],
  )
}
