// The door every API call goes through: permission, idempotency, one transaction, audit.
import { createHash } from 'node:crypto'
import { recordCall } from '#access/audit/service.ts'
import { mayActor } from '#access/roles.ts'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { refuse } from '#kernel/errors.ts'
import { type Door, doorOf } from '#kernel/serve.ts'
import { type AnswerKey, beginAnswer, dropAnswer, findAnswer, keepAnswer } from './queries.ts'

/** One call: who asks for which endpoint, and how the request came. */
export interface Call {
  readonly actor: Actor
  readonly endpoint: string
  readonly permission: string
  readonly method: string
  readonly idempotencyKey: string | null
  readonly request: Door['request']
}

type TxRun = (ctx: Ctx, input: unknown) => Promise<unknown>
type Outside = { readonly outside: (door: Door, input: unknown) => Promise<unknown> }
const LONGEST_KEY = 200

/** Runs one call. @throws Refusal */
export async function run(house: House, call: Call, handler: TxRun | Outside, input: unknown): Promise<unknown> {
  admit(call)
  const key = keyOf(call, input)
  if (typeof handler !== 'function') return runOutside(house, call, key, (door) => handler.outside(door, input), input)
  if (call.method === 'GET') return withRead(house, call.actor, (ctx) => handler(ctx, input))
  return withTx(house, call.actor, async (ctx) => {
    const before = key && (await begin(ctx, key))
    if (before) return before.answer
    const answer = await handler(ctx, input)
    if (changes(call)) await recordCall(ctx, call, input, answer)
    if (key) await keepAnswer(ctx, key, answer)
    return answer
  })
}

/** A POST that needs only a reading permission (a preview, a count) changes nothing: the audit log is kept for what does. */
const changes = (call: Call): boolean => !call.permission.endsWith('.read')

/** @throws Refusal unauthenticated or forbidden when the caller lacks the endpoint's permission */
export function admit(call: Pick<Call, 'actor' | 'permission'>): void {
  if (mayActor(call.actor, call.permission)) return
  if (call.actor.kind === 'public')
    refuse('unauthenticated', 'signin.needed', { message: 'Sign in, or send an API key as "Authorization: Bearer hgk_…".' })
  refuse('forbidden', 'permission.missing', {
    message: `This needs the permission ${call.permission}, which your role or key does not have.`,
  })
}

function keyOf(call: Call, input: unknown): AnswerKey | null {
  if (call.method === 'GET' || !changes(call) || call.idempotencyKey === null) return null
  if (call.idempotencyKey.length > LONGEST_KEY || call.idempotencyKey === '') {
    refuse('invalid', 'idempotency.key', { message: `Idempotency-Key must have 1 to ${LONGEST_KEY} characters.` })
  }
  const actor = 'id' in call.actor ? `${call.actor.kind}:${call.actor.id}` : `${call.actor.kind}:${call.request.ip}`
  return {
    key: call.idempotencyKey,
    actor,
    endpoint: call.endpoint,
    bodyHash: createHash('sha256')
      .update(JSON.stringify(input) ?? '')
      .digest('hex'),
  }
}

/** Takes the key for this transaction; a key that was used before gives its answer, with another body it is refused. */
async function begin(ctx: Ctx, key: AnswerKey): Promise<{ answer: unknown } | null> {
  if (await beginAnswer(ctx, key)) return null
  const before = await findAnswer(ctx, key)
  if (!before)
    refuse('conflict', 'idempotency.running', { message: 'A call with this Idempotency-Key is under way. Ask again in a moment.' })
  if (before.body_hash !== key.bodyHash || before.endpoint !== key.endpoint) {
    refuse('unprocessable', 'idempotency.mismatch', {
      message: 'This Idempotency-Key was used for another request. Use a new key for a new request.',
    })
  }
  if (before.status === 0)
    refuse('conflict', 'idempotency.running', {
      message: 'A call with this Idempotency-Key is under way, or was cut off. Use a new key if it does not end.',
    })
  return { answer: before.answer }
}

async function runOutside(
  house: House,
  call: Call,
  key: AnswerKey | null,
  work: (door: Door) => Promise<unknown>,
  input: unknown,
): Promise<unknown> {
  const door = doorOf(house, call.actor, call.request)
  const before = key && (await door.tx((ctx) => begin(ctx, key)))
  if (before) return before.answer
  try {
    const answer = await work(door)
    if (call.method !== 'GET') {
      await door.tx(async (ctx) => {
        if (changes(call)) await recordCall(ctx, call, input, answer)
        if (key) await keepAnswer(ctx, key, answer)
      })
    }
    return answer
  } catch (error) {
    if (key) await door.tx((ctx) => dropAnswer(ctx, key)).catch(() => {})
    throw error
  }
}
