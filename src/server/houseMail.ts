// Letters of the house itself (invitations, notices to colleagues) by the route that mails go.

import { idAt } from '#kernel/chance.ts'
import type { House } from '#kernel/ctx.ts'
import { withRead } from '#kernel/db/tx.ts'
import { escapeHtml } from '#kernel/html.ts'
import { readAddress } from '#loop/deliver/sender/address.ts'
import type { Letter } from '#loop/deliver/sender/mime.ts'
import { type Outfit, outfit } from '#loop/deliver/sender/settings.ts'
import { sendSingle } from '#loop/deliver/sender/single.ts'

/** To whom, and in which words. */
interface Words {
  /** Of the letter: the same however often it is tried; left out, each try is another one. */
  readonly id?: string
  readonly to: string
  readonly name: string
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** The words as a letter: from the company, to be answered by nobody, with nothing to unsubscribe from. */
function letterOf(house: House, worn: Outfit, { id, to, name, ...words }: Words): Letter {
  const date = house.clock.now()
  return {
    messageId: `${id ?? idAt(date)}@${worn.fromEmail.split('@').at(-1)}`,
    date,
    from: { name: worn.frame.senderName, address: worn.fromEmail },
    replyTo: null,
    to: { name, address: to },
    ...words,
    stopUrl: null,
    feedbackId: null,
  }
}

export const wornOf = (house: House): Promise<Outfit> => withRead(house, { kind: 'system', name: 'worker' }, outfit)

/**
 * Composes, signs and sends; an address that cannot be read gets nothing.
 * @throws Error when the queue shall try again; an address that will never take mail is not worth the tries
 */
export async function sendHouseMail(house: House, worn: Outfit, words: Words): Promise<void> {
  const to = readAddress(words.to)
  if (!to) return
  const outcome = await sendSingle(worn.route, worn, to.wire, letterOf(house, worn, words))
  if (outcome.kind === 'failed' && !(outcome.fault.replyCode && outcome.fault.replyCode >= 500))
    throw new Error(outcome.fault.reply || outcome.fault.code)
}

/** A notice to a colleague: without a mail server it lies in the built-in mailbox, without a sender's address there is none. */
export async function sendNotice(house: House, words: Words): Promise<void> {
  const worn = await wornOf(house)
  if (worn.fromEmail !== '') await sendHouseMail(house, worn, words)
}

/** A line of a notice, which may lead somewhere. */
interface Row {
  readonly words: string
  readonly url: string | null
}

const itemOf = ({ words, url }: Row): string =>
  `<li>${url ? `<a href="${escapeHtml(url)}">${escapeHtml(words)}</a>` : escapeHtml(words)}</li>`

export const rowsAsHtml = (rows: readonly Row[]): string => `<ul>${rows.map(itemOf).join('')}</ul>`

export const rowsAsText = (rows: readonly Row[]): string[] => rows.map(({ words, url }) => [words, url].filter(Boolean).join('\n'))
