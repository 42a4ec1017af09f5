import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JAPANESE_WEEK, japaneseCalendar } from '#kernel/calendar.ts'
import { drawFor } from '#kernel/chance.ts'
import { DAY, HOUR } from '#kernel/clock.ts'
import { arbitraries, RUN, START } from '../../../../test/scenarioGraphs.ts'
import { check } from '../../../../test/world.ts'
import { type Graph, PLAIN, type Step } from '../graph/contract.ts'
import { programOf } from '../program/contract.ts'
import { alikeAt } from './alike.ts'
import { step } from './decide.ts'
import type { Run, World } from './state.ts'

const calendar = japaneseCalendar()
const worldAt = (ms: number): World => ({ now: new Date(ms), calendar, week: JAPANESE_WEEK, draw: drawFor, held: false })

test('N6 where people are taken on together, the engine would have taken each of them the same way, whoever they are and however late', () => {
  let together = 0
  const instants = fc.integer({ min: 0, max: 60 * DAY })
  const lateness = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 * HOUR }), instants)
  void check(
    fc.property(arbitraries.graphs, instants, lateness, instants, fc.nat(99), (graph, past, late, since, n) => {
      const program = programOf(graph)
      const world = worldAt(START + past)
      for (const at of program.nodes.keys()) {
        const found = alikeAt(program, at, world)
        if (!found) continue
        together++
        const dueAt = new Date(world.now.getTime() - late)
        const arrivedAt = new Date(dueAt.getTime() - since)
        const run: Run = { id: RUN, personId: `p${n}`, scenarioId: 's', at, arrivedAt, dueAt, ended: null, heard: null, steps: n }
        const { run: after, effects, passed, asks } = step(program, run, { kind: 'due' }, world)
        expect({ effects, asks, after }).toEqual({
          effects: [],
          asks: null,
          after: {
            ...run,
            at: found.to,
            arrivedAt: found.to === null ? arrivedAt : world.now,
            dueAt: found.dueAt,
            ended: found.to === null ? 'completed' : null,
            steps: n + found.ways.length,
          },
        })
        expect(passed).toEqual(
          found.ways.map(({ because, ...way }, i) => ({
            ...way,
            ordinal: n + i,
            arrivedAt: i ? world.now : arrivedAt,
            leftAt: world.now,
            because: because ?? { kind: 'waited', until: dueAt.toISOString() },
          })),
        )
      }
    }),
  )
  expect(together).toBeGreaterThan(50)
})

const graphOf = (steps: Step[], more: Partial<Graph> = {}): Graph => ({ ...PLAIN, triggers: [], entry: { kind: 'once' }, steps, ...more })
const wait = (id: string): Step => ({ kind: 'wait', id, name: '', until: { kind: 'for', amount: 1, unit: 'days', businessHours: false } })
const tag: Step = { kind: 'tag', id: 't', name: '', tag: 'x', remove: false }
const split: Step = {
  kind: 'split',
  id: 's',
  name: '',
  branches: ['a', 'b'].map((key) => ({ key, name: '', weight: 1, steps: [wait(key)] })),
}
const alike = (graph: Graph, ms = START) => alikeAt(programOf(graph), 'w', worldAt(ms))

test('whoever is drawn for or has something done to them is asked about by themselves; whoever comes to the end is not', () => {
  expect(alike(graphOf([wait('w'), wait('x')]))).toMatchObject({ to: 'x', ways: [{ step: 'w', way: 'next', because: null }] })
  for (const steps of [
    [wait('w'), split],
    [wait('w'), tag, wait('x')],
  ])
    expect(alike(graphOf(steps))).toBeNull()
  expect(alike(graphOf([wait('w')]))).toMatchObject({ to: null, dueAt: null, ways: [{ step: 'w', way: 'next' }] })
})

test('NUR-11 when a rule asks how late somebody is, those on time and those who are late do not go together', () => {
  const later = graphOf([wait('w'), wait('x')], { late: { kind: 'nextWindow' } })
  const [night, morning] = [Date.parse('2026-11-19T15:00:00Z'), Date.parse('2026-11-20T01:00:00Z')]
  expect([alike(later, night), alike(later, morning)]).toMatchObject([null, { to: 'x' }])
})
