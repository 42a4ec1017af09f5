// What a scenario is: triggers, an optional goal, and steps whose branches re-join by themselves. Browser-safe.
import { z } from 'zod'
import { eventMatch } from '#loop/score/condition/contract.ts'
import { SCORE_COLUMNS } from '#loop/score/rules/contract.ts'
import { rule } from '#loop/segment/rules/contract.ts'
import { actions } from './actions.ts'
import { amountOfTime, base, id, name, ref, time } from './parts.ts'

/** Steps a scenario may have in all, and how deep branches may lie in branches. */
export const MOST_STEPS = 200
export const DEEPEST = 8

/** Why somebody enters. Several triggers are joined by "or". */
export const trigger = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('segment'), id, segment: ref }),
  z.strictObject({ kind: z.literal('event'), id, match: eventMatch }),
  z.strictObject({ kind: z.literal('form'), id, form: ref }),
  z.strictObject({
    kind: z.literal('score'),
    id,
    score: z.string().max(80),
    column: z.enum(SCORE_COLUMNS),
    /** Columns of minus points are crossed downwards. */
    threshold: z.number().int().min(-100_000).max(100_000),
  }),
  /** `days` after (or, when negative, before) the day in a person's date field, at a time of day; `yearly` takes the anniversary. */
  z.strictObject({
    kind: z.literal('date'),
    id,
    field: z.string().max(80),
    days: z.number().int().min(-365).max(365),
    time,
    yearly: z.boolean().default(false),
  }),
])
export type Trigger = z.output<typeof trigger>

/** How often the same person may enter. There is never more than one run of a scenario at a time. */
export const entry = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('once') }),
  z.strictObject({ kind: z.literal('every'), days: z.number().int().min(1).max(3_650) }),
  z.strictObject({ kind: z.literal('each') }),
])
export type Entry = z.output<typeof entry>

/** What ends a run anywhere, as reached. */
export const goal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('event'), match: eventMatch }),
  z.strictObject({ kind: z.literal('segment'), segment: ref }),
])
export type Goal = z.output<typeof goal>

/** How long a wait is, or until when. Days of the kind `days` count from the instant of arrival; business days from its day. */
export const until = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('for'),
    amount: z.number().int().min(1).max(10_000),
    unit: z.enum(['minutes', 'hours', 'days']),
    businessHours: z.boolean().default(false),
  }),
  /** The n-th business day after today, at a time of day: 「翌営業日 9:30」 is n = 1. */
  z.strictObject({ kind: z.literal('businessDay'), days: z.number().int().min(1).max(365), time }),
  /** Now if the company is at work, else when it opens. */
  z.strictObject({ kind: z.literal('businessHours') }),
  /** The next time the clock shows that, on a business day if asked. */
  z.strictObject({ kind: z.literal('timeOfDay'), time, businessDays: z.boolean().default(true) }),
])
export type Until = z.output<typeof until>

/** An event to wait for: anything in the journal, or what the reader does with a mail of this scenario. */
export const awaited = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('event'), match: eventMatch }),
  z.strictObject({
    kind: z.literal('mail'),
    step: z.string().max(40),
    did: z.enum(['opened', 'clicked']),
    link: z.string().max(500).default(''),
  }),
  z.strictObject({ kind: z.literal('form'), form: ref }),
  z.strictObject({ kind: z.literal('segment'), segment: ref }),
])
export type Awaited = z.output<typeof awaited>

/** Steps without branches: actions, waits, and the end. */
const leaves = [
  z.strictObject({ ...base, kind: z.literal('wait'), until }),
  ...actions,
  z.strictObject({ ...base, kind: z.literal('end') }),
] as const
const leaf = z.discriminatedUnion('kind', leaves)
export type LeafStep = z.output<typeof leaf>

/** One way on from a branching step. Its key is what the step answers; the steps of all branches re-join after it. */
export interface Branch {
  key: string
  name: string
  /** Share of an A/B split; 0 elsewhere. */
  weight: number
  steps: Step[]
}
interface Branching<K extends string> {
  id: string
  name: string
  kind: K
  branches: Branch[]
}
export type ConditionStep = Branching<'condition'> & { rule: z.output<typeof rule> }
export type AwaitStep = Branching<'await'> & { event: Awaited; within: z.output<typeof amountOfTime> }
export type SplitStep = Branching<'split'>
export type BranchStep = ConditionStep | AwaitStep | SplitStep
export type Step = LeafStep | BranchStep
export type StepKind = Step['kind']

const step: z.ZodType<Step> = z.lazy(() => {
  const branches = (keys: z.ZodType<string>, least: number, most: number) =>
    z
      .array(
        z.strictObject({
          key: keys,
          name: name.default(''),
          weight: z.number().int().min(0).max(100).default(0),
          steps: z.array(step).max(MOST_STEPS),
        }),
      )
      .min(least)
      .max(most)
  return z.discriminatedUnion('kind', [
    ...leaves,
    z.strictObject({ ...base, kind: z.literal('condition'), rule, branches: branches(z.enum(['yes', 'no']), 2, 2) }),
    z.strictObject({
      ...base,
      kind: z.literal('await'),
      event: awaited,
      within: amountOfTime,
      branches: branches(z.enum(['happened', 'timedOut']), 2, 2),
    }),
    z.strictObject({ ...base, kind: z.literal('split'), branches: branches(z.string().regex(/^[a-h]$/), 2, 8) }),
  ])
})

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
  steps: z.array(step).max(MOST_STEPS),
})
export type Graph = z.output<typeof shape>

/** A scenario as it comes from outside: at most 200 steps, branches at most 8 deep. It may be unfinished; `problemsOf` says what is missing. */
export const graph = z
  .custom<unknown>(isSmall, { message: `A scenario has at most ${MOST_STEPS} steps, and branches at most ${DEEPEST} deep.` })
  .pipe(shape)

/** Whether a step has branches. */
export function branches(one: Step): one is BranchStep {
  return one.kind === 'condition' || one.kind === 'await' || one.kind === 'split'
}

/** All steps in reading order, those of branches after the step that has them. */
export function stepsOf(steps: readonly Step[]): Step[] {
  return steps.flatMap((one) => (branches(one) ? [one, ...one.branches.flatMap((branch) => stepsOf(branch.steps))] : [one]))
}
