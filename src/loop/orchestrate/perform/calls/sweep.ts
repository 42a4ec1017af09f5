// Makes the calls that are due. A door: claim and record are transactions of their own, and none is open while a receiver answers.
import { MINUTE } from '#kernel/clock.ts'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { callChannel } from '../channels/call.ts'
import type { CallAnswer } from '../ports.ts'
import { becauseOf, fateOf } from './decide.ts'
import * as queries from './queries.ts'

const CALLER: Actor = { kind: 'system', name: 'scenarios' }
/** A call takes 10 s at the most; a worker that has said nothing for so long is gone. */
const LEASE = 2 * MINUTE
const AT_ONCE = 16

/** Makes calls that are due, some at once, until none is due any more. No transaction is open meanwhile. @returns how many were made */
export async function sweepCalls(house: House): Promise<number> {
  for (let made = 0; ; ) {
    const claim = (ctx: Ctx) => queries.claimCalls(ctx.db, ctx.now, new Date(ctx.now.getTime() + LEASE), AT_ONCE)
    const calls = await withTx(house, CALLER, claim, { claim: true })
    if (!calls.length) return made
    const answers = await Promise.all(calls.map((call) => make(house, call)))
    await withTx(house, CALLER, (ctx) => record(ctx, calls, answers), { claim: true })
    made += calls.length
  }
}

function make(house: House, call: queries.CallRow): Promise<CallAnswer> {
  return call.kind === 'webhook'
    ? house.ports.webhook(house, { id: call.id, url: call.target, at: call.at, body: call.body })
    : callChannel(house, { id: call.id, subject: { bucket: call.bucket, id: call.person_id }, channel: call.target, body: call.body })
}

async function record(ctx: Ctx, calls: readonly queries.CallRow[], answers: readonly CallAnswer[]): Promise<void> {
  const settled = calls.map((call, i): queries.SettledCall => {
    const fate = fateOf(answers[i] ?? { kind: 'failed', reason: 'no answer' }, call.tries, ctx.now)
    return {
      call,
      state: fate.state,
      nextAt: fate.state === 'waiting' ? fate.nextAt : null,
      reason: fate.state === 'taken' ? null : fate.reason.slice(0, 300),
      because: becauseOf(fate),
    }
  })
  await queries.settleCalls(ctx.db, settled, ctx.now)
}
