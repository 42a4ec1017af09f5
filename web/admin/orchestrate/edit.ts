// Changes to a scenario's steps as pure functions: each returns a new graph, so that undo is keeping the old one.
import { branches, DEEPEST, type Graph, MOST_STEPS, type Step, stepsOf } from '#loop/orchestrate/graph/contract.ts'

/** A place where a step can be put: behind a step (or the start), on one of its ways; `joined` is behind all branches of a step. */
export interface Place {
  readonly after: string
  readonly way: string
}

export const START = 'start'
export const GOAL = 'goal'
export const END = 'end'
export const JOINED = 'joined'

/** Puts steps at a place, one behind the other. */
export function insert(graph: Graph, place: Place, ...made: readonly Step[]): Graph {
  if (place.after === START) return { ...graph, steps: [...made, ...graph.steps] }
  return { ...graph, steps: inserted(graph.steps, place, made) }
}

function inserted(steps: readonly Step[], place: Place, made: readonly Step[]): Step[] {
  return steps.flatMap((one): Step[] => {
    if (one.id !== place.after) return [within(one, (list) => inserted(list, place, made))]
    if (!branches(one) || place.way === JOINED) return [one, ...made]
    return [
      {
        ...one,
        branches: one.branches.map((branch) => (branch.key === place.way ? { ...branch, steps: [...made, ...branch.steps] } : branch)),
      },
    ]
  })
}

function within(step: Step, change: (steps: readonly Step[]) => Step[]): Step {
  return branches(step) ? { ...step, branches: step.branches.map((branch) => ({ ...branch, steps: change(branch.steps) })) } : step
}

/** Takes steps out, with everything in their branches. */
export function remove(graph: Graph, ...ids: readonly string[]): Graph {
  const without = (steps: readonly Step[]): Step[] => steps.filter((one) => !ids.includes(one.id)).map((one) => within(one, without))
  return { ...graph, steps: without(graph.steps) }
}

/**
 * Puts steps that were taken out back into what the scenario has become since: behind what they stood behind, and at the end where
 * nothing of that is left. What is there again is left alone.
 */
export function putBack(now: Graph, before: Graph, ids: readonly string[]): Graph {
  const there = new Map(stepsOf(now.steps).map((one) => [one.id, one]))
  const taken = pickedOf(before, ids).filter((one) => !stepsOf([one]).some(({ id }) => there.has(id)))
  const place = placesBefore(before.steps, taken[0]?.id ?? '', { after: START, way: 'next' })?.find(({ after, way }) => {
    const step = there.get(after)
    return after === START || (step && (way === JOINED || (branches(step) && step.branches.some((branch) => branch.key === way))))
  })
  if (!taken.length) return now
  if (!place) return { ...now, steps: [...now.steps, ...taken] }
  return insert(now, place, ...taken)
}

