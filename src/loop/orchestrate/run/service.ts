// The loop's fourth stage: what happened to people moves their runs and starts new ones.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import type { News } from '#kernel/journal.ts'
import { newsOf, type Pass } from '#kernel/pass.ts'
import type { Trigger } from '../graph/contract.ts'
import { pulls } from '../step/events.ts'
import { type Batch, type Move, openBatch, play, save, tell } from './batch.ts'
import { heardOf, hopOf, mayEnter, newRun, type Start, turnsOf } from './decide.ts'
import { programsOf, versionKey } from './programs.ts'
import { findListening, type Listening, loadActiveRuns, loadLastEntries, loadStandings, type Tally } from './queries.ts'
import type { RunRow } from './row.ts'
import { loadLastSeen, seenKey } from './silence.queries.ts'
import { cameBack } from './silence.ts'

/** Somebody whose news some scenario listens to. */
interface Listened {
  readonly subject: Subject
  readonly news: readonly News[]
}

/**
 * Moves runs and starts new ones by the news of a pass. Timers that fell due before an event came in go first; others are left to the
 * timers' own claim, which takes the same pulse lock.
 */
export async function react(ctx: Ctx, pass: Pass): Promise<void> {
  const names = new Set(pass.people.flatMap(({ id }) => newsOf(pass, id).map((news) => news.name)))
  if (!names.size) return
  const listening = await findListening(ctx.db, [...names].sort())
  if (!listening.length) return
  const heard = new Set(listening.flatMap((of) => [...of.starts, ...of.waits]))
  const people = pass.people.flatMap((subject) => {
    const news = newsOf(pass, subject.id).filter((one) => heard.has(one.name))
    return news.length ? [{ subject, news }] : []
  })
  if (people.length) await hear(ctx, people, listening)
}

async function hear(ctx: Ctx, people: readonly Listened[], listening: readonly Listening[]): Promise<void> {
  const active = await loadActiveRuns(
    ctx.db,
    people.map(({ subject }) => subject),
  )
  const live = listening.filter((of) => of.live)
  const programs = await programsOf(ctx, [...active, ...live])
  const scenarios = await loadStandings(ctx.db, [...new Set([...active, ...live].map((of) => of.scenario_id))])
  const batch = await openBatch(ctx, programs, scenarios)
  for (const run of active) batch.runs.set(run.id, run)
  const known: Known = { last: await lastEntries(batch, people, live), seen: await lastSeen(batch, people, live) }
  const longest = Math.max(...people.map(({ news }) => news.length))
  for (let i = 0; i < longest; i++) {
    const turn = people.flatMap(({ subject, news }) => (news[i] ? [{ subject, news: news[i] as News }] : []))
    await moveRuns(batch, turn)
    await letIn(batch, turn, live, known)
  }
  await save(batch)
}

/** What decides besides the event whether somebody may enter: when they did last, and when they were last seen before they came back. */
interface Known {
  readonly last: Map<string, Date>
  readonly seen: ReadonlyMap<string, Date>
}

interface Told {
  readonly subject: Subject
  readonly news: News
}

/** First timers that were due when the event came in, in the order of their times, then the event itself. */
async function moveRuns(batch: Batch, turn: readonly Told[]): Promise<void> {
  const byPerson = new Map(turn.map((told) => [told.subject.id, told.news]))
  const moving = () => [...batch.runs.values()].filter((run) => byPerson.has(run.person_id) && !run.how)
  const due = moving().filter((run) => run.due_at && run.due_at <= (byPerson.get(run.person_id)?.receivedAt ?? run.arrived_at))
  for (const some of turnsOf(due))
    await play(
      batch,
      some.map((run) => movedBy(batch, run, { kind: 'due' })),
    )
  await play(
    batch,
    moving().flatMap((run) => {
      const news = byPerson.get(run.person_id)
      return news ? [{ run, happened: { kind: 'event', event: heardOf(news) }, causeId: news.eventId, hop: news.hop }] : []
    }),
  )
}

/** Of a run that goes on by itself. */
const movedBy = ({ ctx }: Batch, run: RunRow, happened: Move['happened']): Move => ({
  run,
  happened,
  causeId: run.cause_id,
  hop: hopOf(run, ctx.now),
})

async function letIn(batch: Batch, turn: readonly Told[], live: readonly Listening[], known: Known): Promise<void> {
  const starts = turn.flatMap(({ subject, news }) => live.flatMap((of) => startOf(batch, subject, news, of, known) ?? []))
  if (starts.length) await play(batch, admitted(batch, starts, busyOf([...batch.runs.values()]), known.last))
}

const busyOf = (runs: readonly RunRow[]): Set<string> =>
  new Set(runs.filter((run) => !run.how).map((run) => `${run.person_id} ${run.scenario_id}`))

