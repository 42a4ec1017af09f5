// The installation's secret key in a backup: never in the clear, and only if somebody asks for it with a passphrase.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, scrypt } from 'node:crypto'
import type { House } from '#kernel/ctx.ts'
import { refuse } from '#kernel/errors.ts'
import type { SealedKey } from './manifest.ts'

const N = 1 << 15 // scrypt cost (RFC 7914): about 50 ms and 32 MB
export const SHORTEST_PASSPHRASE = 12

const PURPOSE = 'backup-key-mark'

/** A mark of the key that tells equal from different and nothing else. */
export const keyMark = (secretKey: Buffer): string => markOf(Buffer.from(hkdfSync('sha256', secretKey, 'hagukumi', PURPOSE, 32)))

/** The same mark of the house's key. */
export const markOfHouse = (house: House): string => markOf(house.secret(PURPOSE))

function markOf(derived: Buffer): string {
  return createHash('sha256').update(derived).digest('hex').slice(0, 32)
}

/** Seals the key with AES-256-GCM under a key made from the passphrase by scrypt. */
export async function sealKey(secretKey: Buffer, passphrase: string): Promise<SealedKey> {
  if (passphrase.length < SHORTEST_PASSPHRASE)
    refuse('invalid', 'backup.passphrase', { message: `The passphrase must have at least ${SHORTEST_PASSPHRASE} characters.` })
  const salt = randomBytes(16)
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', await stretch(passphrase, salt, N), iv)
  const text = Buffer.concat([cipher.update(secretKey), cipher.final()])
  const hex = (bytes: Buffer) => bytes.toString('hex')
  return { salt: hex(salt), iv: hex(iv), tag: hex(cipher.getAuthTag()), text: hex(text), n: N }
}

/** @throws Refusal unprocessable when the passphrase is not the one it was sealed with */
export async function openKey(sealed: SealedKey, passphrase: string): Promise<Buffer> {
  const key = await stretch(passphrase, Buffer.from(sealed.salt, 'hex'), sealed.n)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'hex'), { authTagLength: 16 })
    decipher.setAuthTag(Buffer.from(sealed.tag, 'hex'))
    return Buffer.concat([decipher.update(Buffer.from(sealed.text, 'hex')), decipher.final()])
  } catch {
    refuse('unprocessable', 'backup.passphrase', { message: 'The passphrase does not open the secret key in this backup.' })
  }
}

function stretch(passphrase: string, salt: Buffer, n: number): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    scrypt(passphrase.normalize('NFC'), salt, 32, { N: n, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  )
}
