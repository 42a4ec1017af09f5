// What a scenario is: triggers, an optional goal, and steps whose branches re-join by themselves. Browser-safe.
import { z } from 'zod'
import { actions } from './actions.ts'
import { type Branching, branching, type Branch as Way } from './branches.ts'
import { base } from './parts.ts'
import { entry, exit, goal, late, trigger } from './triggers.ts'
import { until } from './waits.ts'

export type { Assignee, SwitchCase } from './branches.ts'
export type { Entry, Exit, Goal, Late, ScheduleDays, Trigger, TriggerKind } from './triggers.ts'
export type { Awaited, Until } from './waits.ts'

/** Steps a scenario may have in all, and how deep branches may lie in branches. */
export const MOST_STEPS = 200
export const DEEPEST = 8
/** The largest share of people a scenario may hold back, in percent. */
export const MOST_HELD = 50

/** Steps without branches: actions, waits, and the end. */
const leaves = [
  z.strictObject({ ...base, kind: z.literal('wait'), until }),
  ...actions,
  z.strictObject({ ...base, kind: z.literal('end') }),
] as const
const leaf = z.discriminatedUnion('kind', leaves)
export type LeafStep = z.output<typeof leaf>

export type Branch = Way<Step>
type Kinds = Branching<Step>
export interface ConditionStep extends Omit<Kinds['condition'], 'branches'> {
  branches: Branch[]
}
export interface AwaitStep extends Omit<Kinds['await'], 'branches'> {
  branches: Branch[]
}
export interface SplitStep extends Omit<Kinds['split'], 'branches'> {
  branches: Branch[]
}
export interface SwitchStep extends Omit<Kinds['switch'], 'branches'> {
  branches: Branch[]
}
export interface HoldoutStep extends Omit<Kinds['holdout'], 'branches'> {
  branches: Branch[]
}
export interface TaskStep extends Omit<Kinds['task'], 'branches'> {
  branches: Branch[]
}
export type BranchStep = ConditionStep | AwaitStep | SplitStep | SwitchStep | HoldoutStep | TaskStep
export type Step = LeafStep | BranchStep
export type StepKind = Step['kind']

const step: z.ZodType<Step> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    ...leaves,
    branching('condition', step, MOST_STEPS),
    branching('await', step, MOST_STEPS),
    branching('split', step, MOST_STEPS),
    branching('switch', step, MOST_STEPS),
    branching('holdout', step, MOST_STEPS),
    branching('task', step, MOST_STEPS),
  ]),
)

/** Depth and number of steps are looked at before anything recurses. */
function isSmall(value: unknown): boolean {
  let level: unknown[] = listOf(value, 'steps')
  for (let depth = 0, seen = 0; level.length; depth++) {
    seen += level.length
    if (depth > DEEPEST || seen > MOST_STEPS) return false
    level = level.flatMap((one) => listOf(one, 'branches').flatMap((branch) => listOf(branch, 'steps')))
  }
  return true
}

function listOf(value: unknown, key: string): unknown[] {
  const list = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
  return Array.isArray(list) ? list : []
}

const shape = z.strictObject({
  triggers: z.array(trigger).max(10),
  entry,
  goal: goal.nullable().default(null),
  /** Several are joined by "or". */
  exits: z.array(exit).max(10).default([]),
  late: late.default({ kind: 'run' }),
  /** Whose mails go first where not all may go: 5 before 1. */
  priority: z.number().int().min(1).max(5).default(3),
  /** Percent of those who would enter that are held back instead, so that the effect can be measured; colleagues share an arm. */
  holdout: z.number().int().min(0).max(MOST_HELD).default(0),
  steps: z.array(step).max(MOST_STEPS),
})
export type Graph = z.output<typeof shape>

/** What a scenario is like that says nothing of it. */
export const PLAIN = { goal: null, exits: [], late: { kind: 'run' }, priority: 3, holdout: 0 } satisfies Partial<Graph>

/** A scenario as it comes from outside: at most 200 steps, branches at most 8 deep. It may be unfinished; `problemsOf` says what is missing. */
export const graph = z
  .custom<unknown>(isSmall, { message: `A scenario has at most ${MOST_STEPS} steps, and branches at most ${DEEPEST} deep.` })
  .pipe(shape)

/** A stored scenario: what it says nothing of, because it was saved before there was a word for it, is as it always was. */
export function storedGraph(value: unknown): Graph {
  return graph.parse(value)
}

/** Whether a step has branches. A task without results has none, and reads like an action. */
export function branches(one: Step): one is BranchStep {
  return 'branches' in one && one.branches.length > 0
}

/** All steps in reading order, those of branches after the step that has them. */
export function stepsOf(steps: readonly Step[]): Step[] {
  return steps.flatMap((one) => (branches(one) ? [one, ...one.branches.flatMap((branch) => stepsOf(branch.steps))] : [one]))
}
