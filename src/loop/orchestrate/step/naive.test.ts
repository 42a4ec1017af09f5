// The engine against a naive interpreter that simply walks the nested steps, over random scenarios, random events and times of being down.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { JAPANESE_WEEK, japaneseCalendar, nextBusinessTime } from '#kernel/calendar.ts'
import { drawFor } from '#kernel/chance.ts'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'
import { derivedId } from '#kernel/journal.ts'
import { arbitraries, type Heard, type Life, RUN, START } from '../../../../test/scenarioGraphs.ts'
import { check } from '../../../../test/world.ts'
import { type Graph, type Step, storedGraph } from '../graph/contract.ts'
import { programOf } from '../program/contract.ts'
import { arm } from './arrive.ts'
import { step } from './decide.ts'
import { dueOf, lengthOf, stillClosed } from './due.ts'
import type { Ask, Happened, Run, Said, World } from './state.ts'

const calendar = japaneseCalendar()
const worldAt = (ms: number): World => ({ now: new Date(ms), calendar, week: JAPANESE_WEEK, draw: drawFor, held: false })

/** What rules answer: plain functions of time, so that both sides ask at the same instant or differ. */
const answerAt = (id: string, ms: number): boolean => drawFor(`${id}/${Math.floor(ms / (6 * HOUR))}`) < 0.5
const caseAt = (id: string, keys: readonly string[], ms: number): string | null =>
  keys[Math.floor(drawFor(`${id}/${Math.floor(ms / (6 * HOUR))}`) * (keys.length + 1))] ?? null
/** What stands in the date field: the last change counts. */
const dayAt = ({ events }: Life, ms: number): string | null =>
  events.filter((one) => one.name === 'field.changed' && one.at <= ms).at(-1)?.day ?? null
/** While it is down the system does nothing; what would have been done is done when it is up again. */
const upAt = ({ down }: Life, ms: number): number => (ms >= down.from && ms < down.to ? down.to : ms)

const unitOf = ({ who }: Life): string => `company:${who}`

type Told = readonly [ms: number, step: string]
interface Outcome {
  readonly told: Told[]
  readonly how: string
}

// --- the naive interpreter --------------------------------------------------------------------------------------------

class Over extends Error {
  readonly how: string
  constructor(how: string) {
    super(how)
    this.how = how
  }
}

interface Game {
  readonly graph: Graph
  readonly life: Life
  readonly told: Told[]
  readonly left: Heard[]
  ms: number
  late: number
}

type Hears = (event: Heard) => string | null

/** Waits until a time or until something is heard; goals and exits end everything. @returns the way it was let go by, null for time */
function pause(game: Game, due: number, hears: Hears): string | null {
  game.late = 0
  for (;;) {
    const [event] = game.left
    if (!event || event.at >= due) break
    game.left.shift()
    game.ms = upAt(game.life, event.at)
    if (game.graph.goal && event.name === 'goal') throw new Over('goal')
    if (game.graph.exits.length && event.name === 'exit') throw new Over('exited')
    const way = hears(event)
    if (way !== null) return way
  }
  game.ms = upAt(game.life, due)
  game.late = game.ms - due
  return null
}

/** What the late rule and promised working time make of a time that has come: go on (null), or a new time. */
function putOff({ graph: { late }, ms, late: by }: Game, one: Step): number | null {
  if (late.kind === 'skip' && by > late.hours * HOUR) return null
  const closed = one.kind === 'wait' ? stillClosed(one.until, worldAt(ms)) : null
  if (closed) return closed.getTime()
  const open = nextBusinessTime(calendar, JAPANESE_WEEK, new Date(ms)).getTime()
  return late.kind === 'nextWindow' && by > HOUR && open > ms ? open : null
}

function pauseUntil(game: Game, one: Step, first: number, hears: Hears): string | null {
  for (let due = first; ; ) {
    const way = pause(game, due, hears)
    if (way !== null) return way
    const later = putOff(game, one)
    if (later === null) return null
    due = later
  }
}

const nobody: Hears = () => null

function waits(game: Game, one: Extract<Step, { kind: 'wait' }>): void {
  const { until } = one
  if (until.kind === 'field') waitsForDate(game, one)
  else if (until.kind === 'bestHour') {
    if (drawFor(`hour:s:${one.id}:${game.life.who}`) * 100 < until.control || !game.life.hours) return
    const readAt = (ms: number): number => {
      const tokyo = new Date(ms + 9 * HOUR)
      return game.life.hours?.[tokyo.getUTCDay() * 24 + tokyo.getUTCHours()] ?? 0
    }
    let best = game.ms
    for (let ms = game.ms + 1; ms <= game.ms + until.within * HOUR; ms += ms % MINUTE ? MINUTE - (ms % MINUTE) : MINUTE)
      if (ms % HOUR === 0 && readAt(ms) > readAt(best)) best = ms
    if (best > game.ms) pauseUntil(game, one, best, nobody)
  } else {
    const due = dueOf(until, worldAt(game.ms)).getTime()
    if (due > game.ms) pauseUntil(game, one, due, nobody)
  }
}

function waitsForDate(game: Game, one: Extract<Step, { kind: 'wait' }>): void {
  const { until } = one
  if (until.kind !== 'field') return
  const dateOf = (): number => {
    const day = dayAt(game.life, game.ms)
    return day === null ? 0 : Date.parse(`${day}T${until.time}:00+09:00`) + until.days * DAY
  }
  for (let due = dateOf(); due > game.ms; due = dateOf())
    pauseUntil(game, one, due, (event) => (event.name === 'field.changed' ? 'again' : null))
}

