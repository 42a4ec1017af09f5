// One letter by itself, outside of the queue: trials, tests, and the house's own letters.
import { dkimHeaders } from './dkim.ts'
import { bytesOf, compose, type Letter } from './mime.ts'
import type { MailRoute, Outcome } from './port.ts'
import type { Outfit } from './settings.ts'

/**
 * Composes, signs and sends over a connection of its own.
 * @param mayBegin asked right before the first byte: making a connection takes time, and somebody may say stop meanwhile
 * @throws SmtpFaultError when there is no connection
 */
export async function sendSingle(
  route: MailRoute,
  { dkim }: Pick<Outfit, 'dkim'>,
  to: string,
  letter: Letter,
  mayBegin: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<Outcome> {
  const message = compose(letter)
  const headers = [...(await dkimHeaders(message, dkim, letter.date)), ...message.headers]
  const line = await route.open()
  try {
    return await line.send({
      from: letter.from.address,
      to,
      bytes: bytesOf(headers, message.body),
      mayBegin,
    })
  } finally {
    line.close()
  }
}
