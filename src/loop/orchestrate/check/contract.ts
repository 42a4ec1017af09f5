// What is missing or wrong in a scenario, step by step: shown beside the step in the editor, asked again before publishing. Browser-safe, pure.
import { z } from 'zod'
import { leavesOf } from '#loop/segment/rules/contract.ts'
import {
  type Awaited,
  branches,
  type Exit,
  type Goal,
  type Graph,
  type Step,
  type StepKind,
  stepsOf,
  type Trigger,
  type TriggerKind,
  type Until,
} from '../graph/contract.ts'

/** Places a problem can be at that are no step. */
export const AT_START = 'start'
export const AT_GOAL = 'goal'
export const AT_EXITS = 'exits'

export const PROBLEMS = [
  'noTrigger',
  'noSteps',
  'noSegment',
  'noForm',
  'noField',
  'noScore',
  'noTemplate',
  'noTag',
  'noText',
  'noPoints',
  'noRule',
  'noMailStep',
  'badUrl',
  'noChannel',
  'badAddress',
  'noGroup',
  'noUser',
  'noCampaign',
  'noStatus',
  'noScenario',
  'noStage',
  'noDays',
  'noCases',
  'noTitle',
  'noResult',
  'ways',
  'weights',
  'sameKey',
  'sameId',
  'unreachable',
  'gone',
  'neverOpen',
  'notAsked',
  'machineOpens',
] as const

/** What only the server can see; the rest is seen on the screen as it is typed. */
export const SEEN_BY_SERVER: readonly string[] = ['gone', 'neverOpen'] satisfies readonly (typeof PROBLEMS)[number][]

/** One thing to mend. A `warning` does not keep a scenario from being published. */
export const problem = z.object({
  at: z.string(),
  code: z.enum(PROBLEMS),
  severity: z.enum(['error', 'warning']),
  what: z.string().optional(),
})
export type Problem = z.output<typeof problem>
export type ProblemCode = Problem['code']

const error = (at: string, code: ProblemCode): Problem => ({ at, code, severity: 'error' })
const when = (bad: boolean, at: string, code: ProblemCode): Problem[] => (bad ? [error(at, code)] : [])

/** All problems of a scenario that can be seen without asking the database. */
export function problemsOf(graph: Graph): Problem[] {
  const steps = stepsOf(graph.steps)
  return [
    ...when(!graph.triggers.length, AT_START, 'noTrigger'),
    ...when(!steps.length, AT_START, 'noSteps'),
    ...graph.triggers.flatMap((trigger) => triggerProblems(trigger)),
    ...goalProblems(graph.goal),
    ...graph.exits.flatMap(exitProblems),
    ...when(repeated(graph.triggers.map((trigger) => trigger.id)).length > 0, AT_START, 'sameId'),
    ...repeated(steps.map((step) => step.id)).map((id) => error(id, 'sameId')),
    ...steps.flatMap((step) => stepProblems(step, steps)),
    ...steps.flatMap((step) => when(step.kind === 'mail' && step.purpose === 'transactional' && !isAsked(graph), step.id, 'notAsked')),
    ...unreachable(graph.steps).map((id) => error(id, 'unreachable')),
  ]
}

/**
 * Whether whoever enters has done something that a mail can answer. Only such an answer may reach people who want no advertising;
 * a segment, a score or a date is our idea, and looking at a page asks for nothing.
 */
function isAsked({ triggers }: Graph): boolean {
  return triggers.every((one) => one.kind === 'form' || (one.kind === 'event' && /^(custom\..|form\.submitted$)/.test(one.match.event)))
}

/** Whether nothing keeps the scenario from being published. */
export function isPublishable(problems: readonly Problem[]): boolean {
  return problems.every(({ severity }) => severity === 'warning')
}

type TriggerChecks = { readonly [K in TriggerKind]: (trigger: Extract<Trigger, { kind: K }>) => Problem[] }

const triggerChecks: TriggerChecks = {
  segment: (trigger) => when(!trigger.segment, AT_START, 'noSegment'),
  event: () => [],
  form: (trigger) => when(!trigger.form, AT_START, 'noForm'),
  score: (trigger) => when(!trigger.score, AT_START, 'noScore'),
  rank: (trigger) => when(!trigger.model, AT_START, 'noScore'),
  deal: (trigger) => when(!trigger.stage, AT_START, 'noStage'),
  date: (trigger) => when(!trigger.field, AT_START, 'noField'),
  schedule: ({ segment, days }) => [
    ...when(!segment, AT_START, 'noSegment'),
    ...when(days.kind === 'weekdays' && !days.weekdays.length, AT_START, 'noDays'),
  ],
  silence: () => [],
  manual: () => [],
}

function triggerProblems(trigger: Trigger): Problem[] {
  const check = triggerChecks[trigger.kind] as (trigger: Trigger) => Problem[]
  return check(trigger)
}

function goalProblems(goal: Goal | null): Problem[] {
  return goal?.kind === 'segment' ? when(!goal.segment, AT_GOAL, 'noSegment') : []
}

function exitProblems(exit: Exit): Problem[] {
  return exit.kind === 'segment' ? when(!exit.segment, AT_EXITS, 'noSegment') : []
}

function waitProblems(at: string, until: Until): Problem[] {
  return until.kind === 'field' ? when(!until.field, at, 'noField') : []
}

