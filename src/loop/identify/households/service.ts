import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf, OutputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { announce } from '#kernel/live.ts'
import { findPerson } from '../leads/service.ts'
import type { householdsContract } from './contract.ts'
import * as queries from './queries.ts'

type Api = typeof householdsContract
type Household = NonNullable<OutputOf<Api['ofLead']>['household']>

/** The household of a lead; null when it is in none. */
export async function ofLead(ctx: Ctx, input: InputOf<Api['ofLead']>): Promise<{ household: Household | null }> {
  const members = await queries.membersWith(ctx.db, await findPerson(ctx, input.leadId))
  const first = members[0]
  if (!first) return { household: null }
  return {
    household: {
      id: first.household_id,
      name: first.household_name,
      members: members.map((one) => ({
        id: one.id,
        name: [one.family_name, one.given_name].filter(Boolean).join(' ') || one.mail || '',
        mail: one.mail,
        relation: one.relation as Household['members'][number]['relation'],
        since: one.since.toISOString(),
      })),
    },
  }
}

/** Makes a household of one; the lead leaves the one it was in. */
export async function create(ctx: Ctx, input: InputOf<Api['create']>): Promise<{ id: string }> {
  const person = await findPerson(ctx, input.leadId)
  const id = ctx.id()
  await queries.insertHousehold(ctx.db, { id, name: input.name, created_at: ctx.now })
  await queries.putMember(ctx.db, person, id, input.relation, ctx.now)
  await queries.takeOut(ctx.db, person, id)
  await announce(ctx, 'leads', { ids: [person.id] })
  return { id }
}

export async function rename(ctx: Ctx, input: InputOf<Api['rename']>): Promise<{ ok: true }> {
  if (!(await queries.renameHousehold(ctx.db, input.id, input.name))) missing()
  return { ok: true }
}

const missing = (): never => refuse('missing', 'household.unknown', { message: '世帯が見つかりません / There is no such household.' })

export async function join(ctx: Ctx, input: InputOf<Api['join']>): Promise<{ ok: true }> {
  const person = await findPerson(ctx, input.leadId)
  if (!(await queries.lockHousehold(ctx.db, input.id))) missing()
  await queries.putMember(ctx.db, person, input.id, input.relation, ctx.now)
  await queries.takeOut(ctx.db, person, input.id)
  await announce(ctx, 'leads', { ids: [person.id] })
  return { ok: true }
}

export async function leave(ctx: Ctx, input: InputOf<Api['leave']>): Promise<{ ok: true }> {
  const person = await findPerson(ctx, input.leadId)
  await queries.takeOut(ctx.db, person, null)
  await announce(ctx, 'leads', { ids: [person.id] })
  return { ok: true }
}
