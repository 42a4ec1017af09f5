import { z } from 'zod'
import { companyProfile, missingLegalFields } from '#access/company/service.ts'
import { dayIn } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { settings as mailSettings } from '#loop/deliver/sender/service.ts'
import { type HotLead, ONBOARDING, type ReportPerson, type reportsContract } from './contract.ts'
import { daysOf, figuresOf, nameOf, periodsOf, series } from './decide.ts'
import {
  type BehindRow,
  countByDay,
  countMetrics,
  type HotRow,
  listBehind,
  listHot,
  readAnything,
  readOnboarding,
  readPipeline,
  readWaitingSince,
} from './queries.ts'

type Ask<K extends keyof typeof reportsContract> = InputOf<(typeof reportsContract)[K]>
type Answer<K extends keyof typeof reportsContract> = OutputOf<(typeof reportsContract)[K]>

const HOT = 6
const DISMISSED = 'onboarding.dismissed'

/** The numbers of the last days beside as many days before. What is received but not reacted to yet is not in them, and is said. */
export async function dashboard(ctx: Ctx, { days }: Ask<'dashboard'>): Promise<Answer<'dashboard'>> {
  const { timeZone } = await companyProfile(ctx)
  const { period, before } = periodsOf(dayIn(timeZone, ctx.now), days)
  const counted = await countMetrics(ctx.db, period, before)
  const waiting = await readWaitingSince(ctx.db)
  return {
    period,
    before,
    timeZone,
    asOf: (waiting ?? ctx.now).toISOString(),
    waiting: waiting !== null,
    figures: figuresOf(counted),
    pipeline: await readPipeline(ctx.db),
    hot: (await listHot(ctx.db, HOT)).map(hotView),
    empty: counted.length === 0 && !(await readAnything(ctx.db)),
  }
}

/** People per day of one metric, and of as many days before. */
export async function trend(ctx: Ctx, { metric, days }: Ask<'trend'>): Promise<Answer<'trend'>> {
  const { timeZone } = await companyProfile(ctx)
  const { period, before } = periodsOf(dayIn(timeZone, ctx.now), days)
  const people = await countByDay(ctx.db, metric, { from: before.from, to: period.to })
  return { days: daysOf(period), people: series(daysOf(period), people), before: series(daysOf(before), people) }
}

/** The people behind a number, newest day first. */
export async function people(ctx: Ctx, { metric, from, to, cursor, limit }: Ask<'people'>): Promise<Answer<'people'>> {
  if (from > to) refuse('invalid', 'reports.period', { message: 'The first day must not come after the last.', field: 'from' })
  const rows = await listBehind(ctx.db, { metric, from, to, after: readPosition(cursor), limit: limit + 1 })
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items: items.map(personView), next: rows.length > limit && last ? writePosition(last) : null }
}

const position = z.tuple([z.iso.date(), z.guid()])

function readPosition(cursor: string | undefined): { day: string; id: string } | null {
  if (cursor === undefined) return null
  const found = position.safeParse(Buffer.from(cursor, 'base64url').toString().split('|'))
  if (!found.success)
    refuse('invalid', 'cursor.unknown', { message: 'This cursor is not one of ours. Begin at the first page.', field: 'cursor' })
  return { day: found.data[0], id: found.data[1] }
}

const writePosition = (row: BehindRow): string => Buffer.from(`${row.last_day}|${row.person_id}`).toString('base64url')

function personView(row: BehindRow): ReportPerson {
  const name = nameOf(row.family_name, row.given_name)
  return {
    id: row.person_id,
    name,
    company: row.company_name,
    email: row.mail_typed,
    identified: row.identified_at !== null,
    n: row.n,
    lastDay: row.last_day,
  }
}

function hotView(row: HotRow): HotLead {
  const name = nameOf(row.family_name, row.given_name)
  return {
    id: row.id,
    name,
    company: row.company_name,
    score: row.total,
    recent: row.recent,
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
  }
}

/** The first five things, each looked up where it is true. */
export async function onboarding(ctx: Ctx): Promise<Answer<'onboarding'>> {
  const seen = await readOnboarding(ctx.db)
  const mail = await mailSettings(ctx)
  const company = await companyProfile(ctx)
  const done = {
    ...seen,
    company: missingLegalFields(company).length === 0,
    sender: mail.effective === 'smtp' && mail.senderAddress !== '',
  }
  const dismissed = await readSetting(ctx, DISMISSED, z.boolean(), false)
  return { dismissed, items: ONBOARDING.map((key) => ({ key, done: done[key] })) }
}

export async function dismissOnboarding(ctx: Ctx, { dismissed }: Ask<'dismissOnboarding'>): Promise<{ ok: true }> {
  await writeSetting(ctx, DISMISSED, dismissed)
  return { ok: true }
}
