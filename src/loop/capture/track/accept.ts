// One batch of messages on its way into the journal: drop, resolve, sort into visits, append, count. A handful of statements however many they are.
import { dayIn } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { appendApart, derivedId, eventId, keyOf, type NewEvent } from '#kernel/journal.ts'
import type { Json, JsonObject } from '#kernel/json.ts'
import { type DeviceAsk, identify, resolveDevices } from '#loop/identify/service.ts'
import { pageGroupOf } from './address.ts'
import type { CountReason } from './contract.ts'
import { dropOf, messageIdOf, momentOf, VISIT_GAP } from './decide.ts'
import { cutText } from './json.ts'
import type { Item, Passed } from './passed.ts'
import { actsOf, type Calls, resolveUsers } from './people.ts'
import { addCounts, findConflicts, saveVisits, type VisitSeen, visitsNear } from './queries.ts'
import { type Rules, rulesOf, strangersOf } from './rules.ts'
import { tell } from './tell.ts'
import { assignVisits, type Step } from './visits.ts'
import { nameByWays, takeWay } from './ways.ts'

/** What became of messages, by company day, site and reason. */
export type Tally = Map<string, { day: string; siteId: string | null; reason: CountReason; detail: string; n: number }>

/**
 * Writes a batch. Messages of unknown keys are counted and left out: the caller has checked the key when it answered.
 * @returns how many events were new
 * @throws whatever a single bad message causes; the batcher halves the batch then
 */
export async function takeBatch(ctx: Ctx, items: readonly Item[]): Promise<{ fresh: number }> {
  const rules = await rulesOf(ctx)
  const tally: Tally = new Map()
  const passed: Passed[] = []
  for (const item of items) {
    const one = pass(ctx, rules, item, tally)
    if (one) passed.push(one)
  }
  countStrangers(ctx, rules, tally)
  let fresh = 0
  if (passed.length) {
    const { subjects, without } = await resolve(ctx, passed)
    fresh = await write(ctx, rules, passed, subjects, without, tally)
  }
  if (tally.size)
    await addCounts(
      ctx.db,
      [...tally.values()].map((count) => ({ id: ctx.id(), ...count })),
    )
  return { fresh }
}

/** Requests refused for their key since the last batch are written with this one. */
function countStrangers(ctx: Ctx, rules: Rules, tally: Tally): void {
  const strangers = strangersOf(ctx.house)
  const { n } = strangers
  if (!n) return
  count(tally, dayIn(rules.timeZone, ctx.now), null, 'key', '', n)
  ctx.afterCommit(() => {
    strangers.n -= n
  })
}

function pass(ctx: Ctx, rules: Rules, item: Item, tally: Tally): Passed | null {
  const site = rules.sites.get(item.key)
  const moment = momentOf(item.message.at, item.message.sentAt, ctx.now)
  const at = item.replay && item.message.at ? { at: item.message.at, historic: true, crooked: false } : moment
  if (!site) {
    count(tally, dayIn(rules.timeZone, at.at), null, 'key', '')
    return null
  }
  const drop = dropOf(item.message, site, item.sender)
  if (drop) {
    if (drop.reason !== 'robot' || site.countRobots) count(tally, dayIn(rules.timeZone, at.at), site.id, drop.reason, drop.detail)
    return null
  }
  const id = eventId(site.id, messageIdOf(item.message, ctx.id))
  const { message, way } = takeWay(item.message)
  return { site, message, sender: item.sender, moment: at, id, way, replay: item.replay ?? false }
}

/** Adds to the tally of what became of messages, by company day. */
export function count(tally: Tally, day: string, siteId: string | null, reason: CountReason, detail: string, n = 1): void {
  const key = `${day} ${siteId} ${reason} ${detail}`
  const found = tally.get(key)
  if (found) found.n += n
  else tally.set(key, { day, siteId, reason, detail, n })
}

