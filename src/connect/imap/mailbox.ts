// A mailbox by IMAP: opened read-only, so that a person's own mail program sees every mail as it was.
import type { Fetched, ImapOptions, Mailbox } from '#loop/deliver/incoming/port.ts'
import { type Answer, openWire, quoted, type Wire } from './wire.ts'

/** Of larger mails only the head is fetched: a report says why before it gives the mail back. */
const MOST_BYTES = 1_000_000

/** @throws with the server's words when it refuses us */
export async function openMailbox(options: ImapOptions): Promise<Mailbox> {
  const wire = await openWire(options)
  try {
    if (options.security === 'starttls') {
      await wire.command('STARTTLS')
      await wire.secure(options.host)
    }
    await wire.command(`LOGIN ${quoted(options.user)} ${quoted(options.password)}`)
    const opened = await wire.command(`EXAMINE ${quoted(options.folder)}`)
    const validity = Number(/\[UIDVALIDITY (\d+)\]/i.exec(opened.map(({ line }) => line).join('\n'))?.[1] ?? 1)
    return { validity, take: (above, most) => fetchAbove(wire, above, most), close: () => leave(wire) }
  } catch (error) {
    wire.close()
    throw error
  }
}

async function fetchAbove(wire: Wire, above: number, most: number): Promise<Fetched[]> {
  const sizes = await wire.command(`UID FETCH ${above + 1}:* (UID RFC822.SIZE)`)
  const found = sizes
    .flatMap(({ line }) => {
      const uid = numberIn(line, /\bUID (\d+)/i)
      const size = numberIn(line, /\bRFC822\.SIZE (\d+)/i)
      // `n:*` always names the last mail, also when its number lies below n.
      return uid !== null && uid > above ? [{ uid, size: size ?? 0 }] : []
    })
    .sort((a, b) => a.uid - b.uid)
    .slice(0, most)
  const mails: Fetched[] = []
  for (const { uid, size } of found) {
    const part = size > MOST_BYTES ? `<0.${MOST_BYTES}>` : ''
    const raw = bodyIn(await wire.command(`UID FETCH ${uid} (BODY.PEEK[]${part})`))
    mails.push({ uid, raw: raw ?? Buffer.alloc(0) })
  }
  return mails
}

const numberIn = (line: string, pattern: RegExp): number | null => {
  const found = pattern.exec(line)?.[1]
  return found === undefined ? null : Number(found)
}

const bodyIn = (answers: readonly Answer[]): Buffer | undefined =>
  answers.find(({ line, literals }) => /BODY\[\]/i.test(line) && literals.length)?.literals[0]

async function leave(wire: Wire): Promise<void> {
  await wire.command('LOGOUT').catch(() => [])
  wire.close()
}
