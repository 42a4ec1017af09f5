// Scenarios over the API. Browser-safe.
import { z } from 'zod'
import { done, endpoint, instant, page, pageQuery, uuid } from '#kernel/endpoint.ts'
import { runActs } from './acts.contract.ts'
import { problem } from './check/contract.ts'
import { graph } from './graph/contract.ts'
import { chosen, libraryShown, starter } from './library/contract.ts'
import { hold } from './people/contract.ts'
import { moveAsks, versionNote } from './versions/contract.ts'

export const STATES = ['draft', 'live', 'paused', 'stopped'] as const
const state = z.enum(STATES)
const name = z.string().trim().min(1).max(120)
const byId = z.object({ id: uuid })

export const scenarioSummary = z.object({
  id: uuid,
  name: z.string(),
  state,
  liveVersion: z.number().int().nullable(),
  /** The draft differs from what is live. */
  hasChanges: z.boolean(),
  /** People on their way now, and all who ever entered, ended, and reached the goal. */
  active: z.number().int(),
  entered: z.number().int(),
  ended: z.number().int(),
  reached: z.number().int(),
  steps: z.number().int(),
  triggers: z.array(z.string()),
  changedAt: instant,
  changedBy: z.string(),
})
export type ScenarioSummary = z.output<typeof scenarioSummary>

export const scenarioDetail = z.object({
  id: uuid,
  name: z.string(),
  state,
  draft: graph,
  /** Counts saves: give it back when saving, so that two editors at once are noticed. */
  revision: z.number().int(),
  liveVersion: z.number().int().nullable(),
  hasChanges: z.boolean(),
  changedAt: instant,
  changedBy: z.string(),
  problems: z.array(problem),
})
export type ScenarioDetail = z.output<typeof scenarioDetail>

/** The numbers on the canvas. A way is the key of a branch, or `next`; `start` and `end` are no steps. */
export const scenarioCounts = z.object({
  ways: z.array(z.object({ step: z.string(), way: z.string(), n: z.number().int() })),
  waiting: z.array(z.object({ step: z.string(), n: z.number().int() })),
  mails: z.array(
    z.object({
      step: z.string(),
      sent: z.number().int(),
      opened: z.number().int(),
      clicked: z.number().int(),
      waiting: z.number().int(),
      held: z.number().int(),
    }),
  ),
})
export type ScenarioCounts = z.output<typeof scenarioCounts>

const because = z.looseObject({ kind: z.string() })

/** Somebody on the way through a scenario, or who took a way of it. */
export const scenarioPerson = z.object({
  personId: uuid,
  runId: uuid,
  name: z.string(),
  company: z.string().nullable(),
  isLead: z.boolean(),
  version: z.number().int(),
  step: z.string().nullable(),
  /** Since when they stand there, or when they left by that way. */
  at: instant,
  /** When time lets them go on. */
  dueAt: instant.nullable(),
  because: because.nullable(),
  /** Why they are where they are; null when there is nothing to say. */
  hold: hold.nullable(),
})
export type ScenarioPerson = z.output<typeof scenarioPerson>

export const runStep = z.object({
  step: z.string(),
  name: z.string(),
  kind: z.string(),
  way: z.string(),
  arrivedAt: instant,
  leftAt: instant,
  because,
})
export const runDetail = z.object({
  id: uuid,
  scenarioId: uuid,
  scenario: z.string(),
  version: z.number().int(),
  step: z.string().nullable(),
  stepName: z.string(),
  stepKind: z.string().nullable(),
  dueAt: instant.nullable(),
  enteredAt: instant,
  endedAt: instant.nullable(),
  how: z.enum(['completed', 'goal', 'exited', 'stopped', 'held', 'merged']).nullable(),
  steps: z.array(runStep),
})
export type RunDetail = z.output<typeof runDetail>

const version = z.object({
  version: z.number().int(),
  publishedAt: instant,
  publishedBy: z.string(),
  note: z.string(),
  copyOf: z.number().int().nullable().describe('The older version it brings back'),
  isLive: z.boolean(),
  active: z.number().int(),
  steps: z.number().int(),
})

