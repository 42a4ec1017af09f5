// A letter of the house itself (invitations, notices to colleagues) by the route that mails go.
import { dkimHeaders } from '#loop/deliver/sender/dkim.ts'
import { bytesOf, compose, type Letter } from '#loop/deliver/sender/mime.ts'
import type { Outfit } from '#loop/deliver/sender/settings.ts'

/**
 * Composes, signs and sends.
 * @throws Error when the queue shall try again; an address that will never take mail is not worth the tries
 */
export async function sendHouseMail(worn: Outfit, to: string, letter: Letter): Promise<void> {
  const message = compose(letter)
  const headers = [...(await dkimHeaders(message, worn.dkim, letter.date)), ...message.headers]
  const line = await worn.route.open()
  const outcome = await line.send({
    from: letter.from.address,
    to,
    bytes: bytesOf(headers, message.body),
    mayBegin: () => Promise.resolve(true),
  })
  line.close()
  if (outcome.kind === 'failed' && !(outcome.fault.replyCode && outcome.fault.replyCode >= 500))
    throw new Error(outcome.fault.reply || outcome.fault.code)
}