/** Whose each message is. People name themselves first, so that what they did in the same batch is already theirs. */
async function resolve(ctx: Ctx, passed: readonly Passed[]): Promise<{ subjects: Map<Passed, Subject>; without: Calls['without'] }> {
  const named = passed.filter((each) => each.message.kind !== 'event' || each.message.userId)
  const { acts, traits, without } = await actsOf(ctx, named)
  const users = named.length ? await resolveUsers(ctx, acts, named) : new Map<string, Subject>()
  const asks = new Map<string, DeviceAsk>()
  for (const { message, moment, site, replay } of passed) {
    if (!message.device || (message.userId && users.has(message.userId))) continue
    const known = asks.get(message.device)
    const at = known && known.at > moment.at ? known.at : moment.at
    asks.set(message.device, { device: message.device, at, historic: (known?.historic ?? true) && replay, source: site.id })
  }
  const devices = asks.size ? await resolveDevices(ctx, [...asks.values()]) : new Map<string, Subject>()
  await nameByWays(ctx, passed, devices)
  if (traits.length) await identify(ctx, traits)
  const subjects = new Map<Passed, Subject>()
  for (const each of passed) {
    const { userId, device } = each.message
    const subject = (userId ? users.get(userId) : undefined) ?? (device ? devices.get(device) : undefined)
    if (subject) subjects.set(each, subject)
  }
  return { subjects, without }
}

async function write(
  ctx: Ctx,
  rules: Rules,
  passed: readonly Passed[],
  subjects: ReadonlyMap<Passed, Subject>,
  without: Calls['without'],
  tally: Tally,
): Promise<number> {
  const events = passed.filter((each) => each.message.kind === 'event' && subjects.has(each))
  const steps = new Map<Passed, Step>()
  for (const each of events) {
    const step = stepOf(each, subjects.get(each) as Subject)
    if (step) steps.set(each, step)
  }
  const { visitOf, visits } = assignVisits([...steps.values()], await near(ctx, [...steps.values()]))
  const begun = visits.length ? await saveVisits(ctx.db, visits) : new Set<string>()
  const started = visits.filter((visit) => begun.has(visit.id)).map(startedEvent)
  const viewed = events.map((each) => {
    const step = steps.get(each)
    return journalled(each, subjects.get(each) as Subject, rules, step ? visitOf.get(step) : undefined)
  })
  const fresh = await appendApart(ctx, started.length ? [...started, ...viewed] : viewed)
  const conflicts = fresh ? await conflictsAmong(ctx, events, viewed, fresh) : new Set<Passed>()
  // Everybody is known: what was told of people is theirs, and whatever is no repeat is counted without asking for each.
  const left = fresh ?? (subjects.size === passed.length ? null : new Set(viewed.map(keyOf)))
  tallyUp(rules, passed, { subjects, fresh: left, conflicts, without }, tally)
  await tell(ctx, passed)
  return fresh ? fresh.size - started.filter((event) => fresh.has(keyOf(event))).length : viewed.length
}

/** Repeats whose body is not the one that was kept: the first write wins, and these are counted apart. Costs nothing while nothing repeats. */
async function conflictsAmong(
  ctx: Ctx,
  events: readonly Passed[],
  written: readonly NewEvent[],
  fresh: ReadonlySet<string>,
): Promise<Set<Passed>> {
  const left = new Set(fresh)
  const repeats = events.flatMap((each, i) => {
    const event = written[i]
    return !event || each.replay || left.delete(keyOf(event)) ? [] : [{ each, event }]
  })
  if (!repeats.length) return new Set()
  const differing = await findConflicts(
    ctx.db,
    repeats.map(({ event }) => event),
  )
  return new Set([...differing].flatMap((at) => repeats[at]?.each ?? []))
}

const NOBODY = { id: '' }

interface Fates {
  readonly subjects: ReadonlyMap<Passed, Subject>
  /** Which events were new (`keyOf`); null says that all were. */
  readonly fresh: ReadonlySet<string> | null
  readonly conflicts: ReadonlySet<Passed>
  readonly without: Calls['without']
}

