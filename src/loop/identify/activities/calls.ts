// A call as it rings: whose number it is, and a lead made of a caller nobody knows yet.
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { createLead } from '../change/service.ts'
import { presentAll } from '../leads/service.ts'
import { normalisePhone } from '../normalise/decide.ts'
import { selectPeople } from '../queries.ts'
import { CALL_SOURCE } from './kinds/contract.ts'
import { findByPhone } from './queries.ts'
import { add } from './service.ts'

const MOST = 10

/** The leads who have a number, however it is written: hyphens, full width, +81 or brackets. */
export async function match(ctx: Ctx, input: { number: string }) {
  const phone = normalisePhone(input.number)
  if (phone === null) return { phone, items: [] }
  const subjects = await findByPhone(ctx.db, phone, MOST)
  const people = await selectPeople(ctx.db, subjects)
  const rows = await presentAll(
    ctx,
    subjects.flatMap((subject) => people.get(subject.id) ?? []),
  )
  const items = rows.map((row) => ({
    id: row.id,
    name: [row.familyName, row.givenName].filter(Boolean).join(' ') || row.mail || '',
    companyName: row.companyName,
    title: [row.department, row.title].filter(Boolean).join(' ') || null,
    phone: row.phone,
    ownerName: row.ownerName,
    lastSeenAt: row.lastSeenAt,
  }))
  return { phone, items }
}

interface Call {
  readonly leadId?: string | undefined
  readonly number: string
  readonly mail?: string | undefined
  readonly caller?: Readonly<Record<string, string | undefined>> | undefined
  readonly direction: 'in' | 'out'
  readonly result?: string | null | undefined
  readonly minutes?: number | null | undefined
  readonly body?: string | null | undefined
}

/**
 * Records a call. Without a lead one is made of what the caller told, with the source 電話 and whoever records it as the owner.
 * @throws Refusal `phone.malformed` (field `number`) when a new lead's number cannot be one
 */
export async function call(ctx: Ctx, input: Call): Promise<{ leadId: string; id: string; made: boolean }> {
  const { direction, result, minutes, body } = input
  const known = input.leadId !== undefined
  const leadId = input.leadId ?? (await fromCaller(ctx, input))
  const { items } = await add(ctx, { leadIds: [leadId], kind: 'call', direction, result, minutes, body })
  const [made] = items
  if (!made) throw new Error('one activity was asked for')
  return { leadId: made.leadId, id: made.id, made: !known }
}

async function fromCaller(ctx: Ctx, input: Call): Promise<string> {
  if (input.number.trim() !== '' && normalisePhone(input.number) === null)
    refuse('unprocessable', 'phone.malformed', {
      message: '電話番号を確かめてください / This cannot be a phone number.',
      field: 'number',
    })
  const { id } = await createLead(ctx, {
    mail: input.mail,
    fields: { ...input.caller, phone: input.number },
    source: CALL_SOURCE,
    ownerId: ctx.actor.kind === 'user' ? ctx.actor.id : null,
  })
  return id
}
