// Notices of scenarios to colleagues, by the route that mails go; without a mail server they lie in the built-in mailbox.

import { z } from 'zod'
import type { Ctx } from '#kernel/ctx.ts'
import { escapeHtml } from '#kernel/html.ts'
import { defineJob } from '#kernel/jobs.ts'
import type { NoticeMail } from '#loop/orchestrate/perform/ports.ts'
import { rowsAsHtml, rowsAsText, sendNotice } from './houseMail.ts'

const schema = z.object({
  to: z.string(),
  name: z.string(),
  language: z.enum(['ja', 'en']),
  title: z.string(),
  text: z.string(),
  leads: z.array(z.object({ words: z.string(), link: z.string().nullable() })),
  n: z.number(),
})

export const sendNoticeMail = defineJob({
  name: 'orchestrate.notice_mail',
  schema,
  part: 'sending',
  run: (house, mail) => sendNotice(house, wordsOf(mail)),
})

/** Queued in the transaction of the step: no notice of what never was. */
export async function noticeMailer(ctx: Ctx, mails: readonly NoticeMail[]): Promise<void> {
  for (const mail of mails) await ctx.house.jobs.enqueue(ctx, sendNoticeMail, { ...mail, leads: mail.leads.map((one) => ({ ...one })) })
}

const WORDS = {
  ja: {
    hello: (name: string) => (name ? `${name} 様` : ''),
    about: '対象のリード',
    more: (n: number) => `ほか${n}件`,
    unnamed: '名前なし',
  },
  en: { hello: (name: string) => (name ? `Dear ${name},` : ''), about: 'Leads', more: (n: number) => `and ${n} more`, unnamed: 'No name' },
} as const

function wordsOf({ to, name, language, title, text, leads, n }: z.output<typeof schema>) {
  const words = WORDS[language]
  const rows = leads.map((lead) => ({ words: lead.words || words.unnamed, url: lead.link }))
  const rest = n > rows.length ? words.more(n - rows.length) : ''
  return {
    to,
    name,
    // A name of a scenario with a line break must not become a header.
    subject: title.replace(/\s+/g, ' ').slice(0, 200),
    html: `<p>${escapeHtml(words.hello(name))}</p><p>${escapeHtml(text)}</p><p>${words.about}</p>${rowsAsHtml(rows)}<p>${rest}</p>`,
    text: [words.hello(name), '', text, '', ...rowsAsText(rows), rest, ''].join('\n'),
  }
}
