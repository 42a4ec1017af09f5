// Taking in what comes back: by a mailbox (IMAP) and by the webhooks of relays.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { withRead, withTx } from '#kernel/db/tx.ts'
import type { Door } from '#kernel/serve.ts'
import { countReasons, listBounces, listTally, tally } from '../bounces/queries.ts'
import type { BounceReason } from '../bounces/reasons.ts'
import { takeSaid } from '../bounces/service.ts'
import type { ImapSettings, IncomingState } from './contract.ts'
import { takeMail } from './mail.ts'
import { HOOKS, type HookName, type HookPost } from './port.ts'
import { hookKeys, mailboxOptions, readHook, readMailbox, readState, writeHook, writeMailbox, writeState } from './settings.ts'

const SYSTEM = { kind: 'system', name: 'incoming mail' } as const

/** How mails that come back are taken in. */
export async function state(ctx: Ctx): Promise<IncomingState> {
  const tallies = await listTally(ctx.db)
  const count = (source: string, outcome: string) => tallies.find((row) => row.source === source && row.outcome === outcome)?.n ?? 0
  const lastOf = (source: string) =>
    tallies
      .filter((row) => row.source === source)
      .map((row) => row.last_at.toISOString())
      .sort()
      .at(-1) ?? null
  const { password, ...mailbox } = await readMailbox(ctx)
  const read = await readState(ctx)
  const hooks = []
  for (const source of HOOKS) {
    const { on, name, secret } = await readHook(ctx, source)
    const url = `${ctx.house.publicUrl.replace(/\/$/, '')}/hooks/mail/${source}`
    hooks.push({
      source,
      url,
      on,
      name,
      hasSecret: secret !== '',
      taken: count(source, 'taken'),
      repeated: count(source, 'repeated'),
      refused: count(source, 'refused'),
      lastAt: lastOf(source),
    })
  }
  const counts = {
    taken: count('mailbox', 'taken'),
    replies: count('mailbox', 'reply'),
    others: count('mailbox', 'other') + count('mailbox', 'unproven'),
  }
  return { mailbox: { ...mailbox, hasPassword: password !== '', lastAt: read.at, fault: read.fault, ...counts }, hooks }
}

export async function saveMailbox(ctx: Ctx, given: ImapSettings & { password?: string | undefined }): Promise<IncomingState> {
  await writeMailbox(ctx, given)
  return state(ctx)
}

export async function saveHook(
  ctx: Ctx,
  given: { source: HookName; on: boolean; name: string; secret?: string | undefined },
): Promise<IncomingState> {
  await writeHook(ctx, given.source, given)
  return state(ctx)
}

/** Opens the mailbox given, reads nothing and closes it. */
export async function tryMailbox(
  door: Door,
  given: ImapSettings & { password?: string | undefined },
): Promise<{ ok: boolean; said: string }> {
  const options = await door.read((ctx) => mailboxOptions(ctx, given))
  try {
    const mailbox = await door.house.ports.openMailbox(options)
    await mailbox.close()
    return { ok: true, said: '' }
  } catch (error) {
    return { ok: false, said: faultOf(error) }
  }
}

const faultOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 300)

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
        const mails = await mailbox.fetch(uid, AT_ONCE)
        uid = mails.at(-1)?.uid ?? uid
        const at = uid
        await withTx(house, SYSTEM, async (ctx) => {
          for (const mail of mails) await takeMail(ctx, mail.raw)
          await writeState(ctx, { validity: mailbox.validity, uid: at, at: ctx.now.toISOString(), fault: null })
        })
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

/** What a post to a webhook is answered. */
export type HookOutcome = 'taken' | 'refused' | 'off'

/** Takes one post of a relay. */
export async function takeHook(house: House, source: HookName, post: HookPost): Promise<HookOutcome> {
  const { keys, now } = await withRead(house, SYSTEM, async (ctx) => ({ keys: await hookKeys(ctx, source), now: ctx.now }))
  if (!keys) return 'off'
  const answer = await house.ports.mailHooks[source](house, keys, post, now)
  return withTx(house, SYSTEM, async (ctx) => {
    if (answer.kind === 'refused') {
      house.log.warn({ source, why: answer.why }, 'a notice about mail was refused')
      await tally(ctx.db, source, new Map([['refused', 1]]), ctx.now)
      return 'refused'
    }
    if (answer.kind === 'said') await takeSaid(ctx, source, true, answer.said)
    return 'taken'
  })
}

/** A page of the mails that came back. */
export async function bounces(
  ctx: Ctx,
  input: {
    cursor?: string | undefined
    limit: number
    reason?: BounceReason | undefined
    hard?: boolean | undefined
    newsletter?: string | undefined
  },
) {
  const filter = { reason: input.reason, hard: input.hard, source: input.newsletter }
  const rows = await listBounces(ctx.db, filter, decodeCursor(input.cursor), input.limit + 1)
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    items: shown.map(({ person_id, company, mail, subject, at, ...row }) => ({
      ...row,
      personId: person_id,
      company: company ?? '',
      address: mail ?? '',
      subject: subject ?? '',
      at: at.toISOString(),
    })),
    next: rows.length > input.limit && last ? encodeCursor(last.at, last.id) : null,
  }
}

export async function reasons(ctx: Ctx, { days }: { days: number }) {
  return { items: await countReasons(ctx.db, new Date(ctx.now.getTime() - days * 86_400_000)) }
}