/** The way a branching step is left by. */
function choose(game: Game, one: Step): string | null {
  const { ms } = game
  if (one.kind === 'condition') return answerAt(one.id, ms) ? 'yes' : 'no'
  if (one.kind === 'switch')
    return (
      caseAt(
        one.id,
        one.cases.map(({ key }) => key),
        ms,
      ) ?? 'else'
    )
  if (one.kind === 'split') return arm(one, drawFor(`split:s:${one.id}:${game.life.who}`))
  if (one.kind === 'holdout') return drawFor(`arm:s:${one.id}:${unitOf(game.life)}`) * 100 < one.share ? 'held' : 'treated'
  if (one.kind === 'await') {
    const name = one.event.kind === 'event' ? one.event.match.event : ''
    return pauseUntil(game, one, ms + lengthOf(one.within), (event) => (event.name === name ? 'happened' : null)) ?? 'timedOut'
  }
  if (one.kind !== 'task' || !one.results.length) return null
  const result: Hears = ({ name, step: at, result: key }) =>
    name === 'task.done' && at === one.id && one.results.some((known) => known.key === key) ? (key ?? null) : null
  return pauseUntil(game, one, ms + lengthOf(one.within), result) ?? 'timedOut'
}

/** Walks the nested steps as they stand. */
function walk(list: readonly Step[], game: Game): void {
  const { late: rule } = game.graph
  for (const one of list) {
    if (one.kind === 'end') throw new Over('completed')
    if (one.kind === 'tag' || one.kind === 'task') game.told.push([game.ms, one.id])
    if (one.kind === 'mail' && !(rule.kind === 'skip' && game.late > rule.hours * HOUR)) game.told.push([game.ms, one.id])
    if (one.kind === 'wait') waits(game, one)
    const way = choose(game, one)
    if (way !== null && 'branches' in one) walk(one.branches.find((b) => b.key === way)?.steps ?? [], game)
  }
}

function naive(graph: Graph, life: Life): Outcome {
  const game: Game = { graph, life, told: [], left: [...life.events], ms: START, late: 0 }
  try {
    if (drawFor(`arm:s::${unitOf(life)}`) * 100 < graph.holdout) throw new Over('held')
    walk(graph.steps, game)
  } catch (error) {
    if (!(error instanceof Over)) throw error
    return { told: game.told, how: error.how }
  }
  return { told: game.told, how: 'completed' }
}

// --- the engine under the same events ---------------------------------------------------------------------------------

function saying(life: Life, run: Run, ms: number, graph: Graph): (ask: Ask) => Said {
  const program = programOf(graph)
  const at = run.at ?? ''
  return (ask) => {
    if (ask.kind === 'unit') return { kind: 'unit', unit: unitOf(life) }
    if (ask.kind === 'day') return { kind: 'day', day: dayAt(life, ms) }
    if (ask.kind === 'hours') return { kind: 'hours', hours: life.hours, of: 'person' }
    if (ask.kind === 'condition') return { kind: 'condition', yes: answerAt(at, ms) }
    const one = program.nodes.get(at)?.step
    const keys = one?.kind === 'switch' ? one.cases.map(({ key }) => key) : []
    return { kind: 'switch', key: caseAt(at, keys, ms) }
  }
}

const blank: Run = {
  id: RUN,
  personId: 'p',
  scenarioId: 's',
  at: null,
  arrivedAt: new Date(START),
  dueAt: null,
  ended: null,
  heard: null,
  steps: 0,
}

function engine(graph: Graph, life: Life): Outcome {
  const program = programOf(graph)
  const told: Told[] = []
  let run: Run = { ...blank, personId: life.who }
  const tell = (ms: number, happened: Happened): void => {
    let advance = step(program, run, happened, worldAt(ms))
    for (;;) {
      run = advance.run
      told.push(...advance.effects.map((effect): Told => [ms, effect.step.id]))
      if (!advance.asks) return
      const said = saying(life, run, ms, graph)(advance.asks)
      advance = step(program, run, { kind: 'answer', said, late: advance.late }, worldAt(ms))
    }
  }
  const fireUntil = (ms: number): void => {
    while (run.dueAt && run.dueAt.getTime() <= ms) tell(upAt(life, run.dueAt.getTime()), { kind: 'due' })
  }
  tell(START, { kind: 'entered' })
  for (const [i, one] of life.events.entries()) {
    fireUntil(one.at)
    const props = {
      ...(one.name === 'field.changed' ? { fields: ['attrs.day'] } : {}),
      ...(one.name === 'task.done' ? { task: derivedId(RUN, 'orchestrate', one.step ?? ''), result: one.result ?? null } : {}),
    }
    const event = { name: one.name, props, pageGroup: null, eventId: `e${i}`, receivedAt: new Date(one.at), historic: false }
    tell(upAt(life, one.at), { kind: 'event', event })
  }
  fireUntil(Number.MAX_SAFE_INTEGER)
  return { told, how: run.ended ?? 'running' }
}

test('N6 NUR-16 random scenarios of every kind under random events and stops do exactly what a naive interpreter does', () => {
  const seen: Record<string, number> = {}
  const count = (what: string): void => {
    seen[what] = (seen[what] ?? 0) + 1
  }
  void check(
    fc.property(arbitraries.graphs, arbitraries.lives, (graph, life) => {
      expect(storedGraph(graph)).toEqual(graph)
      const [a, b] = [engine(graph, life), naive(graph, life)]
      count(a.how)
      for (const _ of a.told) count('effects')
      expect(a).toEqual(b)
    }),
  )
  for (const what of ['completed', 'goal', 'exited', 'held']) expect(seen[what], what).toBeGreaterThan(5)
  expect(seen['effects']).toBeGreaterThan(100)
})
