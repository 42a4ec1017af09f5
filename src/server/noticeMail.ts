// Notices of scenarios to colleagues, by the route that mails go; without a mail server they lie in the built-in mailbox.

import { z } from 'zod'
import { idAt } from '#kernel/chance.ts'
import type { Ctx, House } from '#kernel/ctx.ts'
import { withRead } from '#kernel/db/tx.ts'
import { escapeHtml } from '#kernel/html.ts'
import { defineJob } from '#kernel/jobs.ts'
import { readAddress } from '#loop/deliver/sender/address.ts'
import type { Letter } from '#loop/deliver/sender/mime.ts'
import { type Outfit, outfit } from '#loop/deliver/sender/settings.ts'
import type { NoticeMail } from '#loop/orchestrate/perform/ports.ts'
import { sendHouseMail } from './houseMail.ts'

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
  run: async (house, mail) => {
    const worn = await withRead(house, { kind: 'system', name: 'worker' }, outfit)
    const to = readAddress(mail.to)
    if (!to || worn.fromEmail === '') return
    await sendHouseMail(worn, to.wire, letterOf(house, worn, mail))
  },
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

function letterOf(house: House, worn: Outfit, mail: z.output<typeof schema>): Letter {
  const words = WORDS[mail.language]
  const rows = mail.leads.map((lead) => ({ words: lead.words || words.unnamed, url: lead.link }))
  const rest = mail.n > rows.length ? words.more(mail.n - rows.length) : ''
  const now = house.clock.now()
  const text = [words.hello(mail.name), '', mail.text, '', ...rows.map((row) => [row.words, row.url].filter(Boolean).join('\n')), rest, '']
  const items = rows
    .map((row) => `<li>${row.url ? `<a href="${escapeHtml(row.url)}">${escapeHtml(row.words)}</a>` : escapeHtml(row.words)}</li>`)
    .join('')
  return {
    messageId: `${idAt(now)}@${worn.fromEmail.split('@').at(-1)}`,
    date: now,
    from: { name: worn.frame.senderName, address: worn.fromEmail },
    replyTo: null,
    to: { name: mail.name, address: mail.to },
    // A name of a scenario with a line break must not become a header.
    subject: mail.title.replace(/\s+/g, ' ').slice(0, 200),
    html: `<p>${escapeHtml(words.hello(mail.name))}</p><p>${escapeHtml(mail.text)}</p><p>${words.about}</p><ul>${items}</ul><p>${rest}</p>`,
    text: text.join('\n'),
    stopUrl: null,
    feedbackId: null,
  }
}
