// Who looks after which lead, by rule. Browser-safe.
import { z } from 'zod'
import { endpoint, instant, uuid } from '#kernel/endpoint.ts'
import { leadFilter } from '#loop/identify/leads/contract.ts'

const id = z.string().min(1).max(40)
const name = z.string().trim().min(1).max(100)
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

/** Facts a rule may ask for, besides segment and form. */
export const RULE_FACTS = [
  ...(['prefecture', 'region', 'industry', 'employeeBand', 'roleLevel'] as const),
  ...(['sourceFirst', 'sourceLatest', 'priority', 'products', 'interest', 'tags'] as const),
] as const

/** One condition: the fact has one of these values. */
export const condition = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fact'), fact: z.enum(RULE_FACTS), any: z.array(z.string().min(1).max(200)).min(1).max(200) }),
  z.object({ kind: z.literal('segment'), segmentId: uuid }),
  z.object({ kind: z.literal('form'), formIds: z.array(uuid).min(1).max(100) }),
])
export type Condition = z.infer<typeof condition>

const target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('owner'), ownerId: uuid }),
  z.object({ kind: z.literal('group'), groupId: id }),
  z.object({ kind: z.literal('none') }).describe('Nobody: the lead stays with marketing'),
])

/** The first rule whose conditions all hold decides. No condition: everybody. */
export const assignmentRule = z.object({ id, name, isOn: z.boolean(), conditions: z.array(condition).max(20), target })
export type AssignmentRule = z.infer<typeof assignmentRule>

export const assignmentGroup = z.object({
  id,
  name,
  members: z.array(z.object({ userId: uuid, weight: z.number().int().min(1).max(100) })).max(200),
})
export type AssignmentGroup = z.infer<typeof assignmentGroup>

/** Days, both included, on which a colleague gets nobody. */
const absence = z.object({ userId: uuid, from: day, to: day })

export const assignmentPlan = z.object({
  isOn: z.boolean().describe('New leads without an owner are assigned at once'),
  imports: z.boolean().describe('People of imports and replays too'),
  keepCompanyOwner: z.boolean().describe('A colleague of a known company goes to whoever owns that company'),
  mail: z.boolean().describe('Owners are told by mail too'),
  rules: z.array(assignmentRule).max(200),
  groups: z.array(assignmentGroup).max(50),
  absences: z.array(absence).max(1_000),
})
export type AssignmentPlan = z.infer<typeof assignmentPlan>

export const NO_PLAN: AssignmentPlan = {
  isOn: false,
  imports: false,
  keepCompanyOwner: true,
  mail: true,
  rules: [],
  groups: [],
  absences: [],
}

const why = z.enum(['rule', 'company', 'noRule', 'nobodyThere', 'owned'])
export type Why = z.infer<typeof why>

const tried = z.object({
  leadId: uuid,
  name: z.string(),
  companyName: z.string().nullable(),
  why,
  rule: z.string().nullable(),
  ownerId: uuid.nullable(),
  currentOwnerId: uuid.nullable(),
})

const run = z.object({
  id: uuid,
  kind: z.enum(['assigned', 'returned']),
  at: instant,
  by: z.string(),
  n: z.number().int(),
  undoneAt: instant.nullable(),
  undoneBy: z.string().nullable(),
})

export const assignmentContract = {
  read: endpoint({
    method: 'GET',
    path: '/assignment',
    permission: 'assignment.read',
    summary: 'The rules by which leads get their owners',
    input: z.object({}),
    output: assignmentPlan,
  }),
  save: endpoint({
    method: 'PUT',
    path: '/assignment',
    permission: 'assignment.write',
    summary: 'Change the rules, groups and absences',
    input: assignmentPlan,
    output: assignmentPlan,
  }),
  tryOut: endpoint({
    method: 'POST',
    path: '/assignment/try',
    permission: 'assignment.read',
    summary: 'What rules would do with the newest leads; nothing is written',
    input: z.object({ plan: assignmentPlan, newest: z.number().int().min(1).max(500).default(50) }),
    output: z.object({ items: z.array(tried) }),
  }),
  run: endpoint({
    method: 'POST',
    path: '/assignment/run',
    permission: 'assignment.write',
    summary: 'Assign these leads by the rules, or the newest of those without an owner; 5,000 at most at a time',
    input: z.object({
      ids: z.array(uuid).min(1).max(5_000).optional(),
      filter: leadFilter.optional().describe('All leads of this list, instead of ids'),
      reassign: z.boolean().default(false).describe('Those with an owner too'),
    }),
    output: z.object({ runId: uuid.nullable(), changed: z.number().int(), looked: z.number().int() }),
  }),
  undo: endpoint({
    method: 'POST',
    path: '/assignment/runs/{id}/undo',
    permission: 'assignment.write',
    summary: 'Take a run back; whoever got another owner since keeps that one',
    input: z.object({ id: uuid }),
    output: z.object({ changed: z.number().int() }),
  }),
  runs: endpoint({
    method: 'GET',
    path: '/assignment/runs',
    permission: 'assignment.read',
    summary: 'The last runs, by hand and by the rule for neglected leads',
    input: z.object({}),
    output: z.object({ items: z.array(run) }),
  }),
}
