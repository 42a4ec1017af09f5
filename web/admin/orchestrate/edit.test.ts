import { describe, expect, test } from 'vitest'
import { type Graph, PLAIN, type Step, stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { blankStep } from './blanks.ts'
import { stepsFrom, textOf } from './clipboard.ts'
import {
  between,
  duplicate,
  fits,
  insert,
  JOINED,
  move,
  neighbours,
  pickedOf,
  placesFor,
  placesOf,
  putBack,
  relocate,
  remove,
  renewed,
  START,
  sibling,
  update,
} from './edit.ts'
import { drawingOf, pointsOf, rounded, WIDTH } from './layout.ts'

const tag = (id: string): Step => ({ kind: 'tag', id, name: '', tag: id, remove: false })
const fork = (id: string, yes: Step[], no: Step[]): Step => ({
  kind: 'condition',
  id,
  name: '',
  rule: { kind: 'and', rules: [] },
  branches: [
    { key: 'yes', name: '', weight: 0, steps: yes },
    { key: 'no', name: '', weight: 0, steps: no },
  ],
})
const graphOf = (steps: Step[]): Graph => ({ ...PLAIN, triggers: [], entry: { kind: 'once' }, steps })
const ids = (graph: Graph) => stepsOf(graph.steps).map((step) => step.id)
const base = graphOf([tag('a'), fork('c', [tag('y')], []), tag('z')])

describe('editing', () => {
  test('NUR-02 steps that were taken out come back where they stood, and what was done since stays', () => {
    const without = remove(base, 'y')
    expect(putBack(without, base, ['y'])).toEqual(base)
    expect(ids(putBack(insert(without, { after: 'a', way: 'next' }, tag('new')), base, ['y']))).toEqual(['a', 'new', 'c', 'y', 'z'])
    expect(ids(putBack(insert(remove(base, 'c'), { after: START, way: 'next' }, tag('new')), base, ['c']))).toEqual([
      'new',
      'a',
      'c',
      'y',
      'z',
    ])
    // Where it stood is gone too: it comes back at the end. What is there again is left alone.
    expect(ids(putBack(remove(base, 'c'), base, ['y']))).toEqual(['a', 'z', 'y'])
    expect(ids(putBack(remove(base, 'a', 'c'), base, ['z']))).toEqual(['z'])
    expect(ids(putBack(graphOf([tag('n'), tag('z')]), base, ['a']))).toEqual(['a', 'n', 'z'])
  })
  test('a step goes where its place says: first, behind a step, into a branch, behind the join', () => {
    expect(ids(insert(base, { after: START, way: 'next' }, tag('n')))).toEqual(['n', 'a', 'c', 'y', 'z'])
    expect(ids(insert(base, { after: 'a', way: 'next' }, tag('n')))).toEqual(['a', 'n', 'c', 'y', 'z'])
    expect(ids(insert(base, { after: 'c', way: 'no' }, tag('n')))).toEqual(['a', 'c', 'y', 'n', 'z'])
    expect(insert(base, { after: 'c', way: JOINED }, tag('n')).steps.map((step) => step.id)).toEqual(['a', 'c', 'n', 'z'])
  })

  test('what is taken out goes with its branches; the graph before stays as it was', () => {
    expect(ids(remove(base, 'c'))).toEqual(['a', 'z'])
    expect(ids(base)).toEqual(['a', 'c', 'y', 'z'])
  })

  test('steps move among their siblings only', () => {
    expect(move(base, 'z', -1).steps.map((step) => step.id)).toEqual(['a', 'z', 'c'])
    expect(ids(move(base, 'y', 1))).toEqual(ids(base))
    expect(neighbours(base, 'y')).toEqual({ up: false, down: false })
    expect(neighbours(base, 'c')).toEqual({ up: true, down: true })
  })

  test('a copy has new ids throughout', () => {
    const { graph } = duplicate(base, 'c')
    expect(new Set(ids(graph)).size).toBe(6)
  })

  test('a wait for a reader takes the nearest mail before it', () => {
    const mail: Step = { kind: 'mail', id: 'm', name: '', template: '', purpose: 'marketing' }
    const made = blankStep('await', graphOf([mail, tag('a')]), { after: 'a', way: 'next' })
    expect(made).toMatchObject({ event: { kind: 'mail', step: 'm' } })
  })

  test('update reaches steps inside branches', () => {
    expect(stepsOf(update(base, 'y', (step) => ({ ...step, name: 'new' })).steps).find((step) => step.id === 'y')?.name).toBe('new')
  })
})

describe('moving and copying', () => {
  test('a step goes to any place but into itself and where it already is; its branches go with it', () => {
    expect(ids(relocate(base, ['a'], { after: 'y', way: 'next' }))).toEqual(['c', 'y', 'a', 'z'])
    expect(relocate(base, ['c'], { after: 'z', way: 'next' }).steps.map((step) => step.id)).toEqual(['a', 'z', 'c'])
    expect(relocate(base, ['c'], { after: 'y', way: 'next' })).toBe(base)
    const open = placesFor(base, ['c']).map((place) => `${place.after}/${place.way}`)
    expect(open).toEqual(['start/next', 'z/next'])
  })

  test('neighbours move together and keep their order; a range stays within one list', () => {
    expect(ids(relocate(base, ['a', 'c'], { after: 'z', way: 'next' }))).toEqual(['z', 'a', 'c', 'y'])
    expect(between(base, 'z', 'a')).toEqual(['a', 'c', 'z'])
    expect(between(base, 'a', 'y')).toEqual(['y'])
    expect([sibling(base, 'c', 1), sibling(base, 'y', 1), sibling(base, 'a', -1)]).toEqual(['z', null, null])
  })

  test('whatever is moved about, no step is lost or doubled', () => {
    const all = [...ids(base)].sort()
    let graph = base
    for (let turn = 0; turn < 300; turn++) {
      const steps = stepsOf(graph.steps)
      const step = steps[(turn * 7) % steps.length]
      const places = placesFor(graph, step ? [step.id] : [])
      const place = places[(turn * 5) % Math.max(1, places.length)]
      if (step && place) graph = relocate(graph, [step.id], place)
      expect([...ids(graph)].sort()).toEqual(all)
    }
  })

  test('nothing can be put behind an end', () => {
    expect(placesOf(graphOf([{ kind: 'end', id: 'e', name: '' }]))).toEqual([{ after: START, way: 'next' }])
  })

  test('copied steps come back from their text under new ids, and what waits for a mail among them waits for the copy', () => {
    const mail: Step = { kind: 'mail', id: 'm', name: '', template: '', purpose: 'marketing' }
    const waits = blankStep('await', graphOf([mail]), { after: 'm', way: 'next' })
    const read = stepsFrom(textOf([mail, waits]))
    expect(read).toEqual([mail, waits])
    const [copy, after] = renewed(read ?? [])
    expect(copy?.id).not.toBe('m')
    expect(after).toMatchObject({ event: { step: copy?.id } })
    expect(pickedOf(base, ['y', 'c']).map((step) => step.id)).toEqual(['c'])
  })

  test('what is no step of ours is not pasted', () => {
    for (const text of [
      '',
      'scenario steps',
      '{"hagukumi":"scenario steps","steps":[{"kind":"mail"}]}',
      '{"hagukumi":"scenario steps","steps":[]}',
    ])
      expect(stepsFrom(text)).toBeNull()
  })

  test('a scenario grows no larger and no deeper than the server takes', () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => tag(`t${i}`))
    expect(fits(graphOf(many(200)))).toBe(true)
    expect(fits(graphOf(many(201)))).toBe(false)
    let deep: Step[] = [tag('x')]
    for (let level = 0; level < 8; level++) deep = [fork(`f${level}`, deep, [])]
    expect(fits(graphOf(deep))).toBe(true)
    expect(fits(graphOf([fork('top', deep, [])]))).toBe(false)
  })
})

