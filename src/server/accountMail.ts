// Invitations and password resets by mail: access owns the port, the sender's route carries it.

import { z } from 'zod'
import type { AccountMail, AccountMailer } from '#access/users/links.ts'
import type { House } from '#kernel/ctx.ts'
import { escapeHtml } from '#kernel/html.ts'
import { defineJob } from '#kernel/jobs.ts'
import { seal, unseal } from '#loop/deliver/sender/seal.ts'
import { outfit } from '#loop/deliver/sender/settings.ts'
import { sendHouseMail, wornOf } from './houseMail.ts'

const PURPOSE = 'account-mail'

/** A link gives access, so it waits in the queue sealed; a database dump has none to read. */
export const sendAccountMail = defineJob({
  name: 'access.account_mail',
  schema: z.object({ sealed: z.string() }),
  run: async (house, { sealed }) => {
    const text = unseal(house.secret(PURPOSE), sealed)
    if (text !== null) await deliver(house, JSON.parse(text) as Omit<AccountMail, 'expiresAt'>)
  },
})

/**
 * Ready only when a mail server is set: the built-in mailbox can be read by colleagues, who must not find each other's
 * reset links there.
 */
export const accountMailer: AccountMailer = {
  ready: async (ctx) => {
    const worn = await outfit(ctx)
    return worn.route.kind === 'smtp' && worn.fromEmail !== ''
  },
  queue: (ctx, { expiresAt: _expiresAt, ...mail }) =>
    ctx.house.jobs.enqueue(ctx, sendAccountMail, { sealed: seal(ctx.house.secret(PURPOSE), JSON.stringify(mail)) }),
}

async function deliver(house: House, mail: Omit<AccountMail, 'expiresAt'>): Promise<void> {
  const worn = await wornOf(house)
  if (worn.route.kind === 'smtp') await sendHouseMail(house, worn, wordsOf(mail, worn.frame.company.legalName))
}

const WORDS = {
  ja: {
    invite: (company: string) => ({
      subject: `${company}のHagukumiへの招待`,
      line: '次のリンクからパスワードを決めると、使い始められます。7日以内に一度だけ使えます。',
    }),
    reset: () => ({
      subject: 'パスワードの再設定',
      line: '次のリンクから新しいパスワードを設定してください。24時間以内に一度だけ使えます。心当たりがない場合は、このメールを破棄してください。',
    }),
    hello: (name: string) => `${name} 様`,
  },
  en: {
    invite: (company: string) => ({
      subject: `Invitation to Hagukumi of ${company}`,
      line: 'Choose a password by this link to begin. It works once, within seven days.',
    }),
    reset: () => ({
      subject: 'Set a new password',
      line: 'Set a new password by this link. It works once, within 24 hours. If you did not ask for it, ignore this mail.',
    }),
    hello: (name: string) => `Dear ${name},`,
  },
} as const

function wordsOf({ to, name, language, kind, link }: Omit<AccountMail, 'expiresAt'>, company: string) {
  const words = WORDS[language]
  const { subject, line } = kind === 'invite' ? words.invite(company) : words.reset()
  return {
    to,
    name,
    subject,
    html: `<p>${escapeHtml(words.hello(name))}</p><p>${line}</p><p><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></p><p>${escapeHtml(company)}</p>`,
    text: `${words.hello(name)}\n\n${line}\n\n${link}\n\n${company}\n`,
  }
}
