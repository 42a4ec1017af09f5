// Random scenarios of every kind, and what happens to somebody on the way through one.
import * as fc from 'fast-check'
import { HOUR, MINUTE } from '#kernel/clock.ts'
import { type Graph, graph, type Late, type Step, type SwitchCase, type TaskStep, type Until } from '#loop/orchestrate/graph/contract.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'

export const START = Date.parse('2026-11-19T23:00:00Z')
export const RUN = '00000000-0000-8000-a000-000000000001'

export interface Heard {
  readonly at: number
  readonly name: string
  /** Of a task that was done: the step that made it, and the result. */
  readonly step?: string
  readonly result?: string
  /** Of a field that was changed. */
  readonly day?: string | null
}

/** All that happens: events in order, when the system is down, and when the person reads. */
export interface Life {
  readonly events: readonly Heard[]
  readonly down: { readonly from: number; readonly to: number }
  readonly hours: readonly number[] | null
  /** Whom chance is drawn for. */
  readonly who: string
}

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
  fc.record({
    kind: fc.constant('field' as const),
    field: fc.constant('attrs.day'),
    days: fc.integer({ min: -3, max: 3 }),
    time: fc.constantFrom('08:00', '15:45'),
  }),
  fc.record({ kind: fc.constant('bestHour' as const), within: fc.integer({ min: 1, max: 72 }), control: fc.constantFrom(0, 10, 50) }),
)

const everybody: Rule = { kind: 'and', rules: [] }

const { one } = fc.letrec<{ steps: Step[]; one: Step }>((tie) => {
  const rest = { id: fc.constant(''), name: fc.constant('') }
  const kind = <K extends string>(of: K) => ({ ...rest, kind: fc.constant(of) })
  const branch = (key: string, weight = 0) =>
    fc.record({ key: fc.constant(key), name: fc.constant(''), weight: fc.constant(weight), steps: tie('steps') })
  const ways = (...keys: string[]) => ({ branches: fc.tuple(...keys.map((key) => branch(key))).map((list) => [...list]) })
  const within = fc.record({ amount: fc.integer({ min: 1, max: 60 }), unit: fc.constant('hours' as const) })
  const task = {
    ...kind('task'),
    title: fc.constant('call'),
    script: fc.constant(''),
    assignee: fc.constant({ kind: 'owner' as const }),
    within,
  }
  const none = fc.constant<never[]>([])
  const of = (key: string) => ({ key, name: key, rule: everybody })
  return {
    steps: fc.array(tie('one'), { maxLength: 5, depthIdentifier: 'steps' }),
    one: fc.oneof(
      { depthSize: 'small', depthIdentifier: 'steps', withCrossShrink: true },
      fc.record({ ...kind('tag'), tag: fc.constant('t'), remove: fc.constant(false) }),
      fc.record({ ...kind('mail'), template: fc.constant('' as const), purpose: fc.constant('marketing' as const) }),
      { weight: 4, arbitrary: fc.record({ ...kind('wait'), until }) },
      fc.record({ ...task, results: none, branches: none }),
      fc.record({ ...kind('end') }),
      fc.record({ ...kind('split'), branches: fc.tuple(branch('a', 30), branch('b', 70)).map((list) => [...list]) }),
      fc.record({ ...kind('condition'), rule: fc.constant(everybody), ...ways('yes', 'no') }),
      fc.record({ ...kind('switch'), cases: fc.constant<SwitchCase[]>([of('a'), of('b')]), ...ways('a', 'b', 'else') }),
      fc.record({ ...kind('holdout'), share: fc.integer({ min: 1, max: 90 }), ...ways('treated', 'held') }),
      fc.record({
        ...task,
        results: fc.constant<TaskStep['results']>(['a', 'b'].map((key) => ({ key, name: key }))),
        ...ways('a', 'b', 'timedOut'),
      }),
      {
        weight: 3,
        arbitrary: fc.record({
          ...kind('await'),
          event: fc.constantFrom('alpha', 'beta').map((event) => ({ kind: 'event' as const, match: { event, filters: [] } })),
          within,
          ...ways('happened', 'timedOut'),
        }),
      },
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

const late: fc.Arbitrary<Late> = fc.oneof(
  fc.constant({ kind: 'run' as const }),
  fc.record({ kind: fc.constant('skip' as const), hours: fc.integer({ min: 1, max: 40 }) }),
  fc.constant({ kind: 'nextWindow' as const }),
)
const on = (event: string) => ({ kind: 'event' as const, match: { event, filters: [] } })

const graphs: fc.Arbitrary<Graph> = fc
  .record({
    // Of few steps most are over before anything happens.
    steps: fc.array(one, { minLength: 3, maxLength: 6 }),
    late,
    goal: fc.constantFrom(true, true, false),
    exits: fc.constantFrom(true, true, false),
    holdout: fc.constantFrom(0, 0, 0, 20, 50),
  })
  .map(
    (of): Graph => ({
      triggers: [],
      entry: { kind: 'once' },
      goal: of.goal ? on('goal') : null,
      exits: of.exits ? [on('exit')] : [],
      late: of.late,
      priority: 3,
      holdout: of.holdout,
      steps: numbered(of.steps),
    }),
  )
  // Once in some thousands there are more steps than a scenario may have.
  .filter((made) => graph.safeParse(made).success)

const minutes = (hours: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: hours * 60 }).map((n) => START + n * MINUTE)
const day = fc.option(
  fc.integer({ min: 15, max: 30 }).map((n) => `2026-11-${n}`),
  { freq: 4 },
)
const heard: fc.Arbitrary<Heard> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ at: minutes(150), name: fc.constantFrom('alpha', 'beta', 'alpha', 'beta', 'goal', 'exit') }),
  },
  { weight: 2, arbitrary: fc.record({ at: minutes(150), name: fc.constant('field.changed'), day }) },
  {
    weight: 3,
    arbitrary: fc.record({
      at: minutes(150),
      name: fc.constant('task.done'),
      step: fc.integer({ min: 0, max: 9 }).map((n) => `n${n}`),
      result: fc.constantFrom('a', 'b', 'z'),
    }),
  },
)
const lives: fc.Arbitrary<Life> = fc.record({
  who: fc.nat({ max: 99 }).map(String),
  events: fc.array(heard, { maxLength: 14 }).map((list) => list.sort((a, b) => a.at - b.at)),
  down: fc
    .record({ from: minutes(200), length: fc.integer({ min: 0, max: 80 }) })
    .map((of) => ({ from: of.from, to: of.from + of.length * HOUR })),
  hours: fc.option(fc.array(fc.nat({ max: 3 }), { minLength: 168, maxLength: 168 }), { freq: 5 }),
})

export const arbitraries = { graphs, lives }
