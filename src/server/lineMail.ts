// Notices to whoever looks after a line of newsletters, by the route that mails go; without a mail server they lie in the built-in mailbox.

import { z } from 'zod'
import type { Ctx, House } from '#kernel/ctx.ts'
import { escapeHtml } from '#kernel/html.ts'
import { defineJob } from '#kernel/jobs.ts'
import { ALERTS } from '#loop/deliver/lines/contract.ts'
import type { LineMail } from '#loop/deliver/lines/notice.ts'
import { rowsAsHtml, rowsAsText, sendNotice } from './houseMail.ts'

const schema = z.object({
  /** Of the letter: the same however often it is tried. */
  id: z.string(),
  to: z.string(),
  name: z.string(),
  language: z.enum(['ja', 'en']),
  items: z.array(z.object({ kind: z.enum(ALERTS), line: z.string(), day: z.string(), theme: z.string(), path: z.string() })),
})

export const sendLineMail = defineJob({
  name: 'newsletter.line_mail',
  schema,
  part: 'sending',
  run: (house, mail) => sendNotice(house, wordsOf(house, mail)),
})

/** Queued in the transaction that found it: no notice of what never was. */
export const lineMailer = (ctx: Ctx, mail: LineMail): Promise<void> =>
  ctx.house.jobs.enqueue(ctx, sendLineMail, { ...mail, id: ctx.id(), items: mail.items.map((one) => ({ ...one })) })

const WORDS = {
  ja: {
    hello: (name: string) => `${name} 様`,
    subject: (n: number) => `メルマガの予定を確認してください（${n}件）`,
    line: '定期メルマガの予定に、確認が必要なものがあります。',
    missing: '次の号がまだ予定されていません',
    late: '下書きの期限を過ぎています',
    overdue: '予定日を過ぎても配信されていません',
  },
  en: {
    hello: (name: string) => `Dear ${name},`,
    subject: (n: number) => `Look at your newsletter plan (${n})`,
    line: 'Something in the plan of your newsletters needs a look.',
    missing: 'nothing is planned for the next issue',
    late: 'the draft was due',
    overdue: 'the day has gone by and nothing was sent',
  },
} as const

function wordsOf(house: House, { items, language, ...mail }: z.output<typeof schema>) {
  const words = WORDS[language]
  const rows = items.map((one) => ({
    words: `${one.day} ${[one.line, one.theme].filter(Boolean).join(' ')}: ${words[one.kind]}`,
    url: `${house.publicUrl}${one.path}`,
  }))
  return {
    ...mail,
    subject: words.subject(rows.length),
    html: `<p>${escapeHtml(words.hello(mail.name))}</p><p>${words.line}</p>${rowsAsHtml(rows)}`,
    text: [words.hello(mail.name), '', words.line, '', ...rowsAsText(rows), ''].join('\n'),
  }
}
