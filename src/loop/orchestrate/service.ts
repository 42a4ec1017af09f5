// Scenarios as they are made, published, paused and stopped. What runs is in run/, what waits in timers/.
import { workWeek } from '#access/company/service.ts'
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { assertTemplates } from '#loop/deliver/template/folders/service.ts'
import type { Fact } from '#loop/identify/facts.ts'
import { factsByName } from '#loop/segment/live/known.ts'
import { holdSegments } from '#loop/segment/queries.ts'
import { shownTo } from './addresses.ts'
import { isPublishable, type Problem, problemsOf } from './check/contract.ts'
import type { ScenarioDetail, ScenarioSummary, scenariosContract } from './contract.ts'
import {
  idsTaken,
  missingNames,
  missingReferents,
  type Named,
  namedBy,
  neverOpen,
  type Referents,
  referentsOf,
  segmentsOf,
} from './decide.ts'
import type { Graph } from './graph/contract.ts'
import { stepsOf } from './graph/contract.ts'
import { endRuns } from './jobs.ts'
import { type Made, starterGraph } from './library/decide.ts'
import * as rows from './queries.ts'
import { loadGraphs } from './run/queries.ts'
import { startNames, waitNames } from './step/events.ts'
import { isClocked } from './timers/decide.ts'
import { isSame } from './versions/decide.ts'
import { movePeople } from './versions/jobs.ts'
import { startMoves } from './versions/moves.ts'

type Ask<K extends keyof typeof scenariosContract> = InputOf<(typeof scenariosContract)[K]>

export async function list(ctx: Ctx, input: Ask<'list'>): Promise<{ items: ScenarioSummary[]; next: string | null }> {
  const found = await rows.listScenarios(ctx.db, {
    after: decodeCursor(input.cursor),
    limit: input.limit + 1,
    search: input.search?.trim() || null,
  })
  const items = found.slice(0, input.limit)
  const last = items.at(-1)
  return { items: items.map(summaryOf), next: found.length > input.limit && last ? encodeCursor(last.changed_at, last.id) : null }
}

function summaryOf(row: rows.ListedRow): ScenarioSummary {
  const { id, name, state, active, entered, ended, reached } = row
  const changed = { changedAt: row.changed_at.toISOString(), changedBy: row.changed_by }
  const triggers = row.draft.triggers.map((trigger) => trigger.kind)
  return {
    id,
    name,
    state,
    liveVersion: row.live_version,
    hasChanges: hasChanges(row),
    active,
    entered,
    ended,
    reached,
    steps: stepsOf(row.draft.steps).length,
    triggers,
    ...changed,
  }
}

/** Whether the draft differs from what is live. */
export const hasChanges = (row: rows.ScenarioRow): boolean => row.live_version !== null && row.live_revision !== row.revision

/** A scenario with its draft. @throws Refusal missing */
export async function get(ctx: Ctx, { id }: { readonly id: string }): Promise<ScenarioDetail> {
  return shown(ctx, await load(ctx, id))
}

/** A scenario. @throws Refusal missing */
export async function load(ctx: Ctx, id: string): Promise<rows.ScenarioRow> {
  return (await rows.findScenario(ctx.db, id)) ?? missing()
}

/** A scenario, locked against a second editor until commit. @throws Refusal missing */
export async function hold(ctx: Ctx, id: string): Promise<rows.ScenarioRow> {
  return (await rows.lockScenario(ctx.db, id)) ?? missing()
}

const missing = (): never => refuse('missing', 'scenario.missing', { message: 'This scenario does not exist.' })

async function shown(ctx: Ctx, row: rows.ScenarioRow): Promise<ScenarioDetail> {
  const { id, name, state, draft, revision } = row
  const changed = { changedAt: row.changed_at.toISOString(), changedBy: row.changed_by }
  return {
    id,
    name,
    state,
    draft: shownTo(ctx, draft),
    revision,
    liveVersion: row.live_version,
    hasChanges: hasChanges(row),
    ...changed,
    problems: await allProblems(ctx, draft),
  }
}

/** What can be seen in the scenario itself, and what it refers to that is not there any more. */
async function allProblems(ctx: Ctx, draft: Graph): Promise<Problem[]> {
  const refs = referentsOf(draft)
  const there = await rows.findReferents(ctx.db, idsOf(refs))
  return [
    ...problemsOf(draft),
    ...missingReferents(refs, there),
    ...(await namesLost(ctx, draft)),
    ...neverOpen(draft, await workWeek(ctx)),
  ]
}

