// What two versions differ in, and where people who stand in the one would stand in the other. Pure.
import { branches, type Graph, type Step, stepsOf } from '../graph/contract.ts'

/** A property that is not the same. A value that is not there is null. */
export interface PropChange {
  readonly prop: string
  readonly was: unknown
  readonly is: unknown
}

/** One step that differs. `moved` besides `changed`: it stands in another place, too. */
export interface StepChange {
  readonly id: string
  readonly name: string
  readonly kind: string
  readonly change: 'added' | 'removed' | 'changed' | 'moved'
  readonly moved: boolean
  readonly props: readonly PropChange[]
}

export interface Diff {
  readonly steps: readonly StepChange[]
  /** Triggers, goal, entry and whatever else belongs to the scenario as a whole. */
  readonly whole: readonly PropChange[]
}

/** What changed from one version to another: steps in the reading order of the newer, removed ones last. */
export function diffOf(before: Graph, after: Graph): Diff {
  const [was, is] = [byId(before), byId(after)]
  const moved = movedOf(before, after)
  const kept = [...is.values()].flatMap((step): StepChange[] => {
    const old = was.get(step.id)
    const told = { id: step.id, name: step.name, kind: step.kind }
    if (!old) return [{ ...told, change: 'added', moved: false, props: [] }]
    const props = propsOf(ownOf(old), ownOf(step))
    const isMoved = moved.has(step.id)
    return props.length || isMoved ? [{ ...told, change: props.length ? 'changed' : 'moved', moved: isMoved, props }] : []
  })
  const gone = [...was.values()]
    .filter((step) => !is.has(step.id))
    .map(({ id, name, kind }): StepChange => ({ id, name, kind, change: 'removed', moved: false, props: [] }))
  return { steps: [...kept, ...gone], whole: propsOf({ ...before, steps: null }, { ...after, steps: null }) }
}

/** The steps of a graph, at any depth, by id. */
export const byId = ({ steps }: Graph): Map<string, Step> => new Map(stepsOf(steps).map((step) => [step.id, step]))

/** A step without its id, and of its branches only what is said of them: their steps are compared by themselves. */
function ownOf(step: Step): Record<string, unknown> {
  const { id: _, ...own } = step
  return branches(step) ? { ...own, branches: step.branches.map(({ key, name, weight }) => ({ key, name, weight })) } : own
}

function propsOf(was: Readonly<Record<string, unknown>>, is: Readonly<Record<string, unknown>>): PropChange[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((prop) => !isSame(was[prop], is[prop]))
    .map((prop) => ({ prop, was: was[prop] ?? null, is: is[prop] ?? null }))
}

/** Equal as JSON: the database sorts the keys of objects, and what was not written is not there. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false
  const [one, two] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return [...new Set([...Object.keys(one), ...Object.keys(two)])].every((key) => isSame(one[key], two[key]))
}

/** Steps of both that stand in another branch, or in another order than the most of their branch that kept it. */
function movedOf(before: Graph, after: Graph): Set<string> {
  const [was, is] = [placesOf(before.steps), placesOf(after.steps)]
  const moved = new Set([...is.keys()].filter((id) => was.has(id) && was.get(id)?.list !== is.get(id)?.list))
  const lists = new Map<string, { id: string; at: number }[]>()
  for (const [id, { list }] of is) {
    const old = was.get(id)
    if (old?.list === list) lists.set(list, [...(lists.get(list) ?? []), { id, at: old.at }])
  }
  for (const list of lists.values()) {
    const still = longestRising(list.map((one) => one.at))
    for (const one of list) if (!still.has(one.at)) moved.add(one.id)
  }
  return moved
}

function placesOf(steps: readonly Step[], list = '', into = new Map<string, { list: string; at: number }>()) {
  for (const [at, step] of steps.entries()) {
    into.set(step.id, { list, at })
    if (branches(step)) for (const branch of step.branches) placesOf(branch.steps, `${step.id}/${branch.key}`, into)
  }
  return into
}

/** The values of a longest rising subsequence (patience sorting, Schensted 1961). */
function longestRising(values: readonly number[]): Set<number> {
  const ends: number[] = []
  const before = new Map<number, number | undefined>()
  for (const value of values) {
    const pile = ends.findIndex((end) => end >= value)
    const at = pile < 0 ? ends.length : pile
    before.set(value, ends[at - 1])
    ends[at] = value
  }
  const found = new Set<number>()
  for (let value = ends.at(-1); value !== undefined; value = before.get(value)) found.add(value)
  return found
}

/** Where whoever stands at a step goes: a step of the newer version, or null for its end. */
export type StepMap = Readonly<Record<string, string | null>>

/** The same step where it is still there; else the next one after it that is; else the end. */
export function proposeMap(before: Graph, after: Graph): StepMap {
  const next = followersOf(before.steps)
  const there = byId(after)
  return Object.fromEntries(
    stepsOf(before.steps).map(({ id }) => {
      let to: string | null = id
      while (to !== null && !there.has(to)) to = next.get(to) ?? null
      return [id, to]
    }),
  )
}

/** What follows each step once all its branches are over. */
function followersOf(steps: readonly Step[], after: string | null = null, into = new Map<string, string | null>()) {
  for (const [at, step] of steps.entries()) {
    const next = steps[at + 1]?.id ?? after
    into.set(step.id, next)
    if (branches(step)) for (const branch of step.branches) followersOf(branch.steps, next, into)
  }
  return into
}

/** Why a map cannot be used. */
export interface MapProblem {
  readonly step: string
  readonly code: 'noSuchStep' | 'noSuchTarget'
}

/** What is wrong in a map that a human wrote; steps it does not name go by the proposal. */
export function mapProblems(before: Graph, after: Graph, map: StepMap): MapProblem[] {
  const [was, is] = [byId(before), byId(after)]
  return Object.entries(map).flatMap(([step, to]): MapProblem[] => {
    if (!was.has(step)) return [{ step, code: 'noSuchStep' }]
    return to !== null && !is.has(to) ? [{ step, code: 'noSuchTarget' }] : []
  })
}

/** The whole map: what a human wrote over what is proposed. */
export function fullMap(before: Graph, after: Graph, written: StepMap): StepMap {
  return { ...proposeMap(before, after), ...written }
}
