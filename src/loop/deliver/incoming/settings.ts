// Which mailbox and which webhooks are listened to. Secrets are sealed and never come out.
import { z } from 'zod'
import type { Ctx } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import { readSetting, writeSetting } from '#kernel/settings.ts'
import { seal, unseal } from '../sender/seal.ts'
import { EMPTY_IMAP, type ImapSettings, imapSettings } from './contract.ts'
import type { HookKeys, HookName, ImapOptions } from './port.ts'

const MAILBOX = 'mail.incoming'
const STATE = 'mail.incoming.state'
const hookKey = (source: HookName) => `mail.hook.${source}`

const storedMailbox = imapSettings.extend({ password: z.string().default('') })
const storedHook = z.object({ on: z.boolean(), name: z.string(), secret: z.string() })
const mailboxState = z.object({ validity: z.number(), uid: z.number(), at: z.string().nullable(), fault: z.string().nullable() })
export type MailboxState = z.infer<typeof mailboxState>

export const readMailbox = (ctx: Ctx): Promise<z.infer<typeof storedMailbox>> =>
  readSetting(ctx, MAILBOX, storedMailbox, { ...EMPTY_IMAP, password: '' })

export async function writeMailbox(ctx: Ctx, given: ImapSettings & { password?: string | undefined }): Promise<void> {
  const before = await readMailbox(ctx)
  if (given.on && (!given.host || !given.user))
    refuse('invalid', 'mail.mailbox', { message: 'Name the server and the user.', field: given.host ? 'user' : 'host' })
  await writeSetting(ctx, MAILBOX, { ...imapSettings.parse(given), password: keptPassword(ctx, before, given) })
  // Another mailbox numbers its mails by itself.
  if (given.host !== before.host || given.user !== before.user || given.folder !== before.folder)
    await writeState(ctx, { validity: 0, uid: 0, at: null, fault: null })
}

/** A kept password must not be sent to another server than the one it was given for, nor in the open. */
function keptPassword(ctx: Ctx, before: z.infer<typeof storedMailbox>, given: ImapSettings & { password?: string | undefined }): string {
  if (given.password !== undefined) return given.password ? seal(ctx.house.secret('imap'), given.password) : ''
  const bared = given.security === 'none' && before.security !== 'none'
  return given.host === before.host && given.user === before.user && given.port === before.port && !bared ? before.password : ''
}

/** What the mailbox is opened with; the given settings with the kept password where they are for the same server. */
export async function mailboxOptions(ctx: Ctx, given?: ImapSettings & { password?: string | undefined }): Promise<ImapOptions> {
  const stored = await readMailbox(ctx)
  const sealed = given ? keptPassword(ctx, stored, given) : stored.password
  const { host, port, security, user, folder } = given ?? stored
  return { host, port, security, user, folder: folder || 'INBOX', password: sealed ? (unseal(ctx.house.secret('imap'), sealed) ?? '') : '' }
}

export const readState = (ctx: Ctx): Promise<MailboxState> =>
  readSetting(ctx, STATE, mailboxState, { validity: 0, uid: 0, at: null, fault: null })
export const writeState = (ctx: Ctx, state: MailboxState): Promise<void> => writeSetting(ctx, STATE, state)

export const readHook = (ctx: Ctx, source: HookName): Promise<z.infer<typeof storedHook>> =>
  readSetting(ctx, hookKey(source), storedHook, { on: false, name: '', secret: '' })

/** What proves a post of this relay; null while it is off. */
export async function hookKeys(ctx: Ctx, source: HookName): Promise<HookKeys | null> {
  const { on, name, secret } = await readHook(ctx, source)
  return on ? { name, secret: secret ? (unseal(ctx.house.secret('mail-hook'), secret) ?? '') : '' } : null
}

export async function writeHook(
  ctx: Ctx,
  source: HookName,
  given: { readonly on: boolean; readonly name: string; readonly secret?: string | undefined },
): Promise<void> {
  const before = await readHook(ctx, source)
  const secret = given.secret === undefined ? before.secret : given.secret ? seal(ctx.house.secret('mail-hook'), given.secret.trim()) : ''
  const proved = source === 'ses' ? given.name !== '' : secret !== '' && (source !== 'postmark' || given.name !== '')
  if (given.on && !proved)
    refuse('invalid', 'mail.hook', {
      message: 'Without its key nobody could tell a true notice from a forged one.',
      field: source === 'ses' ? 'name' : 'secret',
    })
  await writeSetting(ctx, hookKey(source), { on: given.on, name: given.name, secret })
}
