// The engine against a naive interpreter that simply walks the nested steps, over random scenarios and random events.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { JAPANESE_WEEK, japaneseCalendar } from '#kernel/calendar.ts'
import { drawFor } from '#kernel/chance.ts'
import { HOUR } from '#kernel/clock.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { check } from '../../../../test/world.ts'
import { type Graph, PLAIN, type Step, type Until } from '../graph/contract.ts'
import { programOf } from '../program/contract.ts'
import { arm } from './arrive.ts'
import { step } from './decide.ts'
import { type Clocked, dueOf, lengthOf } from './due.ts'
import type { Run, World } from './state.ts'

const START = Date.parse('2026-11-19T23:00:00Z')
const calendar = japaneseCalendar()
const worldAt = (ms: number): World => ({ now: new Date(ms), calendar, week: JAPANESE_WEEK, draw: drawFor, held: false })
const NAMES = ['alpha', 'beta', 'goal'] as const

interface Heard {
  readonly at: number
  readonly name: string
}
/** What a condition answers: a plain function of time, so that both sides ask at the same instant or differ. */
const answerAt = (id: string, ms: number): boolean => drawFor(`${id}/${Math.floor(ms / (6 * HOUR))}`) < 0.5

// --- random scenarios -------------------------------------------------------------------------------------------------

const until: fc.Arbitrary<Until> = fc.oneof(
  fc.record({
    kind: fc.constant('for' as const),
    amount: fc.integer({ min: 1, max: 60 }),
    unit: fc.constantFrom('minutes' as const, 'hours' as const),
    businessHours: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('businessDay' as const), days: fc.integer({ min: 1, max: 3 }), time: fc.constantFrom('09:30', '17:00') }),
  fc.constant({ kind: 'businessHours' as const }),
  fc.record({
    kind: fc.constant('timeOfDay' as const),
    time: fc.constantFrom('00:00', '12:15'),
    businessDays: fc.boolean(),
    weekdays: fc.subarray([0, 1, 2, 3, 4, 5, 6]),
  }),
)
const { steps } = fc.letrec<{ steps: Step[]; one: Step }>((tie) => {
  const rest = { id: fc.constant(''), name: fc.constant('') }
  const branch = (key: string, weight = 0) =>
    fc.record({ key: fc.constant(key), name: fc.constant(''), weight: fc.constant(weight), steps: tie('steps') })
  return {
    steps: fc.array(tie('one'), { maxLength: 4, depthIdentifier: 'steps' }),
    one: fc.oneof(
      { depthSize: 'small', depthIdentifier: 'steps', withCrossShrink: true },
      fc.record({ ...rest, kind: fc.constant('tag' as const), tag: fc.constant('t'), remove: fc.constant(false) }),
      fc.record({ ...rest, kind: fc.constant('wait' as const), until }),
      fc.record({ ...rest, kind: fc.constant('end' as const) }),
      fc.record({
        ...rest,
        kind: fc.constant('split' as const),
        branches: fc.tuple(branch('a', 30), branch('b', 70)).map((list) => [...list]),
      }),
      fc.record({
        ...rest,
        kind: fc.constant('condition' as const),
        rule: fc.constant<Rule>({ kind: 'and', rules: [] }),
        branches: fc.tuple(branch('yes'), branch('no')).map((list) => [...list]),
      }),
      fc.record({
        ...rest,
        kind: fc.constant('await' as const),
        event: fc.constantFrom('alpha', 'beta').map((event) => ({ kind: 'event' as const, match: { event, filters: [] } })),
        within: fc.record({ amount: fc.integer({ min: 1, max: 60 }), unit: fc.constant('hours' as const) }),
        branches: fc.tuple(branch('happened'), branch('timedOut')).map((list) => [...list]),
      }),
    ),
  }
})
const numbered = (list: Step[], from = { n: 0 }): Step[] =>
  list.map((one) => {
    const id = `n${from.n++}`
    return 'branches' in one
      ? { ...one, id, branches: one.branches.map((b) => ({ ...b, steps: numbered(b.steps, from) })) }
      : { ...one, id }
  })
const graphs: fc.Arbitrary<Graph> = fc.record({ steps, goal: fc.boolean() }).map(({ steps: list, goal }) => ({
  ...PLAIN,
  triggers: [],
  entry: { kind: 'once' },
  goal: goal ? { kind: 'event', match: { event: 'goal', filters: [] } } : null,
  steps: numbered(list),
}))
const heard: fc.Arbitrary<Heard[]> = fc
  .array(
    fc.record({ at: fc.integer({ min: 1, max: 200 * 60 }).map((minutes) => START + minutes * 60_000), name: fc.constantFrom(...NAMES) }),
    { maxLength: 8 },
  )
  .map((list) => list.sort((a, b) => a.at - b.at))

