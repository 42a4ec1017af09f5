// Cross tables, movements between stages, and how interest is spread. Every number says by which rule its people are listed. Browser-safe.
import { z } from 'zod'
import { endpoint, uuid } from '#kernel/endpoint.ts'
import { STAGES } from '#loop/sales/stage/vocabulary.ts'
import { eventMatch } from '#loop/score/condition/contract.ts'
import { counted, sort } from '#loop/segment/compare/contract.ts'
import { rule } from '#loop/segment/rules/contract.ts'

const fact = z.string().min(1).max(120)

/** How often somebody did something: the columns of a cross table over behaviour. */
export const TIMES = [
  { from: 0, to: 0 },
  { from: 1, to: 1 },
  { from: 2, to: 4 },
  { from: 5, to: null },
] as const

const column = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fact'), fact }),
  z.strictObject({ kind: z.literal('event'), match: eventMatch, days: z.number().int().min(1).max(3_650).default(30) }),
])
export type ColumnAsk = z.output<typeof column>

const times = z.object({ kind: z.literal('times'), from: z.number().int(), to: z.number().int().nullable() })
const heading = z.discriminatedUnion('kind', [...sort.options, times])
export type Heading = z.output<typeof heading>

/** Where a lead stood; `none`: not a lead yet. */
export const PLACES = ['none', ...STAGES] as const
const place = z.enum(PLACES)
export type Place = z.output<typeof place>

const day = z.iso.date()
const bar = z.object({ key: z.string(), from: z.number().nullable(), to: z.number().nullable(), ...counted.shape })
export type Bar = z.output<typeof bar>

export const analysisContract = {
  cross: endpoint({
    method: 'POST',
    path: '/reports/cross',
    permission: 'reports.read',
    summary: 'A cross table of leads: the values of a fact by how often something was done lately, or by another fact',
    input: z.object({ row: fact, column, within: rule.optional().describe('Only leads whom this rule means') }),
    output: z.object({
      total: counted,
      several: z.boolean().describe('A lead may stand in several rows or columns, so that they add up to more than the total'),
      columns: z.array(z.object({ heading, ...counted.shape })),
      rows: z.array(z.object({ heading, ...counted.shape, cells: z.array(counted) })),
    }),
  }),
  stages: endpoint({
    method: 'GET',
    path: '/reports/stages',
    permission: 'reports.read',
    summary: 'Where leads stood when a period began and when it ended, those who stayed included',
    input: z.object({ from: day, to: day }),
    output: z.object({
      places: z.array(place),
      cells: z.array(z.object({ from: place, to: place, ...counted.shape })),
    }),
  }),
  spread: endpoint({
    method: 'GET',
    path: '/reports/spread',
    permission: 'reports.read',
    summary: 'How many leads there are by band of the score, rank, heat and stage',
    input: z.object({ segment: uuid.optional() }),
    output: z.object({
      total: z.number().int(),
      score: z.array(bar),
      rank: z.array(bar),
      heat: z.array(bar),
      stage: z.array(bar),
    }),
  }),
}
