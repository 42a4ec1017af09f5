import { workWeek } from '#access/company/service.ts'
import { dayIn } from '#kernel/calendar.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { append } from '#kernel/journal.ts'
import { announce } from '#kernel/live.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { leadOf } from '../people.ts'
import { ASKED, FRAMEWORKS } from './asked/contract.ts'
import { type Qualification, type QualifySettings, type qualifyContract, qualifySettings } from './contract.ts'
import { completenessOf } from './decide.ts'
import * as queries from './queries.ts'

export const settings = (ctx: Ctx): Promise<QualifySettings> => readSetting(ctx, 'sales.qualify', qualifySettings, { framework: 'bant' })

export async function saveSettings(ctx: Ctx, input: QualifySettings): Promise<QualifySettings> {
  await writeSetting(ctx, 'sales.qualify', input)
  return input
}

/** What is known of a lead: every field of every framework, the unasked ones as unknown. */
export async function get(ctx: Ctx, { leadId }: { leadId: string }): Promise<Qualification> {
  const lead = await leadOf(ctx, leadId)
  return present(ctx, { bucket: lead.bucket, id: lead.id })
}

async function present(ctx: Ctx, person: Subject): Promise<Qualification> {
  const { framework } = await settings(ctx)
  const rows = await queries.selectAnswers(ctx.db, [person])
  const answers = FRAMEWORKS.flatMap((of) =>
    ASKED[of].map(({ field }) => {
      const row = rows.find((one) => one.framework === of && one.field === field)
      return {
        framework: of,
        field,
        status: row?.status ?? ('unknown' as const),
        evidence: row?.evidence ?? '',
        heardOn: row?.heard_on ?? null,
        activityId: row?.activity_id ?? null,
        changedAt: row?.changed_at.toISOString() ?? null,
        changedBy: row?.changed_by ?? null,
      }
    }),
  )
  const known = { bant: completenessOf('bant', rows), champ: completenessOf('champ', rows) }
  return { framework, completeness: known[framework], known, answers }
}

/** Says how sure a field is. The journal keeps what it was before. @throws Refusal for a field the framework does not ask */
export async function set(ctx: Ctx, input: InputOf<(typeof qualifyContract)['set']>): Promise<Qualification> {
  const { framework, field, status, evidence, activityId } = input
  if (!ASKED[framework].some((one) => one.field === field))
    refuse('missing', 'qualification.field', { message: 'This framework does not ask such a field.' })
  const lead = await leadOf(ctx, input.leadId)
  const person = { bucket: lead.bucket, id: lead.id }
  if (activityId && !(await queries.hasActivity(ctx.db, person, activityId)))
    refuse('unprocessable', 'qualification.activity', { message: 'There is no such activity of this lead.', field: 'activityId' })
  const before = (await queries.selectAnswers(ctx.db, [person])).find((row) => row.framework === framework && row.field === field)
  const heardOn = input.heardOn ?? dayIn((await workWeek(ctx)).timeZone, ctx.now)
  const by = 'name' in ctx.actor ? ctx.actor.name : ''
  const told = { framework, field, status, evidence, heard_on: heardOn, activity_id: activityId }
  await queries.writeAnswer(ctx.db, { bucket: person.bucket, person_id: person.id, ...told, changed_at: ctx.now, changed_by: by })
  const whole = await present(ctx, person)
  if ((before?.status ?? 'unknown') !== status || (before?.evidence ?? '') !== evidence) {
    const props = { framework, field, from: before?.status ?? 'unknown', to: status, ...(evidence ? { text: evidence } : {}), by }
    await append(ctx, [{ subject: person, id: ctx.id(), name: 'qualification.changed', occurredAt: ctx.now, props }])
  }
  await announce(ctx, 'qualification', { ids: [person.id] })
  return whole
}