type Checks = { readonly [K in StepKind]: (step: Extract<Step, { kind: K }>, all: readonly Step[]) => Problem[] }

const checks: Checks = {
  wait: (step) => waitProblems(step.id, step.until),
  end: () => [],
  mail: (step) => when(!step.template, step.id, 'noTemplate'),
  field: (step) => when(!step.field, step.id, 'noField'),
  tag: (step) => when(!step.tag.trim(), step.id, 'noTag'),
  points: (step) => [...when(!step.score, step.id, 'noScore'), ...when(step.amount === 0, step.id, 'noPoints')],
  notify: (step) => [...when(!step.text.trim(), step.id, 'noText'), ...noticeProblems(step)],
  handoff: (step) => when(!step.note.trim(), step.id, 'noText'),
  owner: ({ id, rule }) => [
    ...when(rule.kind === 'roundRobin' && !rule.group, id, 'noGroup'),
    ...when(rule.kind === 'user' && !rule.user, id, 'noUser'),
  ],
  campaign: (step) => [...when(!step.campaign, step.id, 'noCampaign'), ...when(!step.status.trim(), step.id, 'noStatus')],
  consent: () => [],
  webhook: (step) => when(!isWebhookUrl(step.url), step.id, 'badUrl'),
  scenario: (step) => when(!step.scenario, step.id, 'noScenario'),
  condition: (step) => [...when(!leavesOf(step.rule).length, step.id, 'noRule'), ...waysProblems(step, ['yes', 'no'])],
  switch: (step) => [
    ...when(!step.cases.length, step.id, 'noCases'),
    ...when(
      step.cases.some((one) => !leavesOf(one.rule).length),
      step.id,
      'noRule',
    ),
    ...waysProblems(step, [...step.cases.map((one) => one.key), 'else']),
  ],
  split: (step) => [
    ...when(step.branches.reduce((sum, branch) => sum + branch.weight, 0) === 0, step.id, 'weights'),
    ...when(repeated(step.branches.map((branch) => branch.key)).length > 0, step.id, 'sameKey'),
  ],
  holdout: (step) => waysProblems(step, ['treated', 'held']),
  task: (step) => [
    ...when(!step.title.trim(), step.id, 'noTitle'),
    ...when(step.assignee.kind === 'user' && !step.assignee.user, step.id, 'noUser'),
    ...when(
      step.results.some((one) => !one.name.trim()),
      step.id,
      'noResult',
    ),
    ...waysProblems(step, step.results.length ? [...step.results.map((one) => one.key), 'timedOut'] : []),
  ],
  await: (step, all) => [...awaitedProblems(step.id, step.event, all), ...waysProblems(step, ['happened', 'timedOut'])],
}

/** The ways a step answers with must be the ways that are drawn. */
function waysProblems(step: Extract<Step, { branches: unknown }>, wanted: readonly string[]): Problem[] {
  const keys = step.branches.map((branch) => branch.key)
  if (repeated(keys).length || repeated(wanted).length) return [error(step.id, 'sameKey')]
  return when([...keys].sort().join() !== [...wanted].sort().join(), step.id, 'ways')
}

function noticeProblems({ id, by, to, channel }: Extract<Step, { kind: 'notify' }>): Problem[] {
  if (by === 'signal') return []
  if (by !== 'mail') return when(!channel, id, 'noChannel')
  return when(to.kind === 'address' && !isAddress(to.address), id, 'badAddress')
}

/** An address as a mail can go to; whether it is one is seen when it is sent. */
const isAddress = (text: string): boolean => /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+$/.test(text)

function stepProblems(step: Step, all: readonly Step[]): Problem[] {
  const check = checks[step.kind] as (step: Step, all: readonly Step[]) => Problem[]
  return check(step, all)
}

function awaitedProblems(at: string, event: Awaited, all: readonly Step[]): Problem[] {
  if (event.kind === 'form') return when(!event.form, at, 'noForm')
  if (event.kind === 'segment') return when(!event.segment, at, 'noSegment')
  if (event.kind === 'deal') return when(!event.stage, at, 'noStage')
  if (event.kind === 'event') return []
  const mails = all
    .slice(
      0,
      all.findIndex((step) => step.id === at),
    )
    .filter((step) => step.kind === 'mail')
  return [
    ...when(!mails.some((step) => step.id === event.step), at, 'noMailStep'),
    ...(event.did === 'opened' ? [{ at, code: 'machineOpens', severity: 'warning' } as const] : []),
  ]
}

/** An address the egress client would accept by its looks; where it leads is checked when it connects. */
export function isWebhookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return (url.protocol === 'https:' || url.protocol === 'http:') && !url.username && !url.password && url.hostname !== ''
}

function repeated(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))]
}

/** Steps behind an end, or behind branches that all end. */
function unreachable(steps: readonly Step[]): string[] {
  const stop = steps.findIndex(neverPasses)
  const lost = stop < 0 ? [] : steps.slice(stop + 1).map((step) => step.id)
  return [...lost, ...steps.filter(branches).flatMap((step) => step.branches.flatMap((branch) => unreachable(branch.steps)))]
}

function neverPasses(step: Step): boolean {
  return step.kind === 'end' || (branches(step) && step.branches.every((branch) => branch.steps.some(neverPasses)))
}
