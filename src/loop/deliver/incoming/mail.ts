// One mail of the mailbox: a bounce, a complaint, a stop, a reply, or nothing of ours.
import { createHash } from 'node:crypto'
import type { Ctx } from '#kernel/ctx.ts'
import { append, derivedId } from '#kernel/journal.ts'
import { storable } from '../bounces/marks.ts'
import { tally } from '../bounces/queries.ts'
import type { Notice } from '../bounces/read.ts'
import { readNotice } from '../bounces/read.ts'
import { deliveryIn, type Said, takeSaid } from '../bounces/service.ts'
import { findAnswered } from './queries.ts'
import { saidOf } from './said.ts'

/** Takes one mail. What cannot be read is counted and left alone: no mail may stop the ones behind it. */
export async function takeMail(ctx: Ctx, raw: Uint8Array): Promise<void> {
  const notice = await readNotice(raw).catch(() => null)
  if (!notice) return tally(ctx.db, 'mailbox', new Map([['other', 1]]), ctx.now)
  const said = saidIn(ctx, notice, keyOf(notice, raw))
  if (said.length) return void (await takeSaid(ctx, 'mailbox', false, said))
  const outcome = notice.kind === 'other' && (await takeReply(ctx, notice)) ? 'reply' : 'other'
  await tally(ctx.db, 'mailbox', new Map([[outcome, 1]]), ctx.now)
}

/** A forged notice may carry the Message-ID of a true one: only the same bytes are the same notice. */
const keyOf = (notice: Notice, raw: Uint8Array): string => `${notice.kind}:${createHash('sha256').update(raw).digest('hex').slice(0, 40)}`

function saidIn(ctx: Ctx, notice: Notice, key: string): Said[] {
  const at = ctx.now
  const base = { key, to: notice.to, messageId: notice.about, at }
  if (notice.kind === 'bounce') return saidOf(notice.failures, { ...base, kind: 'failed' })
  if (notice.kind === 'complaint') return saidOf(notice.failures, { ...base, kind: 'complained' })
  if (notice.kind === 'unsubscribe')
    return [{ key, kind: 'unsubscribed', address: notice.from, to: notice.to, about: notice.answers[0] ?? null, finding: null, at }]
  return []
}

const MOST_TEXT = 4_000

/** A person's answer to a mail of ours, by the Message-ID it answers: it lands on their timeline. @returns whether it was one */
async function takeReply(ctx: Ctx, notice: Notice): Promise<boolean> {
  const ids = notice.answers.flatMap((id) => deliveryIn(id) ?? [])
  const mail = ids.length ? await findAnswered(ctx.db, ids, storable(notice.from)) : undefined
  if (!mail) return false
  await append(ctx, [
    {
      subject: { bucket: mail.bucket, id: mail.person_id },
      id: derivedId(mail.id, 'deliver', `replied:${notice.messageId ?? notice.text.slice(0, 200)}`),
      name: 'mail.replied',
      occurredAt: ctx.now,
      via: 'mail',
      props: {
        delivery: mail.id,
        what: mail.what,
        template: mail.template_id,
        name: mail.template_name,
        subject: storable(notice.subject.slice(0, 300)),
        text: storable(ownWords(notice.text).slice(0, MOST_TEXT)),
      },
    },
  ])
  return true
}

/** What they wrote, without our own mail quoted below it. */
export function ownWords(text: string): string {
  const lines = text.replace(/\r/g, '').split('\n')
  const quoted = lines.findIndex(
    (line, i) =>
      /^(?:On .{5,120} wrote:|.{4,120}(?:のメール|wrote|書きました)[:：]?\s*$|-{3,}\s*(?:Original Message|元のメッセージ)|_{10,}|From: .+@)/i.test(
        line,
      ) && i > 0,
  )
  const own = (quoted < 0 ? lines : lines.slice(0, quoted)).filter((line) => !/^\s*>/.test(line))
  return own.join('\n').trim()
}
