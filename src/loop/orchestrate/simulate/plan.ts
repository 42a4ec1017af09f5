// Makes what was asked ready to play: graphs, what they listen to and read, and what the house is like.
import { workWeek } from '#access/company/service.ts'
import { addDays, dayIn, instantAt } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { MailCaps } from '#loop/deliver/outbox/caps/contract.ts'
import { readCaps } from '#loop/deliver/outbox/caps/service.ts'
import { currentVersionOf } from '#loop/deliver/template/queries.ts'
import { armFor } from '#loop/identify/arm/decide.ts'
import { type Holdout, readHoldout } from '#loop/identify/arm/service.ts'
import type { Fact } from '#loop/identify/facts.ts'
import { merged, type Reads, readsOf, type Stream } from '#loop/segment/live/decide.ts'
import { factsByName } from '#loop/segment/live/known.ts'
import { askedIn, type Rule, rule as ruleSchema } from '#loop/segment/rules/contract.ts'
import { type Graph, stepsOf } from '../graph/contract.ts'
import { programOf } from '../program/contract.ts'
import { listVersions } from '../queries.ts'
import { allHours, HABIT } from '../run/hours.ts'
import { triggerMatches, waitMatches } from '../step/events.ts'
import type { Asked } from './contract.ts'
import type { Wish } from './past/service.ts'
import * as rows from './plan.queries.ts'
import type { Cast, Part, Rates, Setting, Watched } from './play/stage.ts'
import type { Hearing } from './stream.queries.ts'

/** Everything a play needs besides people and events. */
export interface Plan {
  readonly parts: readonly Part[]
  readonly graphs: readonly Graph[]
  readonly setting: Setting
  readonly hearing: Hearing
  readonly wish: Wish
  readonly watched: readonly Watched[]
  readonly segments: readonly { readonly id: string; readonly name: string; readonly createdAt: number }[]
}

/** Reads and builds the plan, in the snapshot that is played. */
export async function planOf(ctx: Ctx, asked: Asked): Promise<Plan> {
  const week = await workWeek(ctx)
  const [from, until] = [Date.parse(asked.from), Date.parse(asked.until)]
  const parts: Part[] = []
  for (const part of asked.parts) parts.push(await partOf(ctx, part))
  const graphs = parts.flatMap((part) => part.casts.flatMap((cast) => (cast.program ? [cast.program.graph] : [])))
  const facts = await factsByName(ctx)
  const reading = readerOf(week.timeZone)
  const segments = await rows.loadSegments(ctx.db, segmentsOf(graphs, reading))
  const watched = segments.filter((row) => row.created_at.getTime() > from).map((row) => watchedOf(row, facts, reading))
  const hearing = hearingOf(parts, graphs, watched)
  const asksAnswers =
    hearing.matches.some((one) => isAnswer(one.event)) ||
    graphs.some((graph) => rulesOf(graph).some((one) => reading(one).streams.some(readsAnswer)))
  const templates = [...new Set(graphs.flatMap(templatesOf))]
  const asksHours = graphs.some((graph) => waitsOf(graph).some((one) => one.kind === 'bestHour'))
  const caps = await readCaps(ctx)
  const setting: Setting = {
    from,
    until,
    days: daysOf(week.timeZone, from, until),
    week,
    calendar: ctx.house.calendar,
    caps,
    heldAt: heldBack(await readHoldout(ctx)),
    draw: ctx.draw,
    readsOf: reading,
    watched: new Map(watched.map((one) => [one.id, one])),
    templates: new Set((await currentVersionOf(ctx.db, templates)).keys()),
    rates: asked.assumption === 'historic' && asksAnswers ? await ratesOf(ctx, templates, from) : null,
    asksAnswers,
    houseHours: asksHours ? await allHours(ctx.db, new Date(until - HABIT), week.timeZone) : null,
    companyDays: await companyDaysOf(ctx, caps, from, until, week.timeZone),
  }
  const wish: Wish = {
    reads: together([...graphs.flatMap(rulesOf).map(reading), ...watched.map((one) => one.reads)], graphs.flatMap(fieldsOf)),
    facts,
    from,
    templates: new Set(asksAnswers ? templates : []),
    asksSeen: graphs.some((graph) => graph.triggers.some((one) => one.kind === 'silence')),
    asksHours,
  }
  const known = segments.map((row) => ({ id: row.id, name: row.name, createdAt: row.created_at.getTime() }))
  return { parts, graphs, setting, hearing, wish, watched, segments: known }
}

async function partOf(ctx: Ctx, { key, scenario, name, which, graph }: Asked['parts'][number]): Promise<Part> {
  const base = { key, scenarioId: scenario, name, isRecorded: which.kind === 'recorded' }
  if (which.kind !== 'recorded') {
    const version = which.kind === 'version' ? which.version : 0
    return { ...base, casts: [{ from: Number.NEGATIVE_INFINITY, version, program: programOf(graph) }] }
  }
  const versions = await listVersions(ctx.db, scenario)
  const casts = versions.map((one): Cast => ({ from: one.published_at.getTime(), version: one.version, program: programOf(one.graph) }))
  return { ...base, casts: casts.sort((a, b) => a.from - b.from) }
}

/** What a rule reads, looked at once. */
function readerOf(zone: string): (rule: Rule) => Reads {
  const known = new Map<Rule, Reads>()
  return (rule) => {
    const found = known.get(rule) ?? readsOf(rule, zone)
    known.set(rule, found)
    return found
  }
}

