// Notices to colleagues about their leads, by the route that mails go; without a mail server they lie in the built-in mailbox.

import { z } from 'zod'
import type { House } from '#kernel/ctx.ts'
import { escapeHtml } from '#kernel/html.ts'
import { defineJob } from '#kernel/jobs.ts'
import type { OwnerMail } from '#loop/sales/assignment/notice.ts'
import { rowsAsHtml, rowsAsText, sendNotice } from './houseMail.ts'

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
  run: (house, mail) => sendNotice(house, wordsOf(house, mail)),
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

function wordsOf(house: House, { to, name, language, kind, leads, n }: OwnerMail) {
  const words = WORDS[language]
  const { subject, line } = words[kind](n)
  const rows = leads.map((lead) => ({
    words: [lead.company, lead.name || words.unnamed].filter(Boolean).join(' '),
    url: `${house.publicUrl}${lead.path}`,
  }))
  const rest = n > rows.length ? words.more(n - rows.length) : ''
  return {
    to,
    name,
    subject,
    html: `<p>${escapeHtml(words.hello(name))}</p><p>${line}</p>${rowsAsHtml(rows)}<p>${rest}</p>`,
    text: [words.hello(name), '', line, '', ...rowsAsText(rows), rest, ''].join('\n'),
  }
}