/** What is asked by its name, or by a rule, and is not there. */
async function namesLost(ctx: Ctx, draft: Graph): Promise<Problem[]> {
  const named = namedBy(draft)
  if (!named.length) return []
  const of = (kind: Named['kind']) => named.filter((one) => one.kind === kind).map((one) => one.id)
  const there = await rows.findNamed(ctx.db, { forms: of('form'), segments: of('segment'), scores: of('score') })
  const facts = of('fact').length || of('day').length ? await factsByName(ctx) : new Map<string, Fact>()
  return missingNames(named, ({ kind, id }) => {
    if (kind === 'fact') return facts.has(id)
    if (kind === 'day') return ['date', 'datetime'].includes(facts.get(id)?.type ?? '')
    return there.has(id)
  })
}

const idsOf = (refs: readonly Referents[]): rows.ReferentIds => {
  const of = (kind: Referents['kind']) => refs.filter((ref) => ref.kind === kind).map((ref) => ref.id)
  return {
    templates: of('template'),
    segments: of('segment'),
    campaigns: of('campaign'),
    scenarios: of('scenario'),
    channels: of('channel'),
  }
}

/** Makes a scenario; what a starter refers to was made by the caller (`library/`), because compiling mails takes longer than a transaction should. */
export async function create(ctx: Ctx, input: Ask<'create'>, made: Made): Promise<ScenarioDetail> {
  const id = ctx.id()
  await rows.insertScenario(
    ctx.db,
    { id, name: input.name, draft: starterGraph(input.starter, made, input.language), by: byOf(ctx) },
    ctx.now,
  )
  await announce(ctx, 'scenario', { id })
  return get(ctx, { id })
}

/** The name of whoever acts. */
export const byOf = ({ actor }: Ctx): string => ('name' in actor ? actor.name : '')

/** Saves the draft. Nothing that runs changes. @throws Refusal conflict when somebody else saved meanwhile */
export async function save(ctx: Ctx, { id, name, graph, revision }: Ask<'save'>): Promise<ScenarioDetail> {
  const row = await editable(ctx, id, revision)
  const differs = !isSame(row.draft, graph)
  const isNews = differs || name !== row.name
  const errors = idsTaken(row.draft, graph).map((one) => ({
    field: 'graph.steps',
    reason: `“${one}” means something else: give this step another id.`,
  }))
  if (errors.length) refuse('invalid', 'scenario.stepId', { message: 'A step has an id that is not free.', errors })
  if (differs) await assertTemplates(ctx, newTemplates(row.draft, graph), 'view')
  await rows.updateDraft(ctx.db, { id, name, draft: graph, by: byOf(ctx), differs }, ctx.now)
  await announce(ctx, 'scenario', { id, ...(isNews && { revision: revision + 1 }) })
  return get(ctx, { id })
}

/** Templates that were not in it before: whoever puts one in must be let into its folder; what colleagues put in stays. */
function newTemplates(before: Graph, after: Graph): string[] {
  const known = new Set(idsOf(referentsOf(before)).templates)
  return [...new Set(idsOf(referentsOf(after)).templates)].filter((id) => !known.has(id))
}

async function editable(ctx: Ctx, id: string, revision: number): Promise<rows.ScenarioRow> {
  const row = await hold(ctx, id)
  if (row.archived_at) refuse('gone', 'scenario.archived', { message: 'This scenario was put away. Restore it first.' })
  if (row.revision !== revision)
    refuse('conflict', 'scenario.changed', { message: `Saved by ${row.changed_by} meanwhile. Load the scenario again before you go on.` })
  return row
}

/**
 * Publishes the draft as a new version and makes the scenario live. People on their way stay on their version; whoever enters from now on
 * takes the new one, unless it is said how they are moved. An unchanged draft of a paused or stopped scenario only makes it live again.
 * @throws Refusal unprocessable with one field per problem
 */
export async function publish(ctx: Ctx, { id, revision, note, moves }: Ask<'publish'>): Promise<ScenarioDetail> {
  const row = await editable(ctx, id, revision)
  await demandPublishable(ctx, row.draft)
  const version = (row.live_version ?? 0) + (row.live_version !== null && !hasChanges(row) ? 0 : 1)
  if (version !== row.live_version) {
    const names = { starts: startNames(row.draft), waits: waitNames(row.draft) }
    await rows.insertVersion(ctx.db, { id, version, graph: row.draft, ...names, by: byOf(ctx), note: note ?? '', copyOf: null }, ctx.now)
  }
  await rows.setLive(ctx.db, id, version, ctx.now, byOf(ctx))
  await startClocks(ctx, row, row.draft)
  if (moves?.length) await startMoves(ctx, id, version, moves)
  // A pause may have broken off a move of before: it goes on now.
  if (moves?.length || row.state === 'paused' || row.state === 'stopped') await ctx.house.jobs.enqueue(ctx, movePeople, { id })
  await announce(ctx, 'scenario', { id })
  return get(ctx, { id })
}