export const scenariosContract = {
  ...runActs,
  library: endpoint({
    method: 'GET',
    path: '/scenario-library',
    permission: 'scenarios.read',
    summary: 'Scenarios to start from: what they are for, who enters, their steps and mails, and what is made along with them',
    input: z.object({ language: z.enum(['ja', 'en']).default('ja') }),
    output: libraryShown,
  }),
  list: endpoint({
    method: 'GET',
    path: '/scenarios',
    permission: 'scenarios.read',
    summary: 'Scenarios with their live numbers',
    input: z.object({ ...pageQuery, search: z.string().max(200).optional() }),
    output: page(scenarioSummary),
  }),
  create: endpoint({
    method: 'POST',
    path: '/scenarios',
    permission: 'scenarios.write',
    summary: 'Make a scenario, blank or from the library with what it needs: mails, segments, a score, a form',
    input: chosen.extend({ name, starter: starter.default('blank'), language: z.enum(['ja', 'en']).default('ja') }),
    output: scenarioDetail,
  }),
  get: endpoint({
    method: 'GET',
    path: '/scenarios/{id}',
    permission: 'scenarios.read',
    summary: 'A scenario with its draft and what is missing in it',
    input: byId,
    output: scenarioDetail,
  }),
  save: endpoint({
    method: 'PUT',
    path: '/scenarios/{id}',
    permission: 'scenarios.write',
    summary: 'Save the draft; nothing that runs changes',
    input: z.object({ id: uuid, name, graph, revision: z.number().int() }),
    output: scenarioDetail,
  }),
  publish: endpoint({
    method: 'POST',
    path: '/scenarios/{id}/publish',
    permission: 'scenarios.write',
    summary: 'Publish the draft as a version; people on their way stay on theirs, or are moved by a map of steps',
    input: z.object({ id: uuid, revision: z.number().int(), note: versionNote.optional(), moves: moveAsks.optional() }),
    output: scenarioDetail,
  }),
  setState: endpoint({
    method: 'POST',
    path: '/scenarios/{id}/state',
    permission: 'scenarios.write',
    summary: 'Pause, resume or stop a scenario; stopping lets people finish, or ends their runs',
    input: z.object({ id: uuid, to: z.enum(['live', 'paused', 'stopped']), endRuns: z.boolean().default(false) }),
    output: scenarioDetail,
  }),
  copy: endpoint({
    method: 'POST',
    path: '/scenarios/{id}/copy',
    permission: 'scenarios.write',
    summary: 'Copy a scenario as a new draft',
    input: z.object({ id: uuid, name }),
    output: scenarioDetail,
  }),
  archive: endpoint({
    method: 'DELETE',
    path: '/scenarios/{id}',
    permission: 'scenarios.write',
    summary: 'Put a draft or stopped scenario away',
    input: byId,
    output: done,
  }),
  restore: endpoint({
    method: 'POST',
    path: '/scenarios/{id}/restore',
    permission: 'scenarios.write',
    summary: 'Bring a scenario back that was put away',
    input: byId,
    output: scenarioDetail,
  }),
  versions: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/versions',
    permission: 'scenarios.read',
    summary: 'Published versions, the newest first, with the people still on them',
    input: byId,
    output: z.object({ items: z.array(version) }),
  }),
  version: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/versions/{version}',
    permission: 'scenarios.read',
    summary: 'One published version',
    input: z.object({ id: uuid, version: z.coerce.number().int() }),
    output: version.extend({ graph }),
  }),
  counts: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/counts',
    permission: 'scenarios.read',
    summary: 'How many people took which way, and stand where',
    input: byId,
    output: scenarioCounts,
  }),
  people: endpoint({
    method: 'GET',
    path: '/scenarios/{id}/people',
    permission: 'scenarios.read',
    summary: 'People who stand at a step, or who took one of its ways; of a mail also mail.sent, mail.opened, mail.clicked, mail.held',
    input: z.object({ id: uuid, step: z.string().max(40), way: z.string().max(40).optional(), ...pageQuery }),
    output: page(scenarioPerson),
  }),
  enter: endpoint({
    method: 'POST',
    path: '/scenarios/{id}/enter',
    permission: 'scenarios.write',
    summary: 'Let people enter a live scenario by hand',
    input: z.object({ id: uuid, people: z.array(uuid).min(1).max(500) }),
    output: z.object({ entered: z.number().int() }),
  }),
  runs: endpoint({
    method: 'GET',
    path: '/scenario-runs',
    permission: 'scenarios.read',
    summary: 'The runs of one person with every step and its reason',
    input: z.object({ person: uuid }),
    output: z.object({ items: z.array(runDetail) }),
  }),
  endRun: endpoint({
    method: 'POST',
    path: '/scenario-runs/{id}/end',
    permission: 'scenarios.write',
    summary: 'Take one person out of a scenario',
    input: z.object({ id: uuid, person: uuid }),
    output: done,
  }),
  webhookSecret: endpoint({
    method: 'POST',
    path: '/scenario-webhook-secret',
    permission: 'keys.write',
    summary: 'The key that webhooks are signed with (Standard Webhooks), for whoever sets up a receiver',
    input: z.object({}),
    output: z.object({ secret: z.string() }),
  }),
}
