// Opaque tokens in mails: they name a delivery without telling anything, and cannot be made by anyone else.
import { type Cipheriv, createCipheriv, timingSafeEqual } from 'node:crypto'
import { hmacBytes } from '#kernel/chance.ts'

export interface TokenKeys {
  readonly mac: Buffer
  readonly cipher: Buffer
}

export interface MailRef {
  readonly personId: string
  readonly deliveryId: string
}

const hexOf = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex')
const idOf = (bytes: Buffer) => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

/** The keys, derived from the installation's secret. */
export function tokenKeys(house: { secret(purpose: string): Buffer }): TokenKeys {
  return { mac: house.secret('mail-token-mac'), cipher: house.secret('mail-token-cipher') }
}

/**
 * 64 URL-safe characters: a 128-bit tag over both ids, which is also the IV under which they are encrypted (the SIV
 * construction of RFC 5297 with HMAC). Needs no table, never expires, the same delivery always gives the same token.
 */
export function mailToken(keys: TokenKeys, ref: MailRef): string {
  const plain = Buffer.concat([hexOf(ref.personId), hexOf(ref.deliveryId)])
  const tag = tagOf(keys, plain)
  return Buffer.concat([tag, crossed(keys, tag, plain)]).toString('base64url')
}

/** Reads a token; null when it is not one of ours. */
export function readMailToken(keys: TokenKeys, token: string): MailRef | null {
  if (!/^[A-Za-z0-9_-]{64}$/.test(token)) return null
  const bytes = Buffer.from(token, 'base64url')
  const tag = bytes.subarray(0, 16)
  const plain = crossed(keys, tag, bytes.subarray(16))
  if (!timingSafeEqual(tag, tagOf(keys, plain))) return null
  return { personId: idOf(plain.subarray(0, 16)), deliveryId: idOf(plain.subarray(16)) }
}

const PURPOSE = Buffer.from('mail-token')

const tagOf = (keys: TokenKeys, plain: Buffer): Buffer => hmacBytes(keys.mac, Buffer.concat([PURPOSE, plain])).subarray(0, 16)

const blocks = new WeakMap<Buffer, Cipheriv>()

/**
 * AES-256-CTR over two blocks (NIST SP 800-38A §6.5), both ways: the counter and the one behind it, encrypted, over the text. The block cipher
 * is made once for a key: made anew for each mail, it was most of what a token costs.
 */
function crossed(keys: TokenKeys, counter: Buffer, text: Buffer): Buffer {
  let cipher = blocks.get(keys.cipher)
  if (!cipher) {
    cipher = createCipheriv('aes-256-ecb', keys.cipher, null).setAutoPadding(false)
    blocks.set(keys.cipher, cipher)
  }
  const counters = Buffer.concat([counter, counter])
  for (let i = 31; i >= 16; i--) {
    const next = ((counters[i] ?? 0) + 1) & 255
    counters[i] = next
    if (next) break
  }
  const stream = cipher.update(counters)
  for (let i = 0; i < stream.length; i++) stream[i] = (stream[i] ?? 0) ^ (text[i] ?? 0)
  return stream
}