/** @throws Refusal unprocessable with one field per problem */
export async function demandPublishable(ctx: Ctx, graph: Graph): Promise<void> {
  // Whoever puts one of these segments away waits for us, and then sees that this scenario acts by it; or was first, and it is gone here.
  await holdSegments(ctx.db, segmentsOf(graph))
  const problems = (await allProblems(ctx, graph)).filter((one) => one.severity === 'error')
  if (isPublishable(problems)) return
  const errors = problems.map(({ at, code }) => ({ field: at, reason: code }))
  refuse('unprocessable', 'scenario.unfinished', { message: 'Some steps are not finished yet. See the marked ones.', errors })
}

/** Sets the triggers of a graph going that time alone pulls. */
export function startClocks(ctx: Ctx, row: rows.ScenarioRow, graph: Graph): Promise<void> {
  const clocked = graph.triggers.filter(isClocked).map((trigger) => trigger.id)
  return rows.startClocks(ctx.db, row.id, clocked, ctx.now, row.state === 'live')
}

/** The graph that is live, which the draft may have left behind. */
async function liveGraph(ctx: Ctx, { id, live_version: version }: rows.ScenarioRow): Promise<Graph> {
  const found = version === null ? [] : await loadGraphs(ctx.db, [{ scenario_id: id, version }])
  return found[0]?.graph ?? missing()
}

/**
 * Pauses (nobody enters or moves), resumes, or stops a scenario (nobody enters; people on their way finish, or their runs end).
 * @throws Refusal conflict when it was never published
 */
export async function setState(ctx: Ctx, { id, to, endRuns: end }: Ask<'setState'>): Promise<ScenarioDetail> {
  const row = await hold(ctx, id)
  if (row.archived_at) refuse('gone', 'scenario.archived', { message: 'This scenario was put away. Restore it first.' })
  if (row.live_version === null) refuse('conflict', 'scenario.neverPublished', { message: 'Publish this scenario first.' })
  const graph = to === 'live' ? await liveGraph(ctx, row) : null
  if (graph) await holdSegments(ctx.db, segmentsOf(graph))
  if (row.state !== to) await rows.setState(ctx.db, id, to, ctx.now, byOf(ctx))
  if (graph) await startClocks(ctx, row, graph)
  if (to === 'live') await ctx.house.jobs.enqueue(ctx, movePeople, { id })
  if (to === 'stopped' && end) await ctx.house.jobs.enqueue(ctx, endRuns, { id }, id)
  await announce(ctx, 'scenario', { id })
  return get(ctx, { id })
}

/** Copies the draft of a scenario as a new one. */
export async function copy(ctx: Ctx, { id, name }: Ask<'copy'>): Promise<ScenarioDetail> {
  const row = await load(ctx, id)
  const made = ctx.id()
  await rows.insertScenario(ctx.db, { id: made, name, draft: row.draft, by: byOf(ctx) }, ctx.now)
  await announce(ctx, 'scenario', { id: made })
  return get(ctx, { id: made })
}

/** Puts a scenario away. @throws Refusal conflict while it is live or paused */
export async function archive(ctx: Ctx, { id }: Ask<'archive'>): Promise<{ ok: true }> {
  const row = await hold(ctx, id)
  if (row.state === 'live' || row.state === 'paused')
    refuse('conflict', 'scenario.live', { message: 'Stop this scenario before you put it away.' })
  await rows.setArchived(ctx.db, id, ctx.now)
  await announce(ctx, 'scenario', { id })
  return { ok: true }
}

export async function restore(ctx: Ctx, { id }: Ask<'restore'>): Promise<ScenarioDetail> {
  await hold(ctx, id)
  await rows.setArchived(ctx.db, id, null)
  await announce(ctx, 'scenario', { id })
  return get(ctx, { id })
}

export async function versions(ctx: Ctx, { id }: Ask<'versions'>) {
  const row = await load(ctx, id)
  return { items: (await rows.listVersions(ctx.db, id)).map((one) => versionOf(one, row)) }
}

/** One version. @throws Refusal missing */
export async function version(ctx: Ctx, { id, version: wanted }: Ask<'version'>) {
  const row = await load(ctx, id)
  const found = (await rows.listVersions(ctx.db, id)).find((one) => one.version === wanted)
  if (!found) return refuse('missing', 'scenario.noVersion', { message: 'There is no such version.' })
  return { ...versionOf(found, row), graph: shownTo(ctx, found.graph) }
}

function versionOf(one: rows.VersionRow, of: rows.ScenarioRow) {
  const { version: number, active } = one
  const published = { publishedAt: one.published_at.toISOString(), publishedBy: one.published_by, note: one.note, copyOf: one.copy_of }
  return { version: number, ...published, isLive: of.live_version === number, active, steps: stepsOf(one.graph.steps).length }
}

/** The key webhooks are signed with, in the form that the libraries of Standard Webhooks take. */
export async function webhookSecret(ctx: Ctx): Promise<{ secret: string }> {
  return { secret: `whsec_${ctx.house.secret('webhook').toString('base64')}` }
}