/** Who of them may enter: nobody twice at a time, nobody more often than the scenario says. */
function admitted(batch: Batch, starts: readonly Start[], busy: Set<string>, last: Map<string, Date>): Move[] {
  return starts.flatMap((start) => {
    const key = `${start.personId} ${start.scenarioId}`
    const entry = batch.programs.get(versionKey({ scenario_id: start.scenarioId, version: start.version }))?.graph.entry
    if (!entry || busy.has(key) || !mayEnter(entry, last.get(key), batch.ctx.now)) return []
    busy.add(key)
    last.set(key, batch.ctx.now)
    return [entering(batch, start)]
  })
}

/** A run that begins, as a move of a batch. */
function entering(batch: Batch, start: Start): Move {
  const run = newRun(start, batch.ctx.now)
  batch.runs.set(run.id, run)
  batch.fresh.add(run.id)
  const late = start.late === undefined ? {} : { late: start.late }
  return { run, happened: { kind: 'entered', ...late }, causeId: start.causeId, hop: start.hop }
}

function startOf(batch: Batch, subject: Subject, news: News, of: Listening, known: Known): Start | null {
  const last = known.last.get(`${subject.id} ${of.scenario_id}`)
  const trigger = triggersFor(batch, news, of).find(
    (one) => one.kind !== 'silence' || cameBack(one, news.occurredAt, known.seen.get(seenKey(subject.id, news.occurredAt)), last),
  )
  if (!trigger) return null
  return {
    personId: subject.id,
    scenarioId: of.scenario_id,
    version: of.version,
    triggerId: trigger.id,
    causeId: news.eventId,
    hop: news.hop,
  }
}

/** Triggers of a live version that this event pulls; whether there was a silence before it is asked by itself. */
function triggersFor(batch: Batch, news: News, of: Listening): Trigger[] {
  if (!of.starts.includes(news.name)) return []
  const event = heardOf(news)
  return batch.programs.get(versionKey(of))?.graph.triggers.filter((one) => pulls(one, event)) ?? []
}

/** Only who pulls a trigger of that kind is looked up. */
async function lastSeen(batch: Batch, people: readonly Listened[], live: readonly Listening[]): Promise<ReadonlyMap<string, Date>> {
  const silent = live.filter((of) => batch.programs.get(versionKey(of))?.graph.triggers.some(({ kind }) => kind === 'silence'))
  const asked = people.flatMap(({ subject, news }) =>
    news
      .filter((one) => silent.some((of) => triggersFor(batch, one, of).some(({ kind }) => kind === 'silence')))
      .map((one) => ({ subject, at: one.occurredAt })),
  )
  return asked.length ? loadLastSeen(batch.ctx.db, asked) : new Map()
}

async function lastEntries(batch: Batch, people: readonly Listened[], live: readonly Listening[]): Promise<Map<string, Date>> {
  const pairs = people.flatMap(({ subject, news }) =>
    live.filter((of) => news.some((one) => triggersFor(batch, one, of).length)).map((of) => ({ subject, scenarioId: of.scenario_id })),
  )
  return pairs.length ? loadLastEntries(batch.ctx.db, pairs) : new Map()
}

/**
 * Plays one move of each run, whose people's pulses are locked, and writes the outcome: for timers and whoever ends runs by hand. Runs of one
 * person go in the order of their times, each seeing what those before it have done.
 * @param also what others of the same transaction add to the numbers on the canvas
 * @returns how many runs were moved by it
 */
export async function playRuns(
  ctx: Ctx,
  runs: readonly RunRow[],
  happened: Move['happened'] | ((run: RunRow) => Move['happened']),
  also: readonly Tally[] = [],
): Promise<number> {
  if (!runs.length) {
    await tell(
      ctx,
      also.map(({ scenarioId }) => scenarioId),
      also,
    )
    return 0
  }
  const programs = await programsOf(ctx, runs)
  const scenarios = await loadStandings(ctx.db, [...new Set(runs.map((run) => run.scenario_id))])
  const batch = await openBatch(ctx, programs, scenarios, also)
  for (const some of turnsOf(runs))
    await play(
      batch,
      some.map((run) => movedBy(batch, run, typeof happened === 'function' ? happened(run) : happened)),
    )
  await save(batch)
  return batch.moved.size
}

/**
 * Starts runs of people whose pulses are locked: for date triggers and whoever puts people in by hand.
 * @returns how many entered; whoever is on the way already, or may not enter again yet, does not
 */
export async function enterPeople(ctx: Ctx, starts: readonly Start[]): Promise<number> {
  if (!starts.length) return 0
  const pairs = starts.map(({ personId, scenarioId }) => ({ subject: subjectOf(personId), scenarioId }))
  const active = await loadActiveRuns(ctx.db, distinctSubjects(pairs.map(({ subject }) => subject)))
  const programs = await programsOf(
    ctx,
    starts.map(({ scenarioId, version }) => ({ scenario_id: scenarioId, version })),
  )
  const scenarios = await loadStandings(ctx.db, [...new Set(starts.map(({ scenarioId }) => scenarioId))])
  const batch = await openBatch(ctx, programs, scenarios)
  const moves = admitted(batch, starts, busyOf(active), await loadLastEntries(ctx.db, pairs))
  await play(batch, moves)
  await save(batch)
  return moves.length
}
