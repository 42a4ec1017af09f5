// The one arbiter before every commercial mail: when it is queued, when a worker takes it, and at the mark before its first byte.
import { workWeek } from '#access/company/service.ts'
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import { dayIn } from '#kernel/calendar.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { bySubject, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { heldOut } from '#loop/identify/arm/service.ts'
import { resolveSubject } from '#loop/identify/service.ts'
import { wakeSender } from '../../sender/wake.ts'
import { NO_SOURCE, type Purpose } from '../../tables.ts'
import { type capsContract, DEFAULT_CAPS, type HeldMail, type HeldPerson, type MailCaps, mailCaps } from './contract.ts'
import { countsFrom, type Hours, hasLimits, mayReachNow, nextOpening, outranks, type Reach, type Rival } from './decide.ts'
import { KEY, type Known } from './known.ts'
import * as queries from './queries.ts'

/** The caps and hours of the house. */
export const readCaps = (ctx: Ctx): Promise<MailCaps> => readSetting(ctx, KEY, mailCaps, DEFAULT_CAPS)

/** What the pure decision is told of the house. */
export const hoursOf = async (ctx: Ctx): Promise<Hours> => ({ calendar: ctx.house.calendar, week: await workWeek(ctx) })

/** A mail about to be queued. */
export interface Wished {
  readonly subject: Subject
  readonly purpose: Purpose
  readonly newsletterId?: string | undefined
  readonly notBefore: Date
}

/**
 * Where mails that are queued now stand by the caps and hours: what the person has had already puts them off at once, so that nobody looks
 * at them before their time. Others that wait beside them are weighed when they are taken. One answer per mail, null where nothing holds it.
 */
export async function foresee(ctx: Ctx, caps: MailCaps, mails: readonly Wished[]): Promise<(Exclude<Reach, { kind: 'go' }> | null)[]> {
  const commercial = mails.filter((mail) => mail.purpose === 'marketing')
  if (!commercial.length || !(caps.hours.isOn || hasLimits(caps))) return mails.map(() => null)
  const hours = await hoursOf(ctx)
  const subjects = commercial.map((mail) => mail.subject)
  const sends = await sendsThatCount(ctx, caps, hours, subjects, 1)
  return mails.map((mail) => {
    // What has a later time of its own is weighed when that comes: looked at again by new caps, it would leave before it.
    if (mail.purpose !== 'marketing' || mail.notBefore > ctx.now) return null
    const had: readonly queries.Sent[] = sends.get(mail.subject.id) ?? []
    const wish = {
      since: ctx.now,
      isNewsletter: mail.newsletterId !== undefined,
      sends: had.map(({ at }) => at),
      ahead: 0,
      company: null,
    }
    const reach = mayReachNow(wish, caps, mail.notBefore, hours)
    return reach.kind === 'go' ? null : reach
  })
}

/** A row a worker holds. */
export interface HeldRow {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly fence: number
  readonly source: string
  readonly purpose: Purpose
  readonly priority: number
  readonly created_at: Date
  readonly resent: boolean
}

/** Only commercial mail is weighed, and what an operator sends once more is the same mail that was weighed before. */
const isWeighed = (row: Pick<HeldRow, 'purpose' | 'resent'>): boolean => row.purpose === 'marketing' && !row.resent

/** Commercial mails of people whom the company holds back by now: their control group may be younger than the mail. */
async function heldBack(ctx: Ctx, rows: readonly HeldRow[]): Promise<queries.Held[]> {
  const commercial = rows.filter((row) => row.purpose === 'marketing')
  const back = await heldOut(
    ctx,
    commercial.map((row) => subjectOf(row.person_id)),
  )
  return commercial
    .filter((row) => back.has(row.person_id))
    .map(({ bucket, person_id, id, fence }) => ({ bucket, person_id, id, fence, until: null, reason: 'held_out' }))
}

/**
 * Weighs rows that were just claimed, before their letters are made. Those whose turn it is not go back at once; higher priority goes
 * first among all that wait for the same person.
 * @returns the rows that may go on
 */
export async function arbitrate<T extends HeldRow>(ctx: Ctx, worker: string, rows: readonly T[]): Promise<T[]> {
  const back = await heldBack(ctx, rows)
  const out = new Set(back.map(({ id }) => id))
  const held = [
    ...back,
    ...(await weigh(
      ctx,
      rows.filter((row) => isWeighed(row) && !out.has(row.id)),
      'claimed',
    )),
  ]
  if (held.length) await queries.postponeRows(ctx.db, worker, held)
  const gone = new Set(held.map(({ id }) => id))
  return rows.filter(({ id }) => !gone.has(id))
}