describe('the canvas', () => {
  const drawing = drawingOf(graphOf([tag('a'), fork('c', [tag('y')], [fork('d', [], [tag('n')])]), tag('z')]), () => 58)
  const at = (id: string) => {
    const found = drawing.nodes.find((node) => node.id === id)
    if (!found) throw new Error(id)
    return found
  }

  test('branches keep their order, joins are centred, and nothing lies upon anything', () => {
    expect(at('y').x).toBeLessThan(at('d').x)
    expect(at('z').x).toBe(at('a').x)
    for (const a of drawing.nodes)
      for (const b of drawing.nodes)
        if (a !== b) expect(Math.abs(a.x - b.x) >= WIDTH || a.y + a.height <= b.y || b.y + b.height <= a.y, `${a.id} ${b.id}`).toBe(true)
  })

  test('every way has a line, and every line ends at a node', () => {
    expect(
      drawing.lines
        .filter((line) => line.way)
        .map((line) => `${line.from}/${line.way}`)
        .sort(),
    ).toEqual(['a/next', 'c/no', 'c/yes', 'd/no', 'd/yes', 'n/next', 'start/next', 'y/next', 'z/next'])
    for (const line of drawing.lines) expect(at(line.to)).toBeDefined()
  })

  test('a branch that ends leads nowhere, and the other goes on', () => {
    const ended = drawingOf(graphOf([fork('c', [{ kind: 'end', id: 'e', name: '' }], [])]), () => 58)
    expect(ended.lines.map((line) => line.id)).toEqual(['start/next>c', 'c/yes>e', 'c/no>c/joined', 'c/joined>end'])
  })

  test('a line is a path without breaks', () => {
    expect(rounded(pointsOf({ lane: 50 }, { x: 0, y: 0 }, { x: 0, y: 120 }))).toMatch(/^M0 0L/)
    expect(rounded(pointsOf({ lane: 0 }, { x: 0, y: 0 }, { x: 0, y: 60 }))).not.toContain('NaN')
  })
})
