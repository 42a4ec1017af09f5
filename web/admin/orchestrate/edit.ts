// Changes to a scenario's steps as pure functions: each returns a new graph, so that undo is keeping the old one.
import type { Branch, Graph, Step, StepKind } from '#loop/orchestrate/graph/contract.ts'
import { branches, stepsOf } from '#loop/orchestrate/graph/contract.ts'

/** A place where a step can be put: behind a step (or the start), on one of its ways; `joined` is behind all branches of a step. */
export interface Place {
  readonly after: string
  readonly way: string
}

export const START = 'start'
export const GOAL = 'goal'
export const END = 'end'
export const JOINED = 'joined'

/** Puts a step at a place. */
export function insert(graph: Graph, place: Place, step: Step): Graph {
  if (place.after === START) return { ...graph, steps: [step, ...graph.steps] }
  return { ...graph, steps: inserted(graph.steps, place, step) }
}

function inserted(steps: readonly Step[], place: Place, step: Step): Step[] {
  return steps.flatMap((one): Step[] => {
    if (one.id !== place.after) return [within(one, (list) => inserted(list, place, step))]
    if (!branches(one) || place.way === JOINED) return [one, step]
    return [
      {
        ...one,
        branches: one.branches.map((branch) => (branch.key === place.way ? { ...branch, steps: [step, ...branch.steps] } : branch)),
      },
    ]
  })
}

function within(step: Step, change: (steps: readonly Step[]) => Step[]): Step {
  return branches(step) ? { ...step, branches: step.branches.map((branch) => ({ ...branch, steps: change(branch.steps) })) } : step
}

/** Takes a step out, with everything in its branches. */
export function remove(graph: Graph, id: string): Graph {
  const without = (steps: readonly Step[]): Step[] => steps.filter((one) => one.id !== id).map((one) => within(one, without))
  return { ...graph, steps: without(graph.steps) }
}

/** Replaces a step by what `change` makes of it. */
export function update(graph: Graph, id: string, change: (step: Step) => Step): Graph {
  const over = (steps: readonly Step[]): Step[] => steps.map((one) => (one.id === id ? change(one) : within(one, over)))
  return { ...graph, steps: over(graph.steps) }
}

/** Moves a step one place up (-1) or down (1) among its siblings. */
export function move(graph: Graph, id: string, by: -1 | 1): Graph {
  const swapped = (steps: readonly Step[]): Step[] => {
    const from = steps.findIndex((one) => one.id === id)
    const to = from + by
    const [a, b] = [steps[from], steps[to]]
    if (!a || !b) return steps.map((one) => within(one, swapped))
    return steps.map((one, i) => (i === from ? b : i === to ? a : one))
  }
  return { ...graph, steps: swapped(graph.steps) }
}

/** Puts a copy of a step, with new ids, behind it. */
export function duplicate(graph: Graph, id: string): { graph: Graph; id: string } {
  const found = stepsOf(graph.steps).find((one) => one.id === id)
  if (!found) return { graph, id }
  const copy = renamed(found)
  const place = { after: id, way: branches(found) ? JOINED : 'next' }
  return { graph: insert(graph, place, copy), id: copy.id }
}

function renamed(step: Step): Step {
  const copy = { ...step, id: newId() }
  return within(copy, (steps) => steps.map(renamed))
}

/** Whether a step can move up or down among its siblings. */
export function neighbours(graph: Graph, id: string): { up: boolean; down: boolean } {
  const look = (steps: readonly Step[]): { up: boolean; down: boolean } | null => {
    const at = steps.findIndex((one) => one.id === id)
    if (at >= 0) return { up: at > 0, down: at < steps.length - 1 }
    for (const one of steps)
      if (branches(one))
        for (const branch of one.branches) {
          const found = look(branch.steps)
          if (found) return found
        }
    return null
  }
  return look(graph.steps) ?? { up: false, down: false }
}

/** A short id that no other step has. */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(5))].map((byte) => byte.toString(36).padStart(2, '0')).join('')
}

const branch = (key: string, weight = 0): Branch => ({ key, name: '', weight, steps: [] })

const blanks: { readonly [K in StepKind]: (base: { id: string; name: string }) => Extract<Step, { kind: K }> } = {
  wait: (base) => ({ ...base, kind: 'wait', until: { kind: 'for', amount: 1, unit: 'days', businessHours: true } }),
  mail: (base) => ({ ...base, kind: 'mail', template: '', purpose: 'marketing' }),
  field: (base) => ({ ...base, kind: 'field', field: '', value: '' }),
  tag: (base) => ({ ...base, kind: 'tag', tag: '', remove: false }),
  points: (base) => ({ ...base, kind: 'points', score: 'main', amount: 10 }),
  notify: (base) => ({ ...base, kind: 'notify', by: 'signal', to: { kind: 'owner' }, channel: '', text: '', urgent: false }),
  handoff: (base) => ({ ...base, kind: 'handoff', note: '' }),
  webhook: (base) => ({ ...base, kind: 'webhook', url: '' }),
  end: (base) => ({ ...base, kind: 'end' }),
  condition: (base) => ({ ...base, kind: 'condition', rule: { kind: 'and', rules: [] }, branches: [branch('yes'), branch('no')] }),
  await: (base) => ({
    ...base,
    kind: 'await',
    event: { kind: 'mail', step: '', did: 'clicked', link: '' },
    within: { amount: 3, unit: 'days' },
    branches: [branch('happened'), branch('timedOut')],
  }),
  split: (base) => ({ ...base, kind: 'split', branches: [branch('a', 50), branch('b', 50)] }),
}

/** A new step of a kind, set as most people would set it. A wait for a mail's reader takes the nearest mail before it. */
export function blankStep(kind: StepKind, graph: Graph, place: Place): Step {
  const made: Step = blanks[kind]({ id: newId(), name: '' })
  if (made.kind !== 'await' || made.event.kind !== 'mail') return made
  const before = stepsOf(graph.steps)
  const upTo = before.findIndex((one) => one.id === place.after) + 1
  const mail = before
    .slice(0, upTo)
    .reverse()
    .find((one) => one.kind === 'mail')
  return { ...made, event: { ...made.event, step: mail?.id ?? '' } }
}
