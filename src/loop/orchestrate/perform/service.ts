// Performs effects of many runs at once, each kind set-wise through the room that can do it.
import type { Ctx } from '#kernel/ctx.ts'
import { subjectOf } from '#kernel/db/buckets.ts'
import { queue } from '#loop/deliver/outbox/service.ts'
import { currentVersionOf } from '#loop/deliver/template/queries.ts'
import { changeFields as changePeople } from '#loop/identify/change/service.ts'
import { handOff } from '#loop/sales/handoff/service.ts'
import { addPoints } from '#loop/score/service.ts'
import { purposeOf } from '../run/decide.ts'
import { mailKey } from '../step/events.ts'
import { putCalls } from './calls/service.ts'
import type { Doer, Doing, Kind, Of, Outcomes } from './doing.ts'
import { notify } from './notify.ts'
import { askConsent, callScenario, giveOwner, setStatus } from './office.ts'
import { makeTasks } from './task.ts'

export type { Doing } from './doing.ts'

const doers: { readonly [K in Kind]: Doer<K> } = {
  mail: sendMails,
  field: changeFields,
  tag: changeTags,
  points: givePoints,
  notify,
  handoff: handOver,
  task: makeTasks,
  owner: giveOwner,
  campaign: setStatus,
  consent: askConsent,
  webhook: callWebhooks,
  scenario: callScenario,
}

/** The order in which kinds are done: what a person is comes before what others are told of them. */
const ORDER: readonly Kind[] = [
  'field',
  'tag',
  'points',
  'owner',
  'campaign',
  'consent',
  'mail',
  'notify',
  'handoff',
  'task',
  'webhook',
  'scenario',
]

/**
 * Performs effects in the caller's transaction. What must leave the house is only queued here.
 * @returns by effect id, what came of it where that is not simply done (why a mail did not go out)
 */
export async function perform(ctx: Ctx, doings: readonly Doing[]): Promise<Map<string, string>> {
  const outcomes = new Map<string, string>()
  for (const kind of ORDER) {
    const mine = doings.filter(({ effect }) => effect.step.kind === kind)
    if (!mine.length) continue
    const doer = doers[kind] as Doer<Kind>
    for (const [id, outcome] of (await doer(ctx, mine as Of<Kind>[])) ?? []) outcomes.set(id, outcome)
  }
  return outcomes
}

async function sendMails(ctx: Ctx, doings: readonly Of<'mail'>[]): Promise<Outcomes> {
  const versions = await currentVersionOf(ctx.db, [...new Set(doings.map(({ effect }) => effect.step.template))])
  const able = doings.filter(({ effect }) => versions.has(effect.step.template))
  const queued = await queue(
    ctx,
    able.map(({ effect, run }) => ({
      subject: subjectOf(run.person_id),
      what: mailKey(run.id, effect.step.id),
      templateVersion: versions.get(effect.step.template) ?? '',
      purpose: purposeOf(effect.step.purpose, run.trigger_id),
      causeId: run.cause_id,
      priority: effect.priority,
      sender: effect.step.sender,
    })),
  )
  const gone = doings.filter(({ effect }) => !versions.has(effect.step.template)).map(({ effect }) => [effect.id, 'no_template'] as const)
  return new Map([...gone, ...able.flatMap(({ effect }, i) => (queued[i]?.reason ? [[effect.id, queued[i].reason] as const] : []))])
}

/** Standard fields by their name, custom ones as `attrs.<key>`. */
const CUSTOM = 'attrs.'

async function changeFields(ctx: Ctx, doings: readonly Of<'field'>[]): Promise<undefined> {
  await changePeople(
    ctx,
    doings.map(({ effect, run, hop }) => {
      const { field, value } = effect.step
      const change = field.startsWith(CUSTOM)
        ? { attrs: { [field.slice(CUSTOM.length)]: value } }
        : { fields: { [field]: value === null ? '' : String(value) } }
      return { subject: subjectOf(run.person_id), causeId: effect.id, hop: hop + 1, ...change }
    }),
  )
}

async function changeTags(ctx: Ctx, doings: readonly Of<'tag'>[]): Promise<undefined> {
  await changePeople(
    ctx,
    doings.map(({ effect, run, hop }) => {
      const change = effect.step.remove ? { removeTags: [effect.step.tag] } : { addTags: [effect.step.tag] }
      return { subject: subjectOf(run.person_id), causeId: effect.id, hop: hop + 1, ...change }
    }),
  )
}

async function givePoints(ctx: Ctx, doings: readonly Of<'points'>[]): Promise<undefined> {
  await addPoints(
    ctx,
    doings.map(({ effect, run, hop }) => ({
      subject: subjectOf(run.person_id),
      model: effect.step.score,
      points: effect.step.amount,
      reason: effect.step.name,
      causeId: effect.id,
      hop: hop + 1,
    })),
  )
}

async function callWebhooks(ctx: Ctx, doings: readonly Of<'webhook'>[]): Promise<undefined> {
  const timestamp = ctx.now.toISOString()
  await putCalls(
    ctx,
    doings.map(({ effect, run }) => {
      const data = { person: run.person_id, scenario: run.scenario_id, run: run.id, step: effect.step.id }
      const body = JSON.stringify({ type: 'scenario.step', timestamp, data })
      const whose = { bucket: run.bucket, person_id: run.person_id, scenario_id: run.scenario_id, run_id: run.id, step: effect.step.id }
      return { ...whose, id: effect.id, kind: 'webhook' as const, target: effect.step.url, body }
    }),
  )
}

async function handOver(ctx: Ctx, doings: readonly Of<'handoff'>[]): Promise<Outcomes> {
  const outcomes = await handOff(
    ctx,
    doings.map(({ effect, run, hop }) => ({
      subject: subjectOf(run.person_id),
      reason: 'scenario',
      causeId: effect.id,
      hop: hop + 1,
      note: effect.step.note,
      detail: { scenario: run.scenario_id, run: run.id, step: effect.step.id },
    })),
  )
  return new Map(
    doings.flatMap(({ effect, run }) => {
      const what = outcomes.get(run.person_id)
      return what && what.outcome !== 'made' ? [[effect.id, what.outcome] as const] : []
    }),
  )
}
