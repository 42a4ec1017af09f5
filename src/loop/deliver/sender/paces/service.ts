import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import type { Door } from '#kernel/serve.ts'
import { groupOf, isProvider } from '../pace.ts'
import type { PaceShown, pacesContract } from './contract.ts'
import { KEPT_DAYS, stepOf } from './decide.ts'
import { forgetLearnt, isKnown, listLimited, type PaceRow, putFixed } from './queries.ts'

type Ask<K extends keyof typeof pacesContract> = InputOf<(typeof pacesContract)[K]>

/** Groups that have a limit of their own, the latest first. */
export async function list(ctx: Ctx): Promise<{ items: PaceShown[] }> {
  return { items: (await listLimited(ctx.db, new Date(ctx.now.getTime() - KEPT_DAYS * DAY))).map(shown) }
}

function shown(row: PaceRow): PaceShown {
  const learnt = row.per_minute !== null || row.places !== null
  const fixed = row.fixed_at !== null
  const since = (fixed ? row.fixed_at : row.slowed_at) ?? row.changed_at
  return {
    receiver: row.receiver,
    perMinute: row.fixed_per_minute ?? row.per_minute,
    connections: row.fixed_places ?? row.places,
    why: fixed ? 'fixed' : (row.why ?? 'rate'),
    reply: learnt ? row.reply : '',
    since: since.toISOString(),
    raisedAt: learnt ? (row.raised_at?.toISOString() ?? null) : null,
    step: row.per_minute !== null && row.fixed_per_minute === null ? stepOf(row) : null,
    by: row.fixed_by,
    learnt,
  }
}

/** Sets the limits of the group a domain belongs to, which DNS is asked for; a name that is a group already is taken as it stands. */
export async function set(door: Door, input: Ask<'set'>): Promise<{ receiver: string }> {
  const known = isProvider(input.domain) || (await door.read((ctx) => isKnown(ctx.db, input.domain)))
  const receiver = known ? input.domain : await groupByDns(door, input.domain)
  await door.tx((ctx) =>
    putFixed(
      ctx.db,
      {
        receiver,
        perMinute: input.perMinute,
        places: input.connections,
        by: 'name' in ctx.actor ? ctx.actor.name : '',
      },
      ctx.now,
    ),
  )
  return { receiver }
}

async function groupByDns({ house }: Door, domain: string): Promise<string> {
  const answer = await house.ports.names?.exchangers(domain)
  return groupOf(domain, answer?.kind === 'found' ? (answer.records[0] ?? null) : null)
}

export async function forget(ctx: Ctx, { receiver }: Ask<'forget'>): Promise<{ ok: true }> {
  if (!(await forgetLearnt(ctx.db, receiver, ctx.now)))
    refuse('missing', 'mail.pace', { message: 'Nothing has been learnt of this receiver.' })
  return { ok: true }
}
