// Signatures, many at once. One by one each wakes a thread of the pool and is woken by it again, which costs half of what it is itself:
// what is asked for in the same breath goes to the thread that made the bodies, in few messages.
import { type KeyObject, sign } from 'node:crypto'
import { signMany } from '../template/kitchen.ts'
import { digested } from './digest.ts'

interface Asked {
  readonly key: KeyObject
  readonly isRsa: boolean
  readonly text: string
  readonly done: (signature: string) => void
  readonly failed: (error: unknown) => void
}

/** Fewer than these are not worth a message: a house that sends single mails has no thread for them. */
const WORTH_A_THREAD = 5
/** Signatures of one order: the first lanes go on while the others are made. */
const AT_ONCE = 20

let asked: Asked[] = []

/**
 * Signs as DKIM does with rsa-sha256 (RFC 6376 §3.3.1) or ed25519-sha256 (RFC 8463 §3), away from the main thread.
 * @param text in UTF-8
 * @returns in base64
 * @throws when the key cannot sign
 */
export function signature(key: KeyObject, isRsa: boolean, text: string): Promise<string> {
  const { promise, resolve: done, reject: failed } = Promise.withResolvers<string>()
  if (asked.push({ key, isRsa, text, done, failed }) === 1) queueMicrotask(sendOff)
  return promise
}

function sendOff(): void {
  const all = asked
  asked = []
  const byKey = [...Map.groupBy(all, ({ key }) => key).values()]
  for (const some of byKey) if (some.length < WORTH_A_THREAD) some.forEach(inPool)
  const many = byKey.filter((some) => some.length >= WORTH_A_THREAD)
  // Key by key in turn: a letter leaves with the last of its signatures, so the first letters must not wait for what one key makes of all.
  for (let i = 0; i < all.length; i += AT_ONCE) for (const some of many) void inThread(some.slice(i, i + AT_ONCE))
}

/** Whatever the thread does not bring (a template may have had it killed), the pool makes: no letter gets an empty signature. */
async function inThread(some: readonly Asked[]): Promise<void> {
  const [first] = some
  if (!first) return
  const texts = some.map(({ text }) => text)
  const made = await signMany(first.key, first.isRsa, texts).catch((): string[] => [])
  for (const [i, one] of some.entries()) {
    const brought = made[i]
    if (brought) one.done(brought)
    else inPool(one)
  }
}

function inPool({ key, isRsa, text, done, failed }: Asked): void {
  const { algorithm, bytes } = digested(isRsa, text)
  try {
    sign(algorithm, bytes, key, (error, made) => (error ? failed(error) : done(made.toString('base64'))))
  } catch (error) {
    failed(error) // a key of the wrong kind is refused at once
  }
}