// --- the naive interpreter --------------------------------------------------------------------------------------------

type Told = readonly [ms: number, step: string]
interface Pause {
  readonly until: number
  readonly event: string | null
}
class Stop extends Error {}

/** Walks the nested steps as they stand; every pause hands out what it waits for and gets back when and why it goes on. */
function* walk(list: readonly Step[], clock: { ms: number }, told: Told[]): Generator<Pause, void, boolean> {
  for (const one of list) {
    if (one.kind === 'end') throw new Stop()
    if (one.kind === 'tag') told.push([clock.ms, one.id])
    if (one.kind === 'wait') {
      const due = dueOf(one.until as Clocked, worldAt(clock.ms)).getTime()
      if (due > clock.ms) yield { until: due, event: null }
    }
    let way: string | null = null
    if (one.kind === 'condition') way = answerAt(one.id, clock.ms) ? 'yes' : 'no'
    if (one.kind === 'split') way = arm(one, drawFor(`split:s:${one.id}:p`))
    if (one.kind === 'await' && one.event.kind === 'event') {
      way = (yield { until: clock.ms + lengthOf(one.within), event: one.event.match.event }) ? 'happened' : 'timedOut'
    }
    if (way !== null && 'branches' in one) yield* walk(one.branches.find((b) => b.key === way)?.steps ?? [], clock, told)
  }
}

function naive(graph: Graph, events: readonly Heard[]): { told: Told[]; how: string } {
  const told: Told[] = []
  const clock = { ms: START }
  const left = [...events]
  const game = walk(graph.steps, clock, told)
  try {
    for (let turn = game.next(); !turn.done; ) {
      const pause = turn.value
      const next = left.findIndex((one) => (graph.goal && one.name === 'goal') || (one.name === pause.event && one.at < pause.until))
      const found = next >= 0 && (left[next]?.at ?? 0) < pause.until ? left[next] : undefined
      if (found && found.name === 'goal') return { told, how: 'goal' }
      clock.ms = found ? found.at : pause.until
      left.splice(0, found ? next + 1 : left.filter((one) => one.at < pause.until).length)
      turn = game.next(found !== undefined)
    }
  } catch (error) {
    if (!(error instanceof Stop)) throw error
  }
  return { told, how: 'completed' }
}

// --- the engine under the same events ---------------------------------------------------------------------------------

function engine(graph: Graph, events: readonly Heard[]): { told: Told[]; how: string } {
  const program = programOf(graph)
  const told: Told[] = []
  let run: Run = {
    id: '00000000-0000-8000-a000-000000000001',
    personId: 'p',
    scenarioId: 's',
    at: null,
    arrivedAt: new Date(START),
    dueAt: null,
    ended: null,
    heard: null,
    steps: 0,
  }
  const tell = (ms: number, happened: Parameters<typeof step>[2]): void => {
    let advance = step(program, run, happened, worldAt(ms))
    for (;;) {
      run = advance.run
      told.push(...advance.effects.map((effect): Told => [ms, effect.step.id]))
      if (!advance.asks || run.at === null) return
      advance = step(
        program,
        run,
        { kind: 'answer', said: { kind: 'condition', yes: answerAt(run.at, ms) }, late: advance.late },
        worldAt(ms),
      )
    }
  }
  const fireUntil = (ms: number): void => {
    while (run.dueAt && run.dueAt.getTime() <= ms) tell(run.dueAt.getTime(), { kind: 'due' })
  }
  tell(START, { kind: 'entered' })
  for (const one of events) {
    fireUntil(one.at)
    tell(one.at, {
      kind: 'event',
      event: { name: one.name, props: {}, pageGroup: null, eventId: `e${one.at}`, receivedAt: new Date(one.at), historic: false },
    })
  }
  fireUntil(Number.MAX_SAFE_INTEGER)
  return { told, how: run.ended ?? 'running' }
}

test('N6 random scenarios under random events do exactly what a naive interpreter does', () => {
  const seen = { goal: 0, effects: 0 }
  void check(
    fc.property(graphs, heard, (graph, events) => {
      const [a, b] = [engine(graph, events), naive(graph, events)]
      seen.goal += a.how === 'goal' ? 1 : 0
      seen.effects += a.told.length
      expect(a).toEqual(b)
    }),
  )
  expect(seen.goal).toBeGreaterThan(5)
  expect(seen.effects).toBeGreaterThan(100)
})
