// The time machine over the API: a draft, or two, played over the real journal of the last months. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { graph } from '../graph/contract.ts'

export const MOST_MONTHS = 24
export const PARTS = ['a', 'b'] as const
const part = z.enum(PARTS)
export type PartKey = z.output<typeof part>

/** Which form of a scenario: its draft, a published version, or each version at the time at which it was live. */
const which = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('draft') }),
  z.object({ kind: z.literal('version'), version: z.number().int().min(1) }),
  z.object({ kind: z.literal('recorded') }),
])
export type Which = z.output<typeof which>

/** How people answer a mail that they never really got: not at all, or as often as people answered before. */
export const ASSUMPTIONS = ['none', 'historic'] as const

const asked = z.object({
  months: z.number().int(),
  from: instant,
  until: instant,
  assumption: z.enum(ASSUMPTIONS),
  parts: z.array(z.object({ key: part, scenario: uuid, name: z.string(), which, graph })),
})
export type Asked = z.output<typeof asked>

const number = z.number()
const named = z.object({ key: z.string(), name: z.string(), kind: z.enum(['newsletter', 'scenario', 'other']) })

const mailNumbers = z.object({
  step: z.string(),
  sent: number,
  postponed: number,
  waiting: number,
  held: z.record(z.string(), number).describe('Mails that did not go out, by reason'),
  opened: number,
  clicked: number,
})

const partResult = z.object({
  key: part,
  entered: number,
  people: number,
  again: z.object({ busy: number, entry: number }).describe('Triggers that let nobody in: on the way already, or entered before'),
  ends: z.record(z.string(), number),
  waiting: z.record(z.string(), number).describe('By step, at the end of the window'),
  ways: z.array(z.object({ step: z.string(), way: z.string(), n: number })),
  mails: z.array(mailNumbers),
  days: z.array(z.object({ day: z.string(), entered: number, mails: number, ended: number, postponed: number })),
  weeks: z
    .object({ own: z.array(number), all: z.array(number) })
    .describe('Person-weeks with 1, 2, 3, 4 and more mails: of the draft alone, and of everything'),
  collisions: z.array(named.extend({ people: number, mails: number })),
  caps: z.array(z.object({ reason: z.string(), mails: number, hours: number.describe('Mean delay'), givenUp: number })),
  conditions: z.array(z.object({ step: z.string(), asked: number, todays: z.record(z.string(), number) })),
  answers: z.object({ recorded: number, template: number, drawn: number, silent: number }).describe('Where the answers to mails came from'),
  effects: z.record(z.string(), number).describe('Other steps that were passed and not performed, by kind'),
  segments: z.array(z.object({ id: uuid, name: z.string(), how: z.enum(['recorded', 'computed']), until: instant.nullable() })),
  outside: z
    .array(z.string())
    .describe('Kinds of steps and triggers of this draft that the simulation takes otherwise than they would run'),
})
export type PartResult = z.output<typeof partResult>

const result = z.object({
  parts: z.array(partResult),
  both: z.object({ a: number, b: number, both: number }).nullable().describe('People who entered only one of the drafts, or both'),
  events: number,
})
export type SimulationResult = z.output<typeof result>

const summary = z.object({
  id: uuid,
  scenario: uuid,
  state: z.enum(['waiting', 'running', 'done', 'cancelled', 'failed']),
  progress: number,
  events: number,
  failure: z.string().nullable(),
  madeBy: z.string(),
  madeAt: instant,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  deletedAt: instant,
  asked,
})
export type SimulationSummary = z.output<typeof summary>
const detail = summary.extend({ result: result.nullable() })
export type SimulationDetail = z.output<typeof detail>

const shown = z.object({
  personId: uuid,
  name: z.string(),
  company: z.string().nullable(),
  isLead: z.boolean(),
  at: instant,
  note: z.looseObject({}),
})
export type SimulatedPerson = z.output<typeof shown>
const byId = z.object({ id: uuid })

export const simulationsContract = {
  list: endpoint({
    method: 'GET',
    path: '/scenarios/{scenario}/simulations',
    permission: 'scenarios.read',
    summary: 'Simulations of a scenario of the last 30 days, the newest first',
    input: z.object({ scenario: uuid }),
    output: z.object({ items: z.array(summary) }),
  }),
  start: endpoint({
    method: 'POST',
    path: '/scenarios/{scenario}/simulations',
    permission: 'scenarios.write',
    summary: 'Play a draft, or two, over the journal of the last months; nothing is sent and nothing is written to the journal',
    input: z.object({
      scenario: uuid,
      which: which.default({ kind: 'draft' }),
      /** Compared with it. */
      other: z.object({ scenario: uuid, which }).nullable().default(null),
      months: z.number().int().min(1).max(MOST_MONTHS).default(6),
      assumption: z.enum(ASSUMPTIONS).default('none'),
    }),
    output: detail,
  }),
  get: endpoint({
    method: 'GET',
    path: '/simulations/{id}',
    permission: 'scenarios.read',
    summary: 'A simulation with its numbers',
    input: byId,
    output: detail,
  }),
  cancel: endpoint({
    method: 'POST',
    path: '/simulations/{id}/cancel',
    permission: 'scenarios.write',
    summary: 'Stop a simulation that is running',
    input: byId,
    output: done,
  }),
  remove: endpoint({
    method: 'DELETE',
    path: '/simulations/{id}',
    permission: 'scenarios.write',
    summary: 'Delete a simulation before its 30 days are over',
    input: byId,
    output: done,
  }),
  day: endpoint({
    method: 'GET',
    path: '/simulations/{id}/days/{day}',
    permission: 'scenarios.read',
    summary: 'How many had taken which way by the end of a day of the window (0 is its first), and on that day alone',
    input: z.object({ id: uuid, day: z.coerce.number().int().min(0).max(800) }),
    output: z.object({
      items: z.array(z.object({ part, step: z.string(), way: z.string(), total: z.number().int(), today: z.number().int() })),
    }),
  }),
  people: endpoint({
    method: 'GET',
    path: '/simulations/{id}/people',
    permission: 'scenarios.read',
    summary: 'People behind a number, or a sample where there are more than a thousand',
    input: z.object({ id: uuid, part, place: z.string().max(200), until: instant.optional(), ...pageQuery }),
    output: page(shown),
  }),
}
