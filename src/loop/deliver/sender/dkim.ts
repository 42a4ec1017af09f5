// DKIM signatures (RFC 6376, RFC 8463): rsa-sha256 and ed25519-sha256, relaxed/relaxed, no `l=`.
import type { KeyObject } from 'node:crypto'
import type { Header, Message } from './mime.ts'
import { signature } from './signing.ts'

export interface DkimKey {
  readonly domain: string
  readonly selector: string
  readonly key: KeyObject
}

const SIGNED = new Set([
  'from',
  'reply-to',
  'to',
  'subject',
  'date',
  'message-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'feedback-id',
  'mime-version',
  'content-type',
])

const rsa = new WeakMap<KeyObject, boolean>()

/** Asking a key object what it is takes as long as making a header. */
function isRsaKey(key: KeyObject): boolean {
  const known = rsa.get(key) ?? key.asymmetricKeyType === 'rsa'
  rsa.set(key, known)
  return known
}

const lower = new Map<string, string>()

/** Names of headers are few, and the same for every mail. */
function lowerOf(name: string): string {
  const known = lower.get(name)
  if (known) return known
  const made = name.toLowerCase().trim()
  if (lower.size < 100) lower.set(name, made)
  return made
}

/** A signature of each key, to put in front. */
export const dkimHeaders = (message: Message, keys: readonly DkimKey[], at: Date): Promise<Header[]> =>
  Promise.all(keys.map((key) => dkimHeader(message, key, at)))

/** The DKIM-Signature header to put in front. The RSA work (0.3 ms) runs in another thread. */
export async function dkimHeader(message: Message, key: DkimKey, at: Date): Promise<Header> {
  const headers = message.headers.filter((h) => SIGNED.has(lowerOf(h.name)))
  const names = [...headers.map((h) => lowerOf(h.name)), 'from']
  const isRsa = isRsaKey(key.key)
  const unsigned = [
    `v=1; a=${isRsa ? 'rsa' : 'ed25519'}-sha256; c=relaxed/relaxed; d=${key.domain};`,
    ` s=${key.selector}; t=${Math.floor(at.getTime() / 1000)};`,
    ` h=${foldNames(names)};`,
    ` bh=${message.body.hash};`,
    ' b=',
  ].join('\r\n')
  const signed = `${headers.map(relaxedHeader).join('')}${relaxedHeader({ name: 'DKIM-Signature', value: unsigned }).slice(0, -2)}`
  const made = await signature(key.key, isRsa, signed)
  return { name: 'DKIM-Signature', value: unsigned + (made.match(/.{1,72}/g) ?? []).join('\r\n ') }
}

/** `h=` may be folded after each colon. The second `from` says: no further From may be added (§5.4.2). */
function foldNames(names: readonly string[]): string {
  let line = 3
  return names
    .map((name, i) => {
      const piece = i === names.length - 1 ? name : `${name}:`
      if (line + piece.length > 70) {
        line = piece.length + 2
        return `\r\n  ${piece}`
      }
      line += piece.length
      return piece
    })
    .join('')
}

const CROOKED = /[\t]| {2}|^ | $/

/** §3.4.2 */
export function relaxedHeader({ name, value }: Header): string {
  const flat = value.includes('\r\n') ? value.replaceAll('\r\n', '') : value
  return `${lowerOf(name)}:${CROOKED.test(flat) ? flat.replace(/[ \t]+/g, ' ').trim() : flat}\r\n`
}
