// The pass a person's click carries to a tracked site (`?hgk=`): it names the person to us alone, for ten minutes.
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto'

const MINUTES = 10

interface Secrets {
  secret(purpose: string): Buffer
}

/** 48 URL-safe characters: a 96-bit tag that is also the IV, and the person with the minute, encrypted. */
export function wayToken(house: Secrets, personId: string, now: Date): string {
  const plain = Buffer.alloc(20)
  Buffer.from(personId.replaceAll('-', ''), 'hex').copy(plain)
  plain.writeUInt32BE(Math.floor(now.getTime() / 60_000), 16)
  const tag = tagOf(house, plain)
  const cipher = createCipheriv('aes-256-ctr', house.secret('way-cipher'), tag)
  return Buffer.concat([tag, cipher.update(plain), cipher.final()]).toString('base64url')
}

/** The person a pass names; null when it is none of ours or older than ten minutes. */
export function readWayToken(house: Secrets, token: string, now: Date): string | null {
  if (!/^[A-Za-z0-9_-]{48}$/.test(token)) return null
  const bytes = Buffer.from(token, 'base64url')
  const tag = bytes.subarray(0, 16)
  const decipher = createDecipheriv('aes-256-ctr', house.secret('way-cipher'), tag)
  const plain = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()])
  if (!timingSafeEqual(tag, tagOf(house, plain))) return null
  const age = Math.floor(now.getTime() / 60_000) - plain.readUInt32BE(16)
  if (age < -1 || age > MINUTES) return null
  return plain
    .subarray(0, 16)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function tagOf(house: Secrets, plain: Buffer): Buffer {
  return createHmac('sha256', house.secret('way-mac')).update(plain).digest().subarray(0, 16)
}
