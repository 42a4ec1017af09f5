// Sites and page groups. Who is on the sites: visitors/service.ts. Taking events in: ingest.ts.

import { companyProfile } from '#access/company/service.ts'
import { dayIn } from '#kernel/calendar.ts'
import { randomToken } from '#kernel/chance.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { codeOf, refuse } from '#kernel/errors.ts'
import { pageGroupOf, patternOf } from './address.ts'
import type { ConsentMode, PageGroup, Site } from './contract.ts'
import * as queries from './queries.ts'
import { forgetRules } from './rules.ts'
import { snippetOf } from './snippet.ts'

interface SiteInput {
  readonly name: string
  readonly domains: readonly string[]
  readonly consentMode: ConsentMode
  readonly countRobots: boolean
}
type Given<T> = { readonly [K in keyof T]?: T[K] | undefined }

/** All sites, the archived ones only when asked for. */
export async function sites(ctx: Ctx, input: { archived: boolean }): Promise<{ items: Site[] }> {
  const rows = await queries.listSites(ctx.db, input.archived)
  return { items: rows.map((row) => siteOf(ctx, row)) }
}

/** Adds a site with a write key of its own. */
export async function addSite(ctx: Ctx, input: SiteInput): Promise<Site> {
  const row: queries.SiteRow = {
    id: ctx.id(),
    name: input.name,
    write_key: randomToken(15),
    domains: [...new Set(input.domains)],
    consent_mode: input.consentMode,
    count_robots: input.countRobots,
    created_at: ctx.now,
    archived_at: null,
    seen_at: null,
    seen_url: null,
  }
  await queries.insertSite(ctx.db, row)
  forgetRules(ctx)
  return siteOf(ctx, row)
}

/** Changes what is given. An archived site takes no events; its history stays. */
export async function changeSite(ctx: Ctx, input: { id: string; archived?: boolean | undefined } & Given<SiteInput>): Promise<Site> {
  const current = await queries.findSite(ctx.db, input.id)
  if (!current) return noSite()
  const row = await queries.updateSite(ctx.db, input.id, {
    name: input.name ?? current.name,
    domains: input.domains ? [...new Set(input.domains)] : current.domains,
    consent_mode: input.consentMode ?? current.consent_mode,
    count_robots: input.countRobots ?? current.count_robots,
    archived_at: input.archived === undefined ? current.archived_at : input.archived ? (current.archived_at ?? ctx.now) : null,
  })
  forgetRules(ctx)
  return row ? siteOf(ctx, row) : noSite()
}

/** @throws Refusal missing when there is no such site */
export async function siteRow(ctx: Ctx, id: string): Promise<queries.SiteRow> {
  return (await queries.findSite(ctx.db, id)) ?? noSite()
}

const noSite = () => refuse('missing', 'site.unknown', { message: 'There is no such site.' })

function siteOf(ctx: Ctx, row: queries.SiteRow): Site {
  return {
    id: row.id,
    name: row.name,
    domains: row.domains,
    consentMode: row.consent_mode,
    countRobots: row.count_robots,
    writeKey: row.write_key,
    createdAt: row.created_at.toISOString(),
    archivedAt: row.archived_at?.toISOString() ?? null,
    seenAt: row.seen_at?.toISOString() ?? null,
    seenUrl: row.seen_url,
    snippet: snippetOf(ctx.house.publicUrl, row.write_key, row.consent_mode),
  }
}

/** What came in per day, site and reason, for `days` company days up to `until` (today when absent). */
export async function counts(ctx: Ctx, input: { days: number; until?: string | undefined }) {
  const { timeZone } = await companyProfile(ctx)
  const until = input.until ?? dayIn(timeZone, ctx.now)
  const from = new Date(Date.parse(`${until}T00:00:00Z`) - (input.days - 1) * DAY).toISOString().slice(0, 10)
  const rows = await queries.sumCounts(ctx.db, from, until)
  return { items: rows.map((row) => ({ day: row.day, siteId: row.site_id, reason: row.reason, detail: row.detail, n: Number(row.n) })) }
}

const groupOf = (row: queries.PageGroupRow): PageGroup => ({ id: row.id, name: row.name, patterns: row.patterns, position: row.position })

/** The page groups in the order they are tried. */
export async function pageGroups(ctx: Ctx): Promise<{ items: PageGroup[] }> {
  return { items: (await queries.listPageGroups(ctx.db)).map(groupOf) }
}

/** Adds a group at the end of the order. */
export async function addPageGroup(ctx: Ctx, input: { name: string; patterns: string[] }): Promise<PageGroup> {
  const before = await queries.listPageGroups(ctx.db)
  const row = {
    id: ctx.id(),
    name: input.name,
    patterns: input.patterns,
    position: (before.at(-1)?.position ?? 0) + 1,
    created_at: ctx.now,
  }
  await named(() => queries.insertPageGroup(ctx.db, row))
  forgetRules(ctx)
  return groupOf(row)
}

/** Changes a group; pages viewed before keep the group they had. */
export async function changePageGroup(
  ctx: Ctx,
  input: { id: string } & Given<{ name: string; patterns: string[]; position: number }>,
): Promise<PageGroup> {
  const { id, ...given } = input
  const change = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const row = Object.keys(change).length
    ? await named(() => queries.updatePageGroup(ctx.db, id, change))
    : (await queries.listPageGroups(ctx.db)).find((group) => group.id === id)
  if (!row) return noGroup()
  forgetRules(ctx)
  return groupOf(row)
}

/** Removes a group; pages viewed before keep its id. */
export async function removePageGroup(ctx: Ctx, input: { id: string }): Promise<{ ok: true }> {
  if (!(await queries.deletePageGroup(ctx.db, input.id))) return noGroup()
  forgetRules(ctx)
  return { ok: true }
}

/** Which group an address belongs to now. */
export async function tryPageGroup(ctx: Ctx, input: { url: string }): Promise<{ group: PageGroup | null }> {
  const rows = await queries.listPageGroups(ctx.db)
  const id = pageGroupOf(
    input.url,
    rows.map((row) => ({ id: row.id, patterns: row.patterns.map(patternOf) })),
  )
  const row = rows.find((each) => each.id === id)
  return { group: row ? groupOf(row) : null }
}

const noGroup = () => refuse('missing', 'pageGroup.unknown', { message: 'There is no such page group.' })

async function named<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (codeOf(error) === '23505')
      refuse('conflict', 'pageGroup.name', { message: 'A page group of this name exists already.', field: 'name' })
    throw error
  }
}
