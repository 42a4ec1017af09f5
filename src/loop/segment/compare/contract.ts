// Two segments (or dated lists) beside each other. Browser-safe.
import { z } from 'zod'
import { endpoint, uuid } from '#kernel/endpoint.ts'
import { rule } from '../rules/contract.ts'

const side = z.strictObject({ kind: z.enum(['segment', 'snapshot']), id: uuid })
export type Side = z.output<typeof side>

/** A number of leads and the rule that lists them. */
export const counted = z.object({ people: z.number().int(), rule })
export type Counted = z.output<typeof counted>

/** What a row or column of a table stands for. */
export const sort = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('value'), value: z.string() }),
  z.object({ kind: z.literal('other') }),
  z.object({ kind: z.literal('none') }),
])

/** The facts that are shown unless others are asked for. */
export const COMPARED = [
  'industry',
  'prefecture',
  'employeeBand',
  'sourceFirst',
  'sales.stage',
  'score.main.rank',
  'score.main.heat',
] as const

export const compareContract = {
  compare: endpoint({
    method: 'POST',
    path: '/segments/compare',
    permission: 'segments.read',
    summary: 'Two segments or dated lists beside each other: leads in each, in both, and how they spread over facts',
    input: z.object({
      a: side,
      b: side,
      facts: z
        .array(z.string().min(1).max(120))
        .max(12)
        .default([...COMPARED]),
    }),
    output: z.object({
      a: counted.extend({ name: z.string() }),
      b: counted.extend({ name: z.string() }),
      both: counted,
      onlyA: counted,
      onlyB: counted,
      facts: z.array(z.object({ fact: z.string(), rows: z.array(z.object({ sort, a: counted, b: counted })) })),
    }),
  }),
}
