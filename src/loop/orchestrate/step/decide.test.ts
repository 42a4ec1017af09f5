import { describe, expect, test } from 'vitest'
import { JAPANESE_WEEK, japaneseCalendar } from '#kernel/calendar.ts'
import { drawFor } from '#kernel/chance.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { type Graph, PLAIN, type Step, type Until } from '../graph/contract.ts'
import { programOf } from '../program/contract.ts'
import { arm } from './arrive.ts'
import { step } from './decide.ts'
import { type Clocked, dueOf, stillClosed } from './due.ts'
import { crosses, mailKey, pulls, startNames, waitNames } from './events.ts'
import type { Happened, Run, World } from './state.ts'

const calendar = japaneseCalendar()
const at = (iso: string): Date => new Date(iso)
const world = (now: string): World => ({ now: at(now), calendar, week: JAPANESE_WEEK, draw: drawFor, held: false })
const tag = (id: string): Step => ({ kind: 'tag', id, name: '', tag: id, remove: false })
const always: Rule = { kind: 'and', rules: [] }
const graphOf = (steps: Step[], more: Partial<Graph> = {}): Graph => ({ ...PLAIN, triggers: [], entry: { kind: 'once' }, steps, ...more })
const fresh = (personId = 'p1'): Run => ({
  id: '00000000-0000-8000-a000-000000000001',
  personId,
  scenarioId: 's1',
  at: null,
  arrivedAt: at('2026-11-20T00:00:00Z'),
  dueAt: null,
  ended: null,
  heard: null,
  steps: 0,
})
const event = (name: string, props = {}, receivedAt = '2026-11-20T03:00:00Z'): Happened => ({
  kind: 'event',
  event: { name, props, pageGroup: null, eventId: `e-${name}`, receivedAt: at(receivedAt), historic: false },
})
const branch = (key: string, steps: Step[], weight = 0) => ({ key, name: '', weight, steps })

const due = (until: Clocked, now: string): string => dueOf(until, world(now)).toISOString()

describe('waits', () => {
  test('GEN-08 NUR-11 the next business day steps over a weekend and the national holiday of 2026-11-23', () => {
    expect(due({ kind: 'businessDay', days: 1, time: '09:30' }, '2026-11-20T08:00:00Z')).toBe('2026-11-24T00:30:00.000Z')
  })
  test('NUR-11 three business days later, counted over the same holiday', () => {
    expect(due({ kind: 'businessDay', days: 3, time: '10:00' }, '2026-11-20T01:00:00Z')).toBe('2026-11-26T01:00:00.000Z')
  })
  test('GEN-08 a wait of one day that ends on a Saturday goes on when the company opens again', () => {
    const until: Until = { kind: 'for', amount: 1, unit: 'days', businessHours: true }
    expect(due(until, '2026-11-20T03:00:00Z')).toBe('2026-11-24T00:00:00.000Z')
  })
  test('GEN-08 working hours now mean no wait at all', () => {
    expect(due({ kind: 'businessHours' }, '2026-11-20T03:00:00Z')).toBe('2026-11-20T03:00:00.000Z')
  })
  test('a time of day already past today is tomorrow’s', () => {
    expect(due({ kind: 'timeOfDay', time: '09:00', businessDays: false, weekdays: [] }, '2026-11-20T03:00:00Z')).toBe(
      '2026-11-21T00:00:00.000Z',
    )
  })
  test('GEN-08 a timer that fires late, on a holiday, waits on until the company works', () => {
    expect(stillClosed({ kind: 'businessDay', days: 1, time: '09:30' }, world('2026-11-23T02:00:00Z'))?.toISOString()).toBe(
      '2026-11-24T00:30:00.000Z',
    )
    expect(stillClosed({ kind: 'for', amount: 1, unit: 'hours', businessHours: true }, world('2026-11-20T12:00:00Z'))?.toISOString()).toBe(
      '2026-11-24T00:00:00.000Z',
    )
    expect(stillClosed({ kind: 'businessHours' }, world('2026-11-20T03:00:00Z'))).toBeNull()
  })
})

