// The mailbox as a mail route: the same pipeline, states and marks as SMTP, and the mail can be read in the UI.
import { idAt } from '#kernel/chance.ts'
import type { House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { announce } from '#kernel/live.ts'
import { coalesce } from '#loop/deliver/sender/coalesce.ts'
import type { MailRoute, Outcome, Parcel } from '#loop/deliver/sender/port.ts'
import { insertMails, type NewMail } from './queries.ts'
import { headersOf } from './read.ts'

const MAILBOX = { kind: 'system', name: 'mailbox' } as const
const boxes = new WeakMap<House, MailRoute>()

/** The mailbox of this house. */
export function mailboxRoute(house: House): MailRoute {
  const known = boxes.get(house)
  if (known) return known
  const store = coalesce(
    (mails: readonly NewMail[]) =>
      withTx(house, MAILBOX, async (ctx) => {
        await insertMails(ctx.db, mails, ctx.now)
        await announce(ctx, 'mailbox')
        return mails.map(() => true)
      }),
    2,
    100,
  )
  const send = async (parcel: Parcel): Promise<Outcome> => {
    if (!(await parcel.mayBegin())) return { kind: 'stopped' }
    const raw = parcel.head ? Buffer.concat([parcel.head, parcel.bytes]) : parcel.bytes
    const headers = headersOf(raw)
    const id = idAt(house.clock.now())
    await store({
      id,
      from: parcel.from,
      to: parcel.to,
      subject: headers.get('subject') ?? '',
      sender: headers.get('from') ?? '',
      messageId: (headers.get('message-id') ?? '').replace(/[<>]/g, ''),
      raw,
    })
    return { kind: 'accepted', reply: `250 2.0.0 kept in the mailbox as ${id}` }
  }
  const route: MailRoute = { kind: 'mailbox', open: () => Promise.resolve({ send, usable: () => true, close: () => undefined }) }
  boxes.set(house, route)
  return route
}
