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
  for (const some of Map.groupBy(all, ({ key }) => key).values()) {
    if (some.length < WORTH_A_THREAD) some.forEach(inPool)
    else for (let i = 0; i < some.length; i += AT_ONCE) void inThread(some.slice(i, i + AT_ONCE))
  }
}

/** Whatever keeps the thread from it (a template may have had it killed), the pool still can. */
async function inThread(some: readonly Asked[]): Promise<void> {
  const [first] = some
  if (!first) return
  const texts = some.map(({ text }) => text)
  const made = await signMany(first.key, first.isRsa, texts).catch(() => null)
  if (!made) return some.forEach(inPool)
  for (const [i, { done }] of some.entries()) done(made[i] ?? '')
}

function inPool({ key, isRsa, text, done, failed }: Asked): void {
  const { algorithm, bytes } = digested(isRsa, text)
  try {
    sign(algorithm, bytes, key, (error, made) => (error ? failed(error) : done(made.toString('base64'))))
  } catch (error) {
    failed(error) // a key of the wrong kind is refused at once
  }
}