/** The rules that steps ask. */
export function rulesOf(graph: Graph): Rule[] {
  return stepsOf(graph.steps).flatMap((one) => {
    if (one.kind === 'condition') return [one.rule]
    return one.kind === 'switch' ? one.cases.map((each) => each.rule) : []
  })
}

const templatesOf = (graph: Graph): string[] =>
  stepsOf(graph.steps).flatMap((one) => (one.kind === 'mail' && one.template ? [one.template] : []))

function segmentsOf(graphs: readonly Graph[], reading: (rule: Rule) => Reads): string[] {
  const found = graphs.flatMap((graph) => [
    ...graph.triggers.flatMap((one) => ('segment' in one ? [one.segment] : [])),
    ...(graph.goal?.kind === 'segment' ? [graph.goal.segment] : []),
    ...graph.exits.flatMap((one) => (one.kind === 'segment' ? [one.segment] : [])),
    ...stepsOf(graph.steps).flatMap((one) => (one.kind === 'await' && one.event.kind === 'segment' ? [one.event.segment] : [])),
    ...rulesOf(graph).flatMap((one) => reading(one).segments),
  ])
  return [...new Set(found)].filter((id) => id !== '')
}

function watchedOf(row: rows.SegmentRow, facts: ReadonlyMap<string, Fact>, reading: (rule: Rule) => Reads): Watched {
  const rule = ruleSchema.parse(row.rule)
  const reads = reading(rule)
  const after = new Set(reads.facts.flatMap((name) => facts.get(askedIn(name).fact)?.after ?? []))
  return { id: row.id, name: row.name, rule, reads, audience: row.audience, until: row.created_at.getTime(), after }
}

function hearingOf(parts: readonly Part[], graphs: readonly Graph[], watched: readonly Watched[]): Hearing {
  const matches = graphs.flatMap((graph) => graph.triggers.flatMap((one) => triggerMatches(one)))
  const counted = watched
    .flatMap((one) => [...one.reads.streams, ...one.reads.firsts])
    .flatMap((one) => (one.after ? [one.match, one.after.match] : [one.match]))
  return {
    matches: [...matches, ...graphs.flatMap(waitMatches), ...counted],
    names: [...new Set(watched.flatMap((one) => [...one.after]))],
    byHand: parts.filter((part) => part.isRecorded).map((part) => part.scenarioId),
  }
}

const isAnswer = (name: string): boolean => name === 'mail.opened' || name === 'mail.clicked'
const readsAnswer = (stream: Stream): boolean => isAnswer(stream.match.event)

const waitsOf = (graph: Graph) => stepsOf(graph.steps).flatMap((one) => (one.kind === 'wait' ? [one.until] : []))
const fieldsOf = (graph: Graph): string[] => waitsOf(graph).flatMap((one) => (one.kind === 'field' ? [one.field] : []))

function together(reads: readonly Reads[], fields: readonly string[]): Reads {
  return {
    streams: merged(reads.flatMap((one) => one.streams)),
    firsts: merged(reads.flatMap((one) => one.firsts)),
    facts: [...new Set([...reads.flatMap((one) => one.facts), ...fields])],
    segments: [...new Set(reads.flatMap((one) => one.segments))],
    isVacuous: false,
  }
}

/** Midnights from the day of `from` to the day of `until`. */
function daysOf(zone: string, from: number, until: number): number[] {
  const days: number[] = []
  for (let day = dayIn(zone, new Date(from)); days.length < 800; day = addDays(day, 1)) {
    const at = instantAt(zone, day, '00:00').getTime()
    if (at > until) break
    days.push(at)
  }
  return days
}

/** The share of the control group of the whole company at an instant, and what arms are drawn with. */
function heldBack({ share, since, salt, past }: Holdout): Setting['heldAt'] {
  const spans = past.map((one) => ({ share: one.share, from: Date.parse(one.from), until: Date.parse(one.until) }))
  const now = { share, from: since === null ? Number.POSITIVE_INFINITY : Date.parse(since), until: Number.POSITIVE_INFINITY }
  return (unit, at) => armFor(salt, unit, [now, ...spans].find((one) => one.from <= at && at < one.until)?.share ?? 0) === 'held'
}

/** Only a cap of companies asks for it. */
async function companyDaysOf(ctx: Ctx, caps: MailCaps, from: number, until: number, zone: string): Promise<Setting['companyDays']> {
  if (caps.perCompanyDay === null) return new Map()
  const found = await rows.loadCompanyDays(ctx.db, new Date(from), new Date(until), zone)
  return Map.groupBy(found, ({ company, day }) => `${company} ${day}`)
}

const LEAST_SENT = 20

/** How people answered before: mails of the same template, where enough went out; else all of them. */
async function ratesOf(ctx: Ctx, templates: readonly string[], from: number): Promise<Map<string, Rates>> {
  const since = new Date(from)
  const found = await rows.loadRates(ctx.db, templates, since)
  const urls = await rows.loadUrls(ctx.db, templates, since)
  const all = found.map((row): [string, Rates] => [
    row.template,
    {
      sent: row.sent,
      opened: row.opened,
      clicked: row.clicked,
      openDelays: row.open_delays ?? [],
      clickDelays: row.click_delays ?? [],
      urls: urls.filter((one) => one.template === row.template).map((one) => one.url),
    },
  ])
  return new Map(all.filter(([template, rates]) => template === '' || rates.sent >= LEAST_SENT))
}
