// Steps with several ways on: what they ask, and which keys their ways have. Browser-safe.
import { z } from 'zod'
import { rule } from '#loop/segment/rules/contract.ts'
import { amountOfTime, base, name, ref } from './parts.ts'
import { awaited } from './waits.ts'

/** Keys of ways that a marketer adds. */
const way = z.string().regex(/^[a-h]$/)

/** One of several ways: the first whose rule is true of the person is taken. */
const switchCase = z.strictObject({ key: way, name: name.default(''), rule })
export type SwitchCase = z.output<typeof switchCase>

/** Who gets a task: the lead's owner, one colleague, or whoever takes it. */
export const assignee = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('owner') }),
  z.strictObject({ kind: z.literal('user'), user: ref }),
  z.strictObject({ kind: z.literal('none') }),
])
export type Assignee = z.output<typeof assignee>

/** One way on from a branching step. Its key is what the step answers; the steps of all branches re-join after it. */
export interface Branch<S> {
  key: string
  name: string
  /** Share of an A/B split; 0 elsewhere. */
  weight: number
  steps: S[]
}

/**
 * What each kind of branching step asks, besides its ways.
 * - `switch` has a way for each case, and `else`.
 * - `holdout` has `treated` and `held`; colleagues share an arm.
 * - `task` has a way for each result, and `timedOut`; without results it has no ways and does not wait.
 */
export const asked = {
  condition: { ...base, kind: z.literal('condition'), rule },
  await: { ...base, kind: z.literal('await'), event: awaited, within: amountOfTime },
  split: { ...base, kind: z.literal('split') },
  switch: { ...base, kind: z.literal('switch'), cases: z.array(switchCase).max(8) },
  holdout: { ...base, kind: z.literal('holdout'), share: z.number().int().min(1).max(90) },
  task: {
    ...base,
    kind: z.literal('task'),
    title: z.string().max(200),
    script: z.string().max(5_000).default(''),
    assignee: assignee.default({ kind: 'owner' }),
    results: z
      .array(z.strictObject({ key: way, name }))
      .max(8)
      .default([]),
    /** How long the result is waited for; without results, when the task is due. */
    within: amountOfTime.default({ amount: 7, unit: 'days' }),
  },
} as const

/** Keys of ways, and the fewest and most there can be, by kind. */
export const WAYS = {
  condition: { key: z.enum(['yes', 'no']), least: 2, most: 2 },
  await: { key: z.enum(['happened', 'timedOut']), least: 2, most: 2 },
  split: { key: way, least: 2, most: 8 },
  switch: { key: z.string().regex(/^([a-h]|else)$/), least: 1, most: 9 },
  holdout: { key: z.enum(['treated', 'held']), least: 2, most: 2 },
  task: { key: z.string().regex(/^([a-h]|timedOut)$/), least: 0, most: 9 },
} as const

type Asked<K extends keyof typeof asked, S> = z.output<z.ZodObject<(typeof asked)[K]>> & { branches: Branch<S>[] }
export type Branching<S> = { [K in keyof typeof asked]: Asked<K, S> }

/** The schema of a branching step, whose branches hold steps of the given schema. */
export function branching<K extends keyof typeof asked, S extends z.ZodType>(kind: K, step: S, most: number) {
  const { key, least, most: ways } = WAYS[kind]
  const branch = z.strictObject({
    key: key as z.ZodType<string>,
    name: name.default(''),
    weight: z.number().int().min(0).max(100).default(0),
    steps: z.array(step).max(most),
  })
  return z.strictObject({ ...asked[kind], branches: z.array(branch).min(least).max(ways) })
}
