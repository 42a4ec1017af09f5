import type { Ctx } from '#kernel/ctx.ts'
import type { InputOf } from '#kernel/endpoint.ts'
import { refuse } from '#kernel/errors.ts'
import { cursorOf, readCursor } from '#loop/deliver/cursor.ts'
import type { mailboxContract } from './contract.ts'
import { clearMails, countUnread, findMail, listMails, type MailRow, markRead } from './queries.ts'
import { readMail } from './read.ts'

type Ask<K extends keyof typeof mailboxContract> = InputOf<(typeof mailboxContract)[K]>

const gone = (): never => refuse('missing', 'mail.missing', { message: 'This mail is not in the mailbox any more.' })

const shown = (row: MailRow) => ({
  id: row.id,
  at: row.at.toISOString(),
  from: row.sender,
  to: row.envelope_to,
  subject: row.subject,
  read: row.read_at !== null,
  bytes: row.bytes,
})

export async function list(ctx: Ctx, input: Ask<'list'>) {
  const [at, id] = readCursor(input.cursor) ?? []
  const after = at && id ? { at: new Date(at), id } : null
  const rows = await listMails(ctx.db, { after, limit: input.limit + 1, search: input.search || null })
  const items = rows.slice(0, input.limit)
  const last = items.at(-1)
  const next = rows.length > input.limit && last ? cursorOf(last.at.toISOString(), last.id) : null
  return { items: items.map(shown), next, unread: await countUnread(ctx.db) }
}

export async function get(ctx: Ctx, { id }: Ask<'get'>) {
  const row = await findMail(ctx.db, id)
  if (!row) return gone()
  const mail = await readMail(row.raw)
  return { ...shown(row), html: mail.html, text: mail.text, headers: [...mail.headers], source: mail.source }
}

export async function read(ctx: Ctx, { id }: Ask<'read'>): Promise<{ ok: true }> {
  if (!(await markRead(ctx.db, id, ctx.now))) gone()
  return { ok: true }
}

export async function clear(ctx: Ctx): Promise<{ ok: true }> {
  await clearMails(ctx.db)
  return { ok: true }
}
