import { describe, expect, test } from 'vitest'
import type { Graph, Step } from '../graph/contract.ts'
import { PLAIN } from '../graph/contract.ts'
import { effectOf } from './contract.ts'
import { diffOf, mapProblems, proposeMap } from './decide.ts'

const tag = (id: string, what = id): Step => ({ kind: 'tag', id, name: id, tag: what, remove: false })
const days = (id: string, amount = 3): Step => ({
  kind: 'wait',
  id,
  name: '',
  until: { kind: 'for', amount, unit: 'days', businessHours: false },
})
const split = (id: string, a: Step[], b: Step[], weights = [50, 50]): Step => ({
  kind: 'split',
  id,
  name: '',
  branches: [
    { key: 'a', name: '', weight: weights[0] ?? 0, steps: a },
    { key: 'b', name: '', weight: weights[1] ?? 0, steps: b },
  ],
})
const graph = (...steps: Step[]): Graph => ({ ...PLAIN, triggers: [], entry: { kind: 'once' }, steps })
const told = (before: Graph, after: Graph) => diffOf(before, after).steps.map(({ id, change, moved }) => [id, change, moved])

describe('M6 what two versions differ in', () => {
  test('M6 the same version differs in nothing, whatever order its keys are stored in', () => {
    const one = graph(days('w'), split('s', [tag('a')], [tag('b')]))
    const stored = JSON.parse(JSON.stringify(one, Object.keys(flat(one)).sort())) as Graph
    expect(diffOf(one, stored)).toEqual({ steps: [], whole: [] })
  })

  test('M6 added, removed and changed steps are told, changed ones with what was and what is', () => {
    const diff = diffOf(graph(days('w', 3), tag('x'), tag('gone')), graph(days('w', 5), tag('new'), tag('x')))
    expect(diff.steps).toEqual([
      {
        id: 'w',
        name: '',
        kind: 'wait',
        change: 'changed',
        moved: false,
        props: [
          {
            prop: 'until',
            was: { kind: 'for', amount: 3, unit: 'days', businessHours: false },
            is: { kind: 'for', amount: 5, unit: 'days', businessHours: false },
          },
        ],
      },
      { id: 'new', name: 'new', kind: 'tag', change: 'added', moved: false, props: [] },
      { id: 'gone', name: 'gone', kind: 'tag', change: 'removed', moved: false, props: [] },
    ])
  })

  test('M6 a step that goes to another place is moved, those it passes are not', () => {
    expect(told(graph(tag('a'), tag('b'), tag('c'), tag('d')), graph(tag('d'), tag('a'), tag('b'), tag('c')))).toEqual([
      ['d', 'moved', true],
    ])
    expect(told(graph(split('s', [tag('a')], []), tag('z')), graph(split('s', [], [tag('a')]), tag('z')))).toEqual([['a', 'moved', true]])
    expect(told(graph(split('s', [tag('a')], [])), graph(tag('a', 'other'), split('s', [], [])))).toEqual([['a', 'changed', true]])
  })

  test('M6 shares of a split are its own change, steps of its branches theirs', () => {
    const [only] = diffOf(graph(split('s', [tag('a')], [])), graph(split('s', [tag('a')], [], [90, 10]))).steps
    expect(only).toMatchObject({ id: 's', change: 'changed', props: [{ prop: 'branches' }] })
  })

  test('M6 triggers, goal and entry are told of the whole', () => {
    const before = graph(tag('a'))
    const after = { ...before, entry: { kind: 'each' as const }, holdout: 10 }
    expect(
      diffOf(before, after)
        .whole.map(({ prop, was, is }) => [prop, was, is])
        .sort(),
    ).toEqual([
      ['entry', { kind: 'once' }, { kind: 'each' }],
      ['holdout', 0, 10],
    ])
  })
})

function flat(value: unknown, into: Record<string, true> = {}): Record<string, true> {
  if (Array.isArray(value)) for (const one of value) flat(one, into)
  else if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value)) {
      into[key] = true
      flat(one, into)
    }
  return into
}

describe('M6 where people would go', () => {
  test('M6 the same step, else the next that is still there, out of a branch too, else the end', () => {
    const before = graph(split('s', [days('w1'), tag('t')], [days('w2')]), days('w3'), days('w4'))
    const after = graph(split('s', [tag('t')], []), days('w3'))
    expect(proposeMap(before, after)).toEqual({ s: 's', w1: 't', t: 't', w2: 'w3', w3: 'w3', w4: null })
    expect(proposeMap(before, graph(days('w3')))).toMatchObject({ s: 'w3', w1: 'w3', t: 'w3' })
  })

  test('M6 a wait goes on or begins anew as it was chosen; other steps are entered; the end ends', () => {
    expect(effectOf(days('a'), days('b'), 'keep')).toBe('keeps')
    expect(effectOf(days('a'), days('b'), 'restart')).toBe('restarts')
    expect(effectOf(days('a'), tag('b'), 'keep')).toBe('enters')
    expect(effectOf(days('a'), undefined, 'keep')).toBe('ends')
  })

  test('M6 a map that names steps which are not there is refused place by place', () => {
    const [before, after] = [graph(days('w'), days('v')), graph(days('v'))]
    expect(mapProblems(before, after, { w: 'v', v: null })).toEqual([])
    expect(mapProblems(before, after, { w: 'w', x: 'v' })).toEqual([
      { step: 'w', code: 'noSuchTarget' },
      { step: 'x', code: 'noSuchStep' },
    ])
  })
})
