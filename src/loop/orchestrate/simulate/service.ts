// The time machine as users handle it: start, look, stop, delete. What it does is in work.ts and play/.
import { companyProfile } from '#access/company/service.ts'
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import { addDays, dayIn, instantAt } from '#kernel/calendar.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import type { Json } from '#kernel/json.ts'
import { announce } from '#kernel/live.ts'
import { nameOf } from '#loop/segment/decide.ts'
import { shownTo } from '../addresses.ts'
import { storedGraph } from '../graph/contract.ts'
import { findScenario, listVersions } from '../queries.ts'
import { byOf } from '../service.ts'
import type { Asked, PartKey, SimulationDetail, SimulationSummary, simulationsContract, Which } from './contract.ts'
import { KEPT_DAYS, simulationJob } from './jobs.ts'
import * as rows from './queries.ts'

type In<K extends keyof typeof simulationsContract> = InputOf<(typeof simulationsContract)[K]>
type Out<K extends keyof typeof simulationsContract> = OutputOf<(typeof simulationsContract)[K]>
const MOST = 50

export async function list(ctx: Ctx, { scenario }: In<'list'>): Promise<Out<'list'>> {
  return { items: shownTo(ctx, (await rows.listSimulations(ctx.db, scenario, MOST)).map(summaryOf)) }
}

function summaryOf(row: rows.SimulationRow): SimulationSummary {
  return {
    id: row.id,
    scenario: row.scenario_id,
    state: row.state,
    progress: row.progress,
    events: row.events,
    failure: row.failure,
    madeBy: row.made_by,
    madeAt: row.made_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    deletedAt: new Date(row.made_at.getTime() + KEPT_DAYS * DAY).toISOString(),
    asked: askedOf(row),
  }
}

/** Graphs that were kept by an older release are read with what it had no words for. */
function askedOf(row: rows.SimulationRow): Asked {
  const asked = row.asked as unknown as Asked
  return { ...asked, parts: asked.parts.map((part) => ({ ...part, graph: storedGraph(part.graph) })) }
}

/** @throws Refusal missing */
export async function get(ctx: Ctx, { id }: In<'get'>): Promise<SimulationDetail> {
  const row = await rows.findSimulation(ctx.db, id)
  if (!row) return unknown()
  return { ...shownTo(ctx, summaryOf(row)), result: row.result as SimulationDetail['result'] }
}

const unknown = (): never => refuse('missing', 'simulation.missing', { message: 'This simulation does not exist (any more).' })

/** Starts one; the drafts are kept as they are now. */
export async function start(ctx: Ctx, input: In<'start'>): Promise<SimulationDetail> {
  const asked = await askOf(ctx, input)
  const id = ctx.id()
  await rows.insertSimulation(ctx.db, { id, scenarioId: input.scenario, asked: asked as unknown as Json, by: byOf(ctx), at: ctx.now })
  await ctx.house.jobs.enqueue(ctx, simulationJob, { id })
  await announce(ctx, 'simulation', { id, scenario: input.scenario })
  return get(ctx, { id })
}

/** What is asked, with the drafts as they stand. @throws Refusal missing, unprocessable when a draft has no steps */
export async function askOf(ctx: Ctx, input: In<'start'>): Promise<Asked> {
  const { months, assumption } = input
  const parts = [await partOf(ctx, 'a', input.scenario, input.which)]
  if (input.other) parts.push(await partOf(ctx, 'b', input.other.scenario, input.other.which))
  const { timeZone } = await companyProfile(ctx)
  return { months, assumption, from: monthsAgo(timeZone, ctx.now, months).toISOString(), until: ctx.now.toISOString(), parts }
}

/** Local midnight of the same day so many months ago. */
function monthsAgo(zone: string, now: Date, months: number): Date {
  const [year = 0, month = 0, day = 0] = dayIn(zone, now).split('-').map(Number)
  const first = new Date(Date.UTC(year, month - 1 - months, 1))
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  return instantAt(zone, addDays(first.toISOString().slice(0, 10), Math.min(day, last) - 1), '00:00')
}

async function partOf(ctx: Ctx, key: PartKey, scenario: string, which: Which): Promise<Asked['parts'][number]> {
  const row = await findScenario(ctx.db, scenario)
  if (!row) return refuse('missing', 'scenario.missing', { message: 'This scenario does not exist.' })
  const graph = which.kind === 'draft' ? row.draft : await versionOf(ctx, scenario, which)
  if (!graph.steps.length) refuse('unprocessable', 'simulation.empty', { message: 'This scenario has no steps yet.', field: 'which' })
  return { key, scenario, name: row.name, which, graph }
}

/** A version; where each counts at its time, the newest is the one that is shown. */
async function versionOf(ctx: Ctx, scenario: string, which: Which) {
  const versions = await listVersions(ctx.db, scenario)
  const found = which.kind === 'version' ? versions.find((one) => one.version === which.version) : versions[0]
  if (!found) return refuse('missing', 'scenario.noVersion', { message: 'There is no such version.', field: 'which' })
  return found.graph
}

export async function cancel(ctx: Ctx, { id }: In<'cancel'>): Promise<{ ok: true }> {
  const row = await rows.findSimulation(ctx.db, id)
  if (!row) return unknown()
  await rows.end(ctx.db, id, { state: 'cancelled' }, ctx.now)
  await announce(ctx, 'simulation', { id, scenario: row.scenario_id })
  return { ok: true }
}

export async function remove(ctx: Ctx, { id }: In<'remove'>): Promise<{ ok: true }> {
  const row = await rows.findSimulation(ctx.db, id)
  if (!row || !(await rows.deleteSimulation(ctx.db, id))) return unknown()
  await announce(ctx, 'simulation', { id, scenario: row.scenario_id })
  return { ok: true }
}

export async function day(ctx: Ctx, input: In<'day'>): Promise<Out<'day'>> {
  return { items: await rows.sumDays(ctx.db, input.id, input.day) }
}

export async function people(ctx: Ctx, { id, part, place, until, cursor, limit }: In<'people'>): Promise<Out<'people'>> {
  const ask = { id, part, place, until: until ? new Date(until) : null, after: decodeCursor(cursor), limit: limit + 1 }
  const found = await rows.listPeople(ctx.db, ask)
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return {
    items: items.map((row) => ({
      personId: row.person_id,
      name: nameOf({ ...row, id: row.person_id }),
      company: row.company_name,
      isLead: row.is_lead,
      at: row.at.toISOString(),
      note: row.note,
    })),
    next: found.length > limit && last ? encodeCursor(last.at, last.id) : null,
  }
}
