// A letter of the house itself (invitations, notices to colleagues) by the route that mails go.
import type { Letter } from '#loop/deliver/sender/mime.ts'
import type { Outfit } from '#loop/deliver/sender/settings.ts'
import { sendSingle } from '#loop/deliver/sender/single.ts'

/**
 * Composes, signs and sends.
 * @throws Error when the queue shall try again; an address that will never take mail is not worth the tries
 */
export async function sendHouseMail(worn: Outfit, to: string, letter: Letter): Promise<void> {
  const outcome = await sendSingle(worn.route, worn, to, letter)
  if (outcome.kind === 'failed' && !(outcome.fault.replyCode && outcome.fault.replyCode >= 500))
    throw new Error(outcome.fault.reply || outcome.fault.code)
}
