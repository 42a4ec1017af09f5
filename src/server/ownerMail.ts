// Notices to colleagues about their leads, by the route that mails go; without a mail server they lie in the built-in mailbox.

import { z } from 'zod'
import { idAt } from '#kernel/chance.ts'
import type { House } from '#kernel/ctx.ts'
import { withRead } from '#kernel/db/tx.ts'
import { escapeHtml } from '#kernel/html.ts'
import { defineJob } from '#kernel/jobs.ts'
import { readAddress } from '#loop/deliver/sender/address.ts'
import type { Letter } from '#loop/deliver/sender/mime.ts'
import { type Outfit, outfit } from '#loop/deliver/sender/settings.ts'
import type { OwnerMail } from '#loop/sales/assignment/notice.ts'
import { sendHouseMail } from './houseMail.ts'

const schema = z.object({
  to: z.string(),
  name: z.string(),
  language: z.enum(['ja', 'en']),
  kind: z.enum(['assigned', 'returned']),
  leads: z.array(z.object({ name: z.string(), company: z.string().nullable(), path: z.string() })),
  n: z.number(),
})

export const sendOwnerMail = defineJob({
  name: 'sales.owner_mail',
  schema,
  run: async (house, mail) => {
    const worn = await withRead(house, { kind: 'system', name: 'worker' }, outfit)
    const to = readAddress(mail.to)
    if (!to || worn.fromEmail === '') return
    const letter = letterOf(house, worn, mail)
    await sendHouseMail(worn, to.wire, letter)
  },
})

/** Queued in the transaction that assigned: no notice of what never was. */
export const ownerMailer = (ctx: Parameters<House['jobs']['enqueue']>[0], mail: OwnerMail): Promise<void> =>
  ctx.house.jobs.enqueue(ctx, sendOwnerMail, { ...mail, leads: mail.leads.map((one) => ({ ...one })) })

const WORDS = {
  ja: {
    hello: (name: string) => `${name} 様`,
    assigned: (n: number) => ({ subject: `${n}件のリードの担当になりました`, line: '次のリードの担当になりました。' }),
    returned: (n: number) => ({
      subject: `${n}件のリードが担当から外れました`,
      line: '一定の期間対応の記録がなかったため、次のリードは担当から外れました。',
    }),
    more: (n: number) => `ほか${n}件`,
    unnamed: '名前なし',
  },
  en: {
    hello: (name: string) => `Dear ${name},`,
    assigned: (n: number) => ({ subject: `${n === 1 ? 'A lead is' : `${n} leads are`} yours`, line: 'These leads are yours now.' }),
    returned: (n: number) => ({
      subject: `${n === 1 ? 'A lead' : `${n} leads`} went back`,
      line: 'Nothing was recorded for these leads for some time, so they are no longer yours.',
    }),
    more: (n: number) => `and ${n} more`,
    unnamed: 'No name',
  },
} as const

function letterOf(house: House, worn: Outfit, mail: OwnerMail): Letter {
  const words = WORDS[mail.language]
  const { subject, line } = words[mail.kind](mail.n)
  const rows = mail.leads.map((lead) => ({
    words: [lead.company, lead.name || words.unnamed].filter(Boolean).join(' '),
    url: `${house.publicUrl}${lead.path}`,
  }))
  const rest = mail.n > rows.length ? words.more(mail.n - rows.length) : ''
  const now = house.clock.now()
  const text = [words.hello(mail.name), '', line, '', ...rows.map((row) => `${row.words}\n${row.url}`), rest, ''].join('\n')
  const items = rows.map((row) => `<li><a href="${escapeHtml(row.url)}">${escapeHtml(row.words)}</a></li>`).join('')
  return {
    messageId: `${idAt(now)}@${worn.fromEmail.split('@').at(-1)}`,
    date: now,
    from: { name: worn.frame.senderName, address: worn.fromEmail },
    replyTo: null,
    to: { name: mail.name, address: mail.to },
    subject,
    html: `<p>${escapeHtml(words.hello(mail.name))}</p><p>${line}</p><ul>${items}</ul><p>${rest}</p>`,
    text,
    stopUrl: null,
    feedbackId: null,
  }
}
