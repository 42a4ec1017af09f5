// Taking in what comes back: by a mailbox (IMAP) and by the webhooks of relays.
import { decodeCursor, encodeCursor } from '#access/cursor.ts'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Door } from '#kernel/serve.ts'
import { countReasons, listBounces, listTally } from '../bounces/queries.ts'
import type { BounceReason } from '../bounces/reasons.ts'
import type { ImapSettings, IncomingState } from './contract.ts'
import { HOOKS, type HookName } from './port.ts'
import { mailboxOptions, readHook, readMailbox, readState, writeHook, writeMailbox } from './settings.ts'

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

export const faultOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 300)

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
  return { items: await countReasons(ctx.db, new Date(ctx.now.getTime() - days * DAY)) }
}