describe('one run', () => {
  const wait: Step = { kind: 'wait', id: 'w', name: '', until: { kind: 'for', amount: 3, unit: 'days', businessHours: false } }

  test('NUR-02 a run goes on to its first wait, then on when it is due, and never before', () => {
    const program = programOf(graphOf([tag('a'), wait, tag('b')]))
    const begun = step(program, fresh(), { kind: 'entered' }, world('2026-11-20T03:00:00Z'))
    expect(begun.effects.map((effect) => effect.step.id)).toEqual(['a'])
    expect(begun.run).toMatchObject({ at: 'w', dueAt: at('2026-11-23T03:00:00Z'), ended: null })
    expect(step(program, begun.run, { kind: 'due' }, world('2026-11-23T02:59:59Z')).run).toBe(begun.run)
    const done = step(program, begun.run, { kind: 'due' }, world('2026-11-23T03:00:00Z'))
    expect(done.effects.map((effect) => effect.step.id)).toEqual(['b'])
    expect(done.run.ended).toBe('completed')
    expect(done.passed.map((line) => [line.ordinal, line.step])).toEqual([
      [1, 'w'],
      [2, 'b'],
    ])
  })

  test('an effect has the same id however often it is computed', () => {
    const program = programOf(graphOf([tag('a')]))
    const ids = [1, 2].map(() => step(program, fresh(), { kind: 'entered' }, world('2026-11-20T03:00:00Z')).effects[0]?.id)
    expect(ids[0]).toBe(ids[1])
  })

  test('NUR-16 the reader’s click on that mail takes the one branch, its absence the other, and both re-join', () => {
    const asked: Step = {
      kind: 'await',
      id: 'q',
      name: '',
      event: { kind: 'mail', step: 'm', did: 'clicked', link: '' },
      within: { amount: 2, unit: 'days' },
      branches: [branch('happened', [tag('yes')]), branch('timedOut', [tag('no')])],
    }
    const program = programOf(graphOf([asked, tag('after')]))
    const waiting = step(program, fresh(), { kind: 'entered' }, world('2026-11-20T03:00:00Z')).run
    const mine = { what: mailKey(waiting.id, 'm') }
    expect(step(program, waiting, event('mail.clicked', { what: 'run:other:m' }), world('2026-11-20T04:00:00Z')).run).toBe(waiting)
    expect(step(program, waiting, event('mail.clicked', { ...mine, agent: 'machine' }), world('2026-11-20T04:00:00Z')).run).toBe(waiting)
    const clicked = step(program, waiting, event('mail.clicked', mine), world('2026-11-20T04:00:00Z'))
    expect(clicked.effects.map((effect) => effect.step.id)).toEqual(['yes', 'after'])
    const lapsed = step(program, waiting, { kind: 'due' }, world('2026-11-22T03:00:00Z'))
    expect(lapsed.effects.map((effect) => effect.step.id)).toEqual(['no', 'after'])
    const late = step(program, waiting, event('mail.clicked', mine, '2026-11-22T03:00:00Z'), world('2026-11-22T03:00:01Z'))
    expect(late.run).toBe(waiting)
  })

  test('NUR-10 a condition asks, and goes the way of the answer', () => {
    const asked: Step = { kind: 'condition', id: 'c', name: '', rule: always, branches: [branch('yes', [tag('hot')]), branch('no', [])] }
    const program = programOf(graphOf([tag('a'), asked]))
    const first = step(program, fresh(), { kind: 'entered' }, world('2026-11-20T03:00:00Z'))
    expect(first).toMatchObject({ asks: { kind: 'condition' }, run: { at: 'c' } })
    expect(first.effects.map((effect) => effect.step.id)).toEqual(['a'])
    expect(
      step(
        program,
        first.run,
        { kind: 'answer', said: { kind: 'condition', yes: true }, late: 0 },
        world('2026-11-20T03:00:00Z'),
      ).effects.map((e) => e.step.id),
    ).toEqual(['hot'])
    expect(
      step(program, first.run, { kind: 'answer', said: { kind: 'condition', yes: false }, late: 0 }, world('2026-11-20T03:00:00Z')).run
        .ended,
    ).toBe('completed')
  })

  test('NUR-02 the goal ends a run wherever it stands', () => {
    const program = programOf(graphOf([wait, tag('b')], { goal: { kind: 'event', match: { event: 'deal.created', filters: [] } } }))
    const waiting = step(program, fresh(), { kind: 'entered' }, world('2026-11-20T03:00:00Z')).run
    const reached = step(program, waiting, event('deal.created'), world('2026-11-21T03:00:00Z'))
    expect(reached.run).toMatchObject({ ended: 'goal', at: null, dueAt: null })
    expect(reached.passed).toMatchObject([{ step: 'w', way: 'goal' }])
    expect(step(program, reached.run, { kind: 'due' }, world('2026-11-23T03:00:00Z')).effects).toEqual([])
  })

  test('NUR-13 an A/B draw is the same for the same person, and falls by the weights over many', () => {
    const split: Step = { kind: 'split', id: 'ab', name: '', branches: [branch('a', [tag('a')], 30), branch('b', [tag('b')], 70)] }
    const program = programOf(graphOf([split]))
    const drawn = (person: string) => step(program, fresh(person), { kind: 'entered' }, world('2026-11-20T03:00:00Z')).passed[0]?.way
    expect(drawn('x')).toBe(drawn('x'))
    const a = Array.from({ length: 2_000 }, (_, i) => drawn(`person-${i}`)).filter((way) => way === 'a').length
    expect(a).toBeGreaterThan(520)
    expect(a).toBeLessThan(680)
    expect(arm(split, 0)).toBe('a')
    expect(arm(split, 0.9999)).toBe('b')
  })

  test('a stopped run does nothing more', () => {
    const program = programOf(graphOf([wait, tag('b')]))
    const waiting = step(program, fresh(), { kind: 'entered' }, world('2026-11-20T03:00:00Z')).run
    const stopped = step(program, waiting, { kind: 'stop' }, world('2026-11-21T03:00:00Z')).run
    expect(stopped.ended).toBe('stopped')
    expect(step(program, stopped, { kind: 'due' }, world('2026-12-20T03:00:00Z')).run).toBe(stopped)
  })
})

