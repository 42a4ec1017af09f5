// Gathers what the checklist of a line is judged by. One audience query however many people there are.
import { companyProfile, missingLegalFields } from '#access/company/service.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { groupAudience, largestDomain } from '../../newsletter/audience.queries.ts'
import { reasonOf } from '../../newsletter/service.ts'
import { readCaps } from '../../outbox/caps/service.ts'
import { read as readDomain } from '../../sender/domain/service.ts'
import { readMail, senderAddress } from '../../sender/settings.ts'
import { findTemplate } from '../../template/queries.ts'
import { plannedDays } from '../rhythm.ts'
import { type Loaded, lineOf, loadLines, todayOf } from '../service.ts'
import type { Readiness } from './contract.ts'
import { type Capacity, readyRows } from './decide.ts'
import { lastRehearsal, measuredRate, templatesOf } from './queries.ts'

/** The checklist of a line, with the numbers of now. */
export async function readiness(ctx: Ctx, { id }: { readonly id: string }): Promise<Readiness> {
  const at = await todayOf(ctx)
  const [loaded] = await loadLines(ctx, at, [await lineOf(ctx, id)])
  const { row, issues, facts } = loaded as Loaded
  const ahead = facts.flatMap((issue, i) => (issue.day >= at.today && issue.state !== 'skipped' && issues[i] ? [issues[i]] : []))
  const settings = await readMail(ctx)
  const company = await companyProfile(ctx)
  const { exempt, links, report } = await readDomain(ctx)
  const template = row.template_id ? await findTemplate(ctx.db, row.template_id) : undefined
  const newsletters = issues.flatMap((issue) => issue.newsletter_id ?? [])
  const rehearsal = await lastRehearsal(ctx.db, [
    ...(row.template_id ? [row.template_id] : []),
    ...(await templatesOf(ctx.db, newsletters)),
  ])
  const crowd = await crowdOf(ctx, loaded as Loaded)
  return readyRows({
    ...crowd,
    domain: { from: senderAddress(settings, company), exempt, links, report },
    legalMissing: missingLegalFields(company),
    template: { there: template !== undefined && template.archived_at === null, warnings: template?.warnings.length ?? 0 },
    ahead: ahead.length,
    filled: ahead.filter((issue) => issue.theme !== '' && issue.content !== '').length,
    owner: row.owner_name,
    hoursNeeded: row.hours_needed,
    hoursFree: row.hours_free,
    plannedDays: plannedDays(row.rhythm),
    rehearsal: rehearsal ? { at: rehearsal.at.toISOString(), sent: rehearsal.sent, current: rehearsal.current } : null,
    capacity: await capacityOf(ctx, loaded as Loaded, settings),
  })
}

const askOf = (ctx: Ctx, { row }: Loaded) => ({ include: row.include, exclude: row.exclude, topicId: row.topic_id, now: ctx.now })

async function crowdOf(ctx: Ctx, loaded: Loaded) {
  const groups = await groupAudience(ctx.db, askOf(ctx, loaded))
  const reached = groups.filter((group) => reasonOf(group) === null)
  const sum = (of: readonly { readonly n: number }[]): number => of.reduce((n, group) => n + group.n, 0)
  return {
    people: sum(groups),
    reachable: sum(reached),
    named: sum(reached.filter(({ named }) => named)),
    withCompany: sum(reached.filter(({ company }) => company)),
  }
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
const WHOLE_DAY = 24 * 60

async function capacityOf(ctx: Ctx, loaded: Loaded, settings: Awaited<ReturnType<typeof readMail>>): Promise<Capacity> {
  const { hours, newsletters } = await readCaps(ctx)
  const young = settings.rampSince
  return {
    perMinute: settings.perMinute,
    largest: await largestDomain(ctx.db, askOf(ctx, loaded)),
    ramp: young ? { first: settings.rampFirst, day: Math.floor((ctx.now.getTime() - Date.parse(young)) / DAY) } : null,
    windowMinutes: hours.isOn && newsletters ? minutesOf(hours.to) - minutesOf(hours.from) : WHOLE_DAY,
    measured: await measuredRate(ctx.db, new Date(ctx.now.getTime() - 90 * DAY)),
  }
}