/**
 * Weighs rows once more that were just marked. Their people are locked since, and this reads in a snapshot of its own: two workers that
 * want the last place of one person come here one after the other, so no cap is ever passed.
 * @returns the ids that may not leave; they wait again already
 */
export async function atTheMark(ctx: Ctx, worker: string, rows: readonly HeldRow[], known?: Known): Promise<string[]> {
  const held = await weigh(ctx, rows.filter(isWeighed), 'marked', known)
  if (held.length) await queries.postponeRows(ctx.db, worker, held)
  return held.map(({ id }) => id)
}

/** Mails that a server turned away after they were marked have taken no place: those of their people are counted by what became of them, those of companies are given back here. */
export async function giveBack(ctx: Ctx, rows: readonly Pick<HeldRow, 'person_id' | 'id' | 'purpose' | 'resent'>[]): Promise<void> {
  const counted = rows.filter(isWeighed)
  if (!counted.length || (await readCaps(ctx)).perCompanyDay === null) return
  const { week } = await hoursOf(ctx)
  await queries.returnPlaces(
    ctx.db,
    counted.map(({ person_id, id }) => ({ subject: subjectOf(person_id), id })),
    week.timeZone,
  )
}

interface Scales {
  readonly caps: MailCaps
  readonly hours: Hours
  readonly sends: ReadonlyMap<string, readonly queries.Sent[]>
  readonly rivals: ReadonlyMap<string, readonly Rival[]>
  readonly companies: ReadonlyMap<string, string>
  readonly counts: Map<string, number>
}

async function weigh(ctx: Ctx, rows: readonly HeldRow[], at: 'claimed' | 'marked', known?: Known): Promise<queries.Held[]> {
  if (!rows.length) return []
  const caps = known?.caps ?? (await readCaps(ctx))
  if (!caps.hours.isOn && !hasLimits(caps)) return []
  const scales = await scalesFor(ctx, caps, rows, at, known)
  const held: queries.Held[] = []
  const today = dayIn(scales.hours.week.timeZone, ctx.now)
  for (const of of Map.groupBy(inOrder(rows), (row) => row.person_id).values()) held.push(...weighOne(ctx.now, scales, of))
  if (at === 'marked' && scales.counts.size) await queries.setCompanyCounts(ctx.db, scales.counts, today)
  return held
}

/** The order in which rows get their places: by rank, whosesoever they are; companies have places, too. */
const inOrder = (rows: readonly HeldRow[]): HeldRow[] => [...rows].sort((a, b) => (outranks(rivalOf(a), rivalOf(b)) ? -1 : 1))

const rivalOf = (row: HeldRow): Rival => ({ id: row.id, priority: row.priority, since: row.created_at })

async function scalesFor(
  ctx: Ctx,
  caps: MailCaps,
  rows: readonly HeldRow[],
  at: 'claimed' | 'marked',
  known: Known | undefined,
): Promise<Scales> {
  const hours = known?.hours ?? (await hoursOf(ctx))
  const none: Scales = { caps, hours, sends: new Map(), rivals: new Map(), companies: new Map(), counts: new Map() }
  if (!hasLimits(caps)) return none
  const subjects = rows.map((row) => subjectOf(row.person_id)).sort(bySubject)
  const rivals = at === 'claimed' ? await queries.waitingRivals(ctx.db, subjects, ctx.now) : none.rivals
  const beside = most(Map.groupBy(rows, (row) => row.person_id)) + most(rivals)
  const sends = known?.sends ?? (await sendsThatCount(ctx, caps, hours, subjects, beside))
  if (caps.perCompanyDay === null) return { ...none, sends, rivals }
  const companies = await queries.companiesOf(ctx.db, subjects)
  const today = dayIn(hours.week.timeZone, ctx.now)
  const counts = await queries.companyCounts(ctx.db, [...companies.values()], today, at === 'marked')
  return { caps, hours, sends, rivals, companies, counts }
}

const most = (lists: ReadonlyMap<string, readonly unknown[]>): number => Math.max(0, ...[...lists.values()].map((list) => list.length))

/**
 * What people have had, where it can matter: whoever stays below both caps with all that want to go to them now is under them whenever those
 * mails left, and nobody needs to know when that was.
 * @param now how many want to go to one person at the most
 */
function sendsThatCount(
  ctx: Ctx,
  caps: MailCaps,
  { week }: Hours,
  subjects: readonly Subject[],
  now: number,
): Promise<ReadonlyMap<string, readonly queries.Sent[]>> | ReadonlyMap<string, readonly queries.Sent[]> {
  const least = Math.min(caps.perDay ?? Number.POSITIVE_INFINITY, caps.perWeek ?? Number.POSITIVE_INFINITY)
  if (least === Number.POSITIVE_INFINITY) return new Map()
  return queries.recentSends(ctx.db, subjects, { since: countsFrom(week.timeZone, ctx.now), above: Math.max(0, least - now) })
}

