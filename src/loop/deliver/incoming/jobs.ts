import { z } from 'zod'
import { DAY } from '#kernel/clock.ts'
import type { Ctx, House, JobKind } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import { asRefusal } from '#kernel/errors.ts'
import { defineJob } from '#kernel/jobs.ts'
import { forgetKeys, tally } from '../bounces/queries.ts'
import { takeMail } from './mail.ts'
import type { Fetched } from './port.ts'
import { faultOf } from './service.ts'
import { mailboxOptions, readMailbox, readState, writeState } from './settings.ts'

const SYSTEM = { kind: 'system', name: 'incoming mail' } as const

/** Mails in one transaction, and in one visit: what is over waits for the next minute. */
const AT_ONCE = 50
const MOST = 1_000

/** Reads what is new in the mailbox. A mail is counted as read in the transaction that acts on it: killed in between, it is read again and has no second effect. */
export async function readMailboxNow(house: House): Promise<number> {
  const start = await withRead(house, SYSTEM, async (ctx) => ({
    on: (await readMailbox(ctx)).on,
    options: await mailboxOptions(ctx),
    state: await readState(ctx),
  }))
  if (!start.on) return 0
  let done = 0
  try {
    const mailbox = await house.ports.openMailbox(start.options)
    try {
      let uid = mailbox.validity === start.state.validity ? start.state.uid : 0
      for (;;) {
        const mails = await mailbox.take(uid, AT_ONCE)
        uid = mails.at(-1)?.uid ?? uid
        await takeAll(house, mailbox.validity, uid, mails)
        done += mails.length
        if (mails.length < AT_ONCE || done >= MOST) return done
      }
    } finally {
      await mailbox.close()
    }
  } catch (error) {
    house.log.warn({ err: error }, 'the mailbox for returned mail could not be read')
    await withTx(house, SYSTEM, async (ctx) => writeState(ctx, { ...(await readState(ctx)), fault: faultOf(error) }))
    return done
  }
}

/** Takes mails, and notes how far the mailbox is read; one that fails by itself is left alone: no mail may stop the ones behind it. */
async function takeAll(house: House, validity: number, uid: number, mails: readonly Fetched[]): Promise<void> {
  const note = (ctx: Ctx, at: number) => writeState(ctx, { validity, uid: at, at: ctx.now.toISOString(), fault: null })
  try {
    await withTx(house, SYSTEM, async (ctx) => {
      for (const { raw } of mails) await takeMail(ctx, raw)
      await note(ctx, uid)
    })
  } catch (error) {
    if (asRefusal(error)?.kind === 'unavailable') throw error
    const [mail] = mails
    if (!mail) throw error
    if (mails.length > 1) for (const one of mails) await takeAll(house, validity, one.uid, [one])
    else {
      house.log.warn({ err: error, uid: mail.uid }, 'a mail in the mailbox could not be taken')
      await withTx(house, SYSTEM, async (ctx) => {
        await tally(ctx.db, 'mailbox', new Map([['other', 1]]), ctx.now)
        await note(ctx, uid)
      })
    }
  }
}

/** Every minute: what came back by mail. */
export const readMailboxJob = defineJob({
  name: 'incoming.read',
  schema: z.object({}),
  cron: '* * * * *',
  retries: 0,
  run: async (house) => {
    await readMailboxNow(house)
  },
})

const KEPT_MS = 30 * DAY

/** Every night: keys of notices that are older than any relay repeats; signed ones of that age are refused before. */
export const forgetJob = defineJob({
  name: 'incoming.forget',
  schema: z.object({}),
  cron: '20 18 * * *',
  run: async (house) => {
    await withTx(house, SYSTEM, (ctx) => forgetKeys(ctx.db, new Date(ctx.now.getTime() - KEPT_MS)))
  },
})

export const jobs: readonly JobKind[] = [readMailboxJob, forgetJob]
