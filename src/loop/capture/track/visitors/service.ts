// Who is on the sites now, and what one visitor did there.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import { MINUTE } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { resolveSubject } from '#loop/identify/service.ts'
import type { LiveVisitor, TrackedEvent, Visit } from '../contract.ts'
import { eventsOf, liveVisits, visitsOf } from './queries.ts'

const LIVE_FOR = 5 * MINUTE
const MOST_LIVE = 200

/** Who was seen within the last five minutes, newest first, at most 200. */
export async function live(
  ctx: Ctx,
  input: { siteId?: string | undefined },
): Promise<{ items: LiveVisitor[]; more: boolean; now: string }> {
  const rows = await liveVisits(ctx.db, new Date(ctx.now.getTime() - LIVE_FOR), input.siteId ?? null, MOST_LIVE + 1)
  const items = rows.slice(0, MOST_LIVE).map((row) => ({
    personId: row.person_id,
    visitId: row.id,
    siteId: row.site_id,
    site: row.site,
    name: [row.family_name, row.given_name].filter(Boolean).join(' ') || row.mail,
    company: row.company_name,
    isLead: row.identified_at !== null,
    startedAt: row.started_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    url: row.url,
    title: row.title,
    channel: row.channel,
    keyword: row.keyword,
    deviceClass: row.device_class,
    pages: row.pages,
    visits: row.visits,
  }))
  return { items, more: rows.length > MOST_LIVE, now: ctx.now.toISOString() }
}

async function subjectFor(ctx: Ctx, id: string): Promise<Subject> {
  return (await resolveSubject(ctx, id)) ?? subjectOf(id)
}

interface PageOf {
  readonly id: string
  readonly cursor?: string | undefined
  readonly limit: number
}

/** A person's visits with the seconds really spent looking (TRK-07), newest first. */
export async function visits(ctx: Ctx, input: PageOf): Promise<{ items: Visit[]; next: string | null }> {
  const rows = await visitsOf(ctx.db, await subjectFor(ctx, input.id), decodeCursor(input.cursor), input.limit + 1)
  const items = rows.slice(0, input.limit)
  const last = rows.length > input.limit ? items.at(-1) : undefined
  return {
    items: items.map((row) => ({
      id: row.id,
      startedAt: row.started_at.toISOString(),
      lastAt: row.last_at.toISOString(),
      historic: row.historic,
      landing: row.landing,
      referrer: row.referrer,
      channel: row.channel,
      keyword: row.keyword,
      utm: row.utm,
      deviceClass: row.device_class,
      pages: row.pages,
      engaged: row.engaged,
    })),
    next: last ? encodeCursor(last.started_at, last.id) : null,
  }
}

const SHOWN = ['engaged', 'scroll', 'href', 'text', 'file', 'referrer', 'channel', 'keyword'] as const

/** What a person did on the sites, newest first. */
export async function visitorEvents(ctx: Ctx, input: PageOf): Promise<{ items: TrackedEvent[]; next: string | null }> {
  const rows = await eventsOf(ctx.db, await subjectFor(ctx, input.id), decodeCursor(input.cursor), input.limit + 1)
  const items = rows.slice(0, input.limit)
  const last = rows.length > input.limit ? items.at(-1) : undefined
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  return {
    items: items.map((row) => ({
      id: row.id,
      name: row.name,
      at: row.occurred_at.toISOString(),
      historic: row.historic,
      pageGroup: row.page_group,
      url: text(row.props['url']),
      title: text(row.props['title']),
      detail: Object.fromEntries(
        SHOWN.flatMap((key) => {
          const value = row.props[key]
          return typeof value === 'string' || typeof value === 'number' ? [[key, value] as const] : []
        }),
      ),
    })),
    next: last ? encodeCursor(last.occurred_at, last.id) : null,
  }
}
