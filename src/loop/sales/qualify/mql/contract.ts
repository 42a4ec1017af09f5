// What an MQL is: one definition both departments see and agree to, version by version. Browser-safe.
import { z } from 'zod'
import { endpoint, instant, uuid } from '#kernel/endpoint.ts'
import { rule } from '#loop/segment/rules/contract.ts'

const mark = z.object({ at: instant, by: z.string() }).nullable()

const version = z.object({
  version: z.number().int(),
  revision: z.string(),
  state: z.enum(['proposed', 'live', 'past']),
  rule,
  note: z.string(),
  madeAt: instant,
  madeBy: z.string(),
  marketing: mark,
  sales: mark,
  liveAt: instant.nullable(),
  liveBy: z.string().nullable(),
  endedAt: instant.nullable(),
  /** Leads handed to sales while this version was in force, and how many of them met it at that moment. */
  handed: z.number().int(),
  met: z.number().int(),
  accepted: z.number().int(),
  returned: z.number().int(),
})
export type MqlVersion = z.output<typeof version>

const whole = z.object({
  live: version.nullable(),
  proposed: version.nullable(),
  past: z.array(version),
  /** Names the newest definition: the proposal, else the version in force. Null before the first. */
  revision: z.string().nullable(),
  /** The segment that holds whoever meets the version in force; null before the first. */
  segment: z
    .object({
      id: uuid,
      name: z.string(),
      members: z.number().int(),
      isEstimate: z.boolean(),
      filling: z.number().nullable(),
      /** Somebody changed the segment's own rule since: it no longer says what was agreed. */
      differs: z.boolean(),
    })
    .nullable(),
})
export type MqlDefinition = z.output<typeof whole>

const basedOn = uuid
  .nullable()
  .optional()
  .describe('The `revision` that was shown when this was decided, null before the first definition: refused when somebody changed it since')

export const mqlContract = {
  get: endpoint({
    method: 'GET',
    path: '/mql',
    permission: 'handoffs.read',
    summary: 'The definition of an MQL: in force, proposed, past, with what came of each version',
    input: z.object({}),
    output: whole,
  }),
  propose: endpoint({
    method: 'PUT',
    path: '/mql/proposal',
    permission: 'scores.write',
    summary: 'Proposes a version; changing a proposal takes back who agreed to it',
    input: z.object({ rule, note: z.string().trim().max(1_000).default(''), basedOn }),
    output: whole,
  }),
  drop: endpoint({
    method: 'DELETE',
    path: '/mql/proposal',
    permission: 'scores.write',
    summary: 'Throws the proposal away',
    input: z.object({ basedOn }),
    output: whole,
  }),
  agree: endpoint({
    method: 'POST',
    path: '/mql/{version}/agree',
    permission: 'handoffs.write',
    summary: 'Marks, or unmarks, that a department agrees to a version; sales speaks for sales, marketing for marketing, an owner for both',
    input: z.object({ version: z.coerce.number().int(), side: z.enum(['marketing', 'sales']), agrees: z.boolean().default(true), basedOn }),
    output: whole,
  }),
  publish: endpoint({
    method: 'POST',
    path: '/mql/proposal/publish',
    permission: 'scores.write',
    summary: 'Puts the proposal in force: its segment is computed, and hand-offs from now on cite it',
    input: z.object({ segmentName: z.string().trim().min(1).max(120).default('MQL（定義）'), basedOn }),
    output: whole,
  }),
}
