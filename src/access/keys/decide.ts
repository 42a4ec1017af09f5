import { createHash } from 'node:crypto'

/** sha256 of an API key as the table keeps it; the key has 256 random bits, so no slow hash is needed. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