/** The rows of one person, the first in rank first: each that goes takes a place from those behind it. */
function weighOne(now: Date, scales: Scales, rows: readonly HeldRow[]): queries.Held[] {
  const mine = new Set(rows.map(({ id }) => id))
  const person = rows[0]?.person_id ?? ''
  const had = (scales.sends.get(person) ?? []).filter(({ id }) => !mine.has(id)).map(({ at }) => at)
  const rivals = (scales.rivals.get(person) ?? []).filter(({ id }) => !mine.has(id))
  const company = scales.companies.get(person)
  const held: queries.Held[] = []
  let gone = 0
  for (const row of rows) {
    const ahead = gone + rivals.filter((one) => outranks(one, rivalOf(row))).length
    const count = company === undefined ? null : (scales.counts.get(company) ?? 0)
    const wish = { since: row.created_at, isNewsletter: row.source !== NO_SOURCE, sends: had, ahead, company: count }
    const reach = mayReachNow(wish, scales.caps, now, scales.hours)
    if (reach.kind === 'go') {
      gone++
      if (company !== undefined) scales.counts.set(company, (count ?? 0) + 1)
    } else held.push(heldOf(row, reach))
  }
  return held
}

const heldOf = (row: HeldRow, reach: Exclude<Reach, { kind: 'go' }>): queries.Held => ({
  bucket: row.bucket,
  person_id: row.person_id,
  id: row.id,
  fence: row.fence,
  until: reach.kind === 'postpone' ? reach.until : null,
  reason: reach.reason,
})

/** The caps with what waits by them now. */
export async function read(ctx: Ctx) {
  const caps = await readCaps(ctx)
  const next = caps.hours.isOn ? nextOpening(caps, ctx.now, await hoursOf(ctx)) : ctx.now
  const waiting = await queries.countPostponed(ctx.db, ctx.now, monthAgo(ctx))
  return { ...caps, waiting, next: next > ctx.now ? next.toISOString() : null }
}

const monthAgo = (ctx: Ctx): Date => new Date(ctx.now.getTime() - 30 * DAY)

/** The people behind one of the counts of what waits, or was given up. */
export async function people(ctx: Ctx, { of, cursor, limit }: InputOf<typeof capsContract.people>) {
  const ask = { of, now: ctx.now, since: monthAgo(ctx), after: decodeCursor(cursor), limit: limit + 1 }
  const rows = await queries.listPostponed(ctx.db, ask)
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const at = last && (of === 'givenUp' ? last.since : last.until)
  return { items: items.map(heldPerson), next: rows.length > limit && last && at ? encodeCursor(at, last.id) : null }
}

const heldPerson = (row: queries.HeldPersonRow): HeldPerson => ({
  personId: row.person_id,
  person: row.person,
  company: row.company_name,
  isLead: row.is_lead,
  mail: heldMailOf(row),
})

/** Saves the caps; what waits is looked at again by the new ones. @throws Refusal unprocessable when mail could never leave */
export async function save(ctx: Ctx, input: MailCaps): Promise<MailCaps & { released: number }> {
  const { hours } = input
  if (hours.isOn && hours.from >= hours.to)
    refuse('unprocessable', 'caps.hours', {
      message: '終了は開始より後にしてください / The hours must end after they begin.',
      field: 'hours.to',
    })
  if (hours.isOn && !hours.weekdays.length)
    refuse('unprocessable', 'caps.weekdays', {
      message: '曜日を1つ以上選んでください / Choose at least one weekday.',
      field: 'hours.weekdays',
    })
  const tidy = { ...input, hours: { ...hours, weekdays: [...new Set(hours.weekdays)].sort() } }
  await writeSetting(ctx, KEY, tidy)
  const released = await queries.releasePostponed(ctx.db, ctx.now)
  await announce(ctx, 'mail', {})
  ctx.afterCommit(wakeSender)
  return { ...tidy, released }
}

const MOST_HELD = 20

/** Why somebody has not been reached: their last mails that wait or did not go, with the reason. */
export async function ofLead(ctx: Ctx, input: { leadId: string }): Promise<{ items: HeldMail[] }> {
  const subject = await resolveSubject(ctx, input.leadId)
  if (!subject) return refuse('missing', 'lead.missing', { message: 'リードが見つかりません / There is no such lead.' })
  const rows = await queries.listHeld(ctx.db, subject, MOST_HELD)
  return {
    items: rows.map(heldMailOf),
  }
}

function heldMailOf({ id, name, from, status, reason, since, until }: queries.HeldRow): HeldMail {
  const waits = status === 'queued' || status === 'deferred'
  return { id, name, from, reason, since: since.toISOString(), until: waits ? until.toISOString() : null }
}