/** What a step stands behind, the nearest first: steps of its list, then the way the list is on. */
function placesBefore(steps: readonly Step[], id: string, way: Place): Place[] | null {
  const at = steps.findIndex((one) => one.id === id)
  if (at >= 0)
    return [
      ...steps
        .slice(0, at)
        .reverse()
        .map((one) => ({ after: one.id, way: JOINED })),
      way,
    ]
  const lists = steps
    .filter(branches)
    .flatMap((one) => one.branches.map((branch) => ({ list: branch.steps, after: one.id, way: branch.key })))
  for (const { list, after, way: key } of lists) {
    const found = placesBefore(list, id, { after, way: key })
    if (found) return found
  }
  return null
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

/** Every place of a scenario in reading order: where something can be put. Nothing lies behind an end. */
export function placesOf(graph: Graph): Place[] {
  const over = (steps: readonly Step[]): Place[] =>
    steps.flatMap((one): Place[] => {
      if (one.kind === 'end') return []
      if (!branches(one)) return [{ after: one.id, way: 'next' }]
      const inside = one.branches.flatMap((branch) => [{ after: one.id, way: branch.key }, ...over(branch.steps)])
      return [...inside, { after: one.id, way: JOINED }]
    })
  return [{ after: START, way: 'next' }, ...over(graph.steps)]
}

/** Where some steps (neighbours, in order) can be moved to: nowhere inside themselves, and not where they already are. */
export function placesFor(graph: Graph, ids: readonly string[]): Place[] {
  const before = shapeOf(graph)
  const inside = new Set(stepsOf(pickedOf(graph, ids)).map((one) => one.id))
  return placesOf(graph).filter((place) => !inside.has(place.after) && shapeOf(relocate(graph, ids, place)) !== before)
}

/** Moves steps (neighbours, in order) to a place outside themselves. */
export function relocate(graph: Graph, ids: readonly string[], place: Place): Graph {
  const made = pickedOf(graph, ids)
  if (!made.length || stepsOf(made).some((one) => one.id === place.after)) return graph
  return insert(remove(graph, ...ids), place, ...made)
}

/** Order and nesting of all steps, nothing else. */
function shapeOf(graph: Graph): string {
  const over = (steps: readonly Step[]): string =>
    steps.map((one) => (branches(one) ? `${one.id}(${one.branches.map((branch) => over(branch.steps)).join('|')})` : one.id)).join()
  return over(graph.steps)
}

/** The steps of these ids in reading order, each with what is in its branches. */
export function pickedOf(graph: Graph, ids: readonly string[]): Step[] {
  const over = (steps: readonly Step[]): Step[] =>
    steps.flatMap((one) => (ids.includes(one.id) ? [one] : branches(one) ? one.branches.flatMap((branch) => over(branch.steps)) : []))
  return over(graph.steps)
}

/** Ids from one step to another of the same list; the second alone when they stand in different lists. */
export function between(graph: Graph, from: string, to: string): string[] {
  const look = (steps: readonly Step[]): string[] | null => {
    const [a, b] = [steps.findIndex((one) => one.id === from), steps.findIndex((one) => one.id === to)]
    if (a >= 0 && b >= 0) return steps.slice(Math.min(a, b), Math.max(a, b) + 1).map((one) => one.id)
    for (const one of steps)
      for (const branch of branches(one) ? one.branches : []) {
        const found = look(branch.steps)
        if (found) return found
      }
    return null
  }
  return look(graph.steps) ?? [to]
}

/** The step before (-1) or after (1) a step in its own list. */
export function sibling(graph: Graph, id: string, by: -1 | 1): string | null {
  const look = (steps: readonly Step[]): string | null | undefined => {
    const at = steps.findIndex((one) => one.id === id)
    if (at >= 0) return steps[at + by]?.id ?? null
    const lists = steps.flatMap((one) => (branches(one) ? one.branches.map((branch) => branch.steps) : []))
    return lists.map(look).find((found) => found !== undefined)
  }
  return look(graph.steps) ?? null
}

/** The place behind a step and all its branches: where its copy goes. */
export function placeBehind(graph: Graph, id: string): Place {
  const found = stepsOf(graph.steps).find((one) => one.id === id)
  return { after: id, way: found && branches(found) ? JOINED : 'next' }
}

/** Puts copies of steps, with new ids, behind the last of them. */
export function duplicate(graph: Graph, ...ids: readonly string[]): { graph: Graph; id: string } {
  const made = renewed(pickedOf(graph, ids))
  const [last, first] = [ids.at(-1), made[0]]
  if (last === undefined || !first) return { graph, id: last ?? START }
  return { graph: insert(graph, placeBehind(graph, last), ...made), id: first.id }
}

/** The same steps under new ids; what refers to a step among them follows. */
export function renewed(steps: readonly Step[]): Step[] {
  const ids = new Map(stepsOf(steps).map((one) => [one.id, newId()]))
  const over = (list: readonly Step[]): Step[] =>
    list.map((one) => {
      const copy = { ...one, id: ids.get(one.id) ?? newId() }
      const known = copy.kind === 'await' && copy.event.kind === 'mail' ? ids.get(copy.event.step) : undefined
      const led = known && copy.kind === 'await' && copy.event.kind === 'mail' ? { ...copy, event: { ...copy.event, step: known } } : copy
      return within(led, over)
    })
  return over(steps)
}

/** Whether a scenario is no larger and no deeper than the server takes. */
export function fits(graph: Graph): boolean {
  const deep = (steps: readonly Step[]): number =>
    Math.max(0, ...steps.map((one) => (branches(one) ? Math.max(...one.branches.map((branch) => deep(branch.steps))) : 0) + 1))
  return stepsOf(graph.steps).length <= MOST_STEPS && deep(graph.steps) <= DEEPEST + 1
}

/** Whether a step can move up or down among its siblings. */
export function neighbours(graph: Graph, id: string): { up: boolean; down: boolean } {
  return { up: sibling(graph, id, -1) !== null, down: sibling(graph, id, 1) !== null }
}

/** A short id that no other step has. */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(5))].map((byte) => byte.toString(36).padStart(2, '0')).join('')
}
