// Invitations and password resets by mail: access owns the port, the sender's route carries it.

import { z } from 'zod'
import type { AccountMail, AccountMailer } from '#access/users/links.ts'
import { idAt } from '#kernel/chance.ts'
import type { House } from '#kernel/ctx.ts'
import { withRead } from '#kernel/db/tx.ts'
import { escapeHtml } from '#kernel/html.ts'
import { defineJob } from '#kernel/jobs.ts'
import { readAddress } from '#loop/deliver/sender/address.ts'
import type { Letter } from '#loop/deliver/sender/mime.ts'
import { seal, unseal } from '#loop/deliver/sender/seal.ts'
import { type Outfit, outfit } from '#loop/deliver/sender/settings.ts'
import { sendHouseMail } from './houseMail.ts'

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
  const worn = await withRead(house, { kind: 'system', name: 'worker' }, outfit)
  const to = readAddress(mail.to)
  if (!to || worn.route.kind !== 'smtp') return
  const letter = letterOf(house, worn, mail)
  await sendHouseMail(worn, to.wire, letter)
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

function letterOf(house: House, worn: Outfit, mail: Omit<AccountMail, 'expiresAt'>): Letter {
  const words = WORDS[mail.language]
  const company = worn.frame.company.legalName
  const { subject, line } = mail.kind === 'invite' ? words.invite(company) : words.reset()
  const now = house.clock.now()
  const text = `${words.hello(mail.name)}\n\n${line}\n\n${mail.link}\n\n${company}\n`
  return {
    messageId: `${idAt(now)}@${worn.fromEmail.split('@').at(-1)}`,
    date: now,
    from: { name: worn.frame.senderName, address: worn.fromEmail },
    replyTo: null,
    to: { name: mail.name, address: mail.to },
    subject,
    html: `<p>${escapeHtml(words.hello(mail.name))}</p><p>${line}</p><p><a href="${escapeHtml(mail.link)}">${escapeHtml(mail.link)}</a></p><p>${escapeHtml(company)}</p>`,
    text,
    stopUrl: null,
    feedbackId: null,
  }
}