/** Counts what is new and what had been there: an id is used up by its first event of a person. */
function tallyUp(rules: Rules, passed: readonly Passed[], { subjects, fresh, conflicts, without }: Fates, tally: Tally): void {
  const left = fresh && new Set(fresh)
  const run = { day: '', siteId: '', reason: 'accepted' as CountReason, n: 0 }
  for (const each of passed) {
    if (each.replay) continue // a replay counts for itself, so that doing it again counts nothing
    const day = dayIn(rules.timeZone, each.moment.at)
    const repeated =
      each.message.kind === 'event' && left !== null && !left.delete(keyOf({ id: each.id, subject: subjects.get(each) ?? NOBODY }))
    const reason = repeated ? (conflicts.has(each) ? 'conflict' : 'duplicate') : (without.get(each) ?? 'accepted')
    if (day !== run.day || each.site.id !== run.siteId || reason !== run.reason) {
      if (run.n) count(tally, run.day, run.siteId, run.reason, '', run.n)
      Object.assign(run, { day, siteId: each.site.id, reason, n: 0 })
    }
    run.n++
  }
  if (run.n) count(tally, run.day, run.siteId, run.reason, '', run.n)
}

/** What the visit rule needs of an event; null for what a server reports, which is no part of a visit. */
function stepOf({ message, site, moment, sender, id, replay }: Passed, subject: Subject): Step | null {
  if (!message.seen || !message.device) return null
  return {
    subject,
    eventId: id,
    siteId: site.id,
    device: message.device,
    visit: message.visit,
    at: moment.at,
    historic: replay || moment.historic,
    isPage: message.name === 'page.viewed',
    url: message.url,
    title: cutText(message.props['title'], 500),
    referrer: cutText(message.props['referrer'], 4_000),
    userAgent: message.userAgent ?? sender.userAgent,
  }
}

/** Visits near the events that name none themselves. */
async function near(ctx: Ctx, steps: readonly Step[]) {
  const spans = new Map<string, { subject: Subject; from: Date; to: Date }>()
  for (const step of steps) {
    if (step.visit) continue
    const from = new Date(step.at.getTime() - VISIT_GAP)
    const to = new Date(step.at.getTime() + VISIT_GAP)
    const span = spans.get(step.subject.id)
    spans.set(step.subject.id, {
      subject: step.subject,
      from: span && span.from < from ? span.from : from,
      to: span && span.to > to ? span.to : to,
    })
  }
  return spans.size ? visitsNear(ctx.db, [...spans.values()]) : new Map()
}

function startedEvent(visit: VisitSeen): NewEvent {
  const { landing, referrer, channel, keyword, utm, clickId, deviceClass } = visit
  const props: JsonObject = {
    visit: visit.id,
    site: visit.siteId,
    url: landing,
    referrer,
    channel,
    keyword,
    utm,
    clickId,
    device: deviceClass,
  }
  const id = derivedId(visit.id, 'track', 'session.started')
  return {
    subject: visit.subject,
    id,
    name: 'session.started',
    occurredAt: visit.startedAt,
    via: visit.device,
    historic: visit.historic,
    props: withOwn({}, props),
  }
}

function journalled({ message, site, moment, id, replay }: Passed, subject: Subject, rules: Rules, visit: string | undefined): NewEvent {
  const pageGroup = pageGroupOf(message.url, rules.groups)
  const clientAt = moment.crooked && message.at ? safeIso(message.at) : null
  const props = withOwn(message.props, { url: message.url, site: site.id, visit: visit ?? null, client_at: clientAt })
  return {
    subject,
    id,
    name: message.name,
    occurredAt: moment.at,
    via: message.device ?? `user:${message.userId}`,
    historic: replay || moment.historic,
    props,
    ...(pageGroup ? { pageGroup } : {}),
  }
}

/** What was told and what is known here, which goes before it; without the keys that have no value. */
function withOwn(told: JsonObject, own: JsonObject): JsonObject {
  const kept: Record<string, Json> = {}
  for (const key of Object.keys(told)) {
    const value = told[key]
    if (value !== null && value !== undefined && !Object.hasOwn(own, key)) kept[key] = value
  }
  for (const key of Object.keys(own)) {
    const value = own[key]
    if (value !== null && value !== undefined) kept[key] = value
  }
  return kept
}
const safeIso = (at: Date) => (Number.isNaN(at.getTime()) ? null : at.toISOString())
