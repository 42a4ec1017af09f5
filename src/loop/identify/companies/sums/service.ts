// What people do sums up to companies; whoever claims the changed ones keeps the sums and hears what changed.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects } from '#kernel/db/buckets.ts'
import { append, derivedId } from '#kernel/journal.ts'
import { newsOf, type Pass } from '#kernel/pass.ts'
import { forwardMerged } from '../change/merge.ts'
import { markCompanies } from '../making/service.ts'
import { joinWaiting, scoresOf } from '../matching/service.ts'
import { openLinks, setEngagement } from '../queries.ts'
import * as queries from './queries.ts'

export const COMPANIES_AT_ONCE = 200

/** The main score as a pass calls it when it has moved. */
const MAIN = 'score.main'
/** After these a score may be another than the company was told: an edit of the rules, a link made while the score moved. */
const RETOLD: ReadonlySet<string> = new Set(['score.changed', 'company.linked'])

/**
 * Companies follow the main score of their people in the very pass that moved it: heard as news, every point would turn the loop once
 * more. It comes after whatever of the loop makes and settles links.
 */
export async function followScores(ctx: Ctx, pass: Pass): Promise<void> {
  const moved = pass.people.filter(({ id }) => pass.changed.get(id)?.has(MAIN) || newsOf(pass, id).some((news) => RETOLD.has(news.name)))
  const links = await openLinks(ctx.db, moved)
  if (!links.length) return
  const people = distinctSubjects(links.map((link) => ({ bucket: link.bucket, id: link.person_id })))
  const scoreOf = await scoresOf(ctx, people)
  const touched = await setEngagement(
    ctx.db,
    people.map((subject) => ({ subject, ...scoreOf(subject) })),
  )
  await markCompanies(ctx, touched, ['score', 'engagement'])
}

/** Claims changed companies and sums them anew. @returns the fields that changed, by company: `score`, `people`, `industry` … */
export async function sumChanged(ctx: Ctx): Promise<Map<string, Set<string>>> {
  const ids = await queries.claimCompanies(ctx.db, COMPANIES_AT_ONCE)
  if (!ids.length) return new Map()
  const changed = await queries.takeCompanyNews(ctx.db, ids)
  await forwardMerged(ctx, ids)
  await joinWaiting(
    ctx,
    ids.filter((id) => changed.get(id)?.has('created') || changed.get(id)?.has('domains')),
  )
  const sums = await queries.sumCompanies(ctx.db, ids)
  const moved: queries.Sums[] = []
  for (const before of await queries.keptSums(ctx.db, ids)) {
    const after = sums.get(before.id)
    if (!after) continue
    const fields = changed.get(before.id) ?? new Set()
    for (const column of ['people', 'engagement', 'score'] as const) if (before[column] !== after[column]) fields.add(column)
    if (before.last_seen_at?.getTime() !== after.last_seen_at?.getTime()) fields.add('lastSeen')
    changed.set(before.id, fields)
    moved.push(after)
  }
  await queries.saveSums(ctx.db, moved, ctx.now)
  return changed
}

const PAGE = 2_000

/** Tells the people of companies that something about their company changed, so that rules look again; in pages. */
export async function tellPeople(ctx: Ctx, changed: ReadonlyMap<string, readonly string[]>): Promise<void> {
  if (!changed.size) return
  const cause = ctx.id()
  for (let last: { bucket: number; person_id: string } | null = null; ; ) {
    const people = await queries.peopleOfCompanies(ctx.db, [...changed.keys()], last, PAGE)
    await append(
      ctx,
      people.map(({ bucket, person_id, company_id }) => ({
        subject: { bucket, id: person_id },
        id: derivedId(cause, 'companies', `changed ${company_id}`),
        name: 'company.changed',
        occurredAt: ctx.now,
        props: { company: company_id, fields: [...(changed.get(company_id) ?? [])] },
      })),
    )
    last = people.at(-1) ?? null
    if (people.length < PAGE) return
  }
}

/** Marks companies whose sums no longer fit their people: after erasures and other hands. */
export function markDrifted(ctx: Ctx): Promise<void> {
  return queries.markDrifted(ctx.db)
}