test('QUA-05 a threshold is crossed once, on the column that was chosen; minus points cross it downwards', () => {
  const trigger = { kind: 'score', id: 't', score: 'main', column: 'behaviour_plus', threshold: 50 } as const
  const change = (was: number, is: number) => ({ was: { behaviour_plus: was, total: 0 }, is: { behaviour_plus: is, total: 900 } })
  expect(crosses(trigger, change(40, 50))).toBe(true)
  expect(crosses(trigger, change(50, 60))).toBe(false)
  expect(crosses(trigger, change(60, 40))).toBe(false)
  expect(crosses(trigger, {})).toBe(false)
  expect(
    crosses({ ...trigger, column: 'attribute_minus', threshold: -20 }, { was: { attribute_minus: -10 }, is: { attribute_minus: -30 } }),
  ).toBe(true)
})

test('history pulls no trigger', () => {
  const trigger = { kind: 'segment', id: 't', segment: 's', on: 'entered' } as const
  const entered = (historic: boolean) => ({ name: 'segment.entered', pageGroup: null, props: { segment: 's' }, historic })
  expect(pulls(trigger, entered(false))).toBe(true)
  expect(pulls(trigger, entered(true))).toBe(false)
})

test('a scenario tells which events it listens to', () => {
  const graph = graphOf(
    [
      {
        kind: 'await',
        id: 'q',
        name: '',
        event: { kind: 'mail', step: 'm', did: 'opened', link: '' },
        within: { amount: 1, unit: 'days' },
        branches: [branch('happened', []), branch('timedOut', [])],
      },
    ],
    {
      triggers: [
        { kind: 'form', id: 't', form: 'f' },
        { kind: 'segment', id: 'u', segment: 's', on: 'entered' },
      ],
      goal: { kind: 'segment', segment: 's' },
    },
  )
  expect(startNames(graph)).toEqual(['form.submitted', 'segment.entered'])
  expect(waitNames(graph)).toEqual(['mail.opened', 'segment.entered'])
})
