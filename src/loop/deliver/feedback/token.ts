// Opaque tokens in mails: they name a delivery without telling anything, and cannot be made by anyone else.
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto'

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
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, tag)
  return Buffer.concat([tag, cipher.update(plain), cipher.final()]).toString('base64url')
}

/** Reads a token; null when it is not one of ours. */
export function readMailToken(keys: TokenKeys, token: string): MailRef | null {
  if (!/^[A-Za-z0-9_-]{64}$/.test(token)) return null
  const bytes = Buffer.from(token, 'base64url')
  const tag = bytes.subarray(0, 16)
  const decipher = createDecipheriv('aes-256-ctr', keys.cipher, tag)
  const plain = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()])
  if (!timingSafeEqual(tag, tagOf(keys, plain))) return null
  return { personId: idOf(plain.subarray(0, 16)), deliveryId: idOf(plain.subarray(16)) }
}

function tagOf(keys: TokenKeys, plain: Buffer): Buffer {
  return createHmac('sha256', keys.mac).update('mail-token').update(plain).digest().subarray(0, 16)
}
