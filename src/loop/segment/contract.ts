// Segments over HTTP. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { VALUE_TYPES } from '#loop/score/condition/contract.ts'
import { reason, rule } from './rules/contract.ts'

const audience = z.enum(['leads', 'everyone'])
const name = z.string().trim().min(1).max(120)
const description = z.string().max(1_000)

/** A version that is being computed: how far it is (0–1) and which rule. */
const version = z.object({
  version: z.number().int(),
  state: z.enum(['filling', 'live', 'past', 'dropped']),
  audience,
  rule,
  startsScenarios: z.boolean(),
  madeAt: instant,
  madeBy: z.string(),
  liveAt: instant.nullable(),
  progress: z.number(),
})

const segment = z.object({
  id: uuid,
  name: z.string(),
  description: z.string(),
  audience,
  /** How many are in now; beyond 100,000 an estimate (`isEstimate`). */
  members: z.number().int(),
  isEstimate: z.boolean(),
  /** Entered and left within the last seven days. */
  entered: z.number().int(),
  left: z.number().int(),
  /** The rule in force; before the first computation is through, the one being computed. */
  rule,
  liveVersion: z.number().int().nullable(),
  /** The newest version while it is computed, with its rule: what an editor goes on from. */
  filling: z.object({ version: z.number().int(), progress: z.number(), rule }).nullable(),
  /** The newest rule was given up: its compute took too long. The one before it stays in force. */
  fault: z.enum(['slow']).nullable(),
  createdAt: instant,
  changedAt: instant,
})
export type Segment = z.output<typeof segment>

const person = z.object({ id: uuid, name: z.string(), company: z.string().nullable(), mail: z.string().nullable(), isLead: z.boolean() })
const member = person.extend({
  since: instant,
  until: instant.nullable(),
  because: z.array(reason),
  score: z.number().int(),
  heat: z.enum(['hot', 'warm', 'cold']),
})
export type Member = z.output<typeof member>

const stay = z.object({
  person,
  enteredAt: instant,
  leftAt: instant.nullable(),
  because: z.array(reason),
  leftBecause: z.array(reason).nullable(),
  byEdit: z.boolean(),
  leftByEdit: z.boolean(),
})
export type StayShown = z.output<typeof stay>

/** What moved in the last seven days by itself, not by an edit of the rule. */
export const WEEK_MOVES = ['entered', 'left'] as const
export type WeekMove = (typeof WEEK_MOVES)[number]

const words = { ja: z.string(), en: z.string() }
const factShown = z.object({
  name: z.string(),
  type: z.enum(VALUE_TYPES),
  group: z.string(),
  ...words,
  options: z.array(z.object({ value: z.string(), ...words })),
  keepsPast: z.boolean().optional().describe('A rule may ask what it was on a past day'),
})
export type FactShown = z.output<typeof factShown>

export const segmentsContract = {
  list: endpoint({
    method: 'GET',
    path: '/segments',
    permission: 'segments.read',
    summary: 'All segments with the number of people in each now',
    input: z.object({}),
    output: z.object({ items: z.array(segment) }),
  }),
  get: endpoint({
    method: 'GET',
    path: '/segments/{id}',
    permission: 'segments.read',
    summary: 'One segment',
    input: z.object({ id: uuid }),
    output: segment,
  }),
  create: endpoint({
    method: 'POST',
    path: '/segments',
    permission: 'segments.write',
    summary: 'A new segment; its members are computed in the background',
    input: z.object({
      name,
      description: description.default(''),
      audience: audience.default('leads'),
      rule,
      startsScenarios: z.boolean().default(false),
    }),
    output: segment,
  }),
  change: endpoint({
    method: 'PATCH',
    path: '/segments/{id}',
    permission: 'segments.write',
    summary: 'Changes a segment; a new rule is computed beside the old one and takes its place when done',
    input: z.object({
      id: uuid,
      name: name.optional(),
      description: description.optional(),
      audience: audience.optional(),
      rule: rule.optional(),
      startsScenarios: z.boolean().default(false),
      basedOn: z
        .number()
        .int()
        .optional()
        .describe('The newest version that was known when the rule was edited: refused when somebody made a newer one since'),
    }),
    output: segment,
  }),
  archive: endpoint({
    method: 'DELETE',
    path: '/segments/{id}',
    permission: 'segments.write',
    summary: 'Archives a segment',
    input: z.object({ id: uuid }),
    output: done,
  }),
  restore: endpoint({
    method: 'POST',
    path: '/segments/{id}/restore',
    permission: 'segments.write',
    summary: 'Takes back the archiving of a segment; its members are computed anew in the background and start no scenarios',
    input: z.object({ id: uuid }),
    output: segment,
  }),
  preview: endpoint({
    method: 'POST',
    path: '/segments/preview',
    permission: 'segments.read',
    summary: 'How many people a rule means, and some of them; with `asOf`, as of a past instant (fields are today’s)',
    input: z.object({ audience: audience.default('leads'), rule, asOf: instant.optional() }),
    output: z.object({ count: z.number().int(), sample: z.array(person) }),
  }),
  members: endpoint({
    method: 'GET',
    path: '/segments/{id}/members',
    permission: 'segments.read',
    summary: 'Who is in, the newest first, with the facts that made it true',
    input: z.object({ id: uuid, ...pageQuery }),
    output: page(member),
  }),
  history: endpoint({
    method: 'GET',
    path: '/segments/{id}/history',
    permission: 'segments.read',
    summary: 'Every stay, the newest first',
    input: z.object({
      id: uuid,
      ...pageQuery,
      week: z
        .enum(WEEK_MOVES)
        .optional()
        .meta({ description: 'Only who came in, or went out, in the last seven days; edits of the rule left aside' }),
    }),
    output: page(stay),
  }),
  versions: endpoint({
    method: 'GET',
    path: '/segments/{id}/versions',
    permission: 'segments.read',
    summary: 'The versions of a segment’s rule',
    input: z.object({ id: uuid }),
    output: z.object({ items: z.array(version) }),
  }),
  why: endpoint({
    method: 'GET',
    path: '/segments/{id}/people/{person}',
    permission: 'segments.read',
    summary: 'Why a person is in or not in, since when, and what will change it',
    input: z.object({ id: uuid, person: uuid }),
    output: z.object({
      person,
      isIn: z.boolean(),
      isEligible: z.boolean(),
      since: instant.nullable(),
      nextChangeAt: instant.nullable(),
      rule,
      because: z.array(reason),
      stays: z.array(z.object({ enteredAt: instant, leftAt: instant.nullable() })),
    }),
  }),
  ofPerson: endpoint({
    method: 'GET',
    path: '/people/{person}/segments',
    permission: 'segments.read',
    summary: 'The segments a person is in',
    input: z.object({ person: uuid }),
    output: z.object({ items: z.array(z.object({ id: uuid, name: z.string(), since: instant, until: instant.nullable() })) }),
  }),
  vocabulary: endpoint({
    method: 'GET',
    path: '/segments/vocabulary',
    permission: 'segments.read',
    summary: 'What rules can speak of: facts, event names seen, segments',
    input: z.object({}),
    output: z.object({
      facts: z.array(factShown),
      events: z.array(z.string()),
      segments: z.array(z.object({ id: uuid, name: z.string() })),
    }),
  }),
}
