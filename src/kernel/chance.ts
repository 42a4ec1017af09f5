import { createHash, hash, randomBytes } from 'node:crypto'
import { v7 } from 'uuid'

/** A UUIDv7 whose time part is `now` (RFC 9562 §5.7): ids sort by the time of their transaction, virtual clocks included. */
export function idAt(now: Date): string {
  return v7({ msecs: now.getTime() })
}

/** A stable draw in [0, 1) for a key: the same key always draws the same, so an A/B arm survives restarts and replays. */
export function drawFor(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) / 2 ** 32
}

/** A secret of `bytes` random bytes (default 18 = 144 bit) in URL-safe base64: tokens in mails, API keys, invitations. */
export function randomToken(bytes = 18): string {
  return randomBytes(bytes).toString('base64url')
}

/** SHA-256 of the parts in the form of a UUID (version 8, RFC 9562 §5.8). The parts are length-prefixed, so no two lists collide. */
export function hashedId(...parts: readonly string[]): string {
  const hex = hash('sha256', parts.map((part) => `${part.length}:${part}`).join(''))
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
