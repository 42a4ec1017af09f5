import { createHash, hash, randomBytes } from 'node:crypto'

/** A UUIDv7 whose time part is `now` (RFC 9562 §5.7): ids sort by the time of their transaction, virtual clocks included. */
export function idAt(now: Date): string {
  const time = now.getTime().toString(16).padStart(12, '0')
  const drawn = nineteen()
  const variant = VARIANTS[Number.parseInt(drawn.slice(0, 1), 16) & 3]
  return `${time.slice(0, 8)}-${time.slice(8)}-7${drawn.slice(1, 4)}-${variant}${drawn.slice(4, 7)}-${drawn.slice(7)}`
}

/** The bits `10` that say what kind of UUID it is, and two that are drawn. */
const VARIANTS = ['8', '9', 'a', 'b'] as const

let pool = ''
let used = 0

/** Nineteen random hex digits out of a pool: asking the system for each id costs more than the id. */
function nineteen(): string {
  if (used + 19 > pool.length) {
    pool = randomBytes(9_500).toString('hex')
    used = 0
  }
  used += 19
  return pool.slice(used - 19, used)
}

const pads = new WeakMap<Buffer, { readonly inner: Buffer; readonly outer: Buffer }>()

function padsOf(key: Buffer): { readonly inner: Buffer; readonly outer: Buffer } {
  let pad = pads.get(key)
  if (!pad) {
    const block = Buffer.concat([key, Buffer.alloc(64 - key.length)])
    pad = { inner: block.map((byte) => byte ^ 0x36) as Buffer, outer: block.map((byte) => byte ^ 0x5c) as Buffer }
    pads.set(key, pad)
  }
  return pad
}

/** HMAC-SHA256 (RFC 2104), its key of at most 64 bytes prepared once: making a key object for each call costs more than the two hashes. */
export function hmacBytes(key: Buffer, said: Uint8Array): Buffer {
  const pad = padsOf(key)
  return hash('sha256', Buffer.concat([pad.outer, hash('sha256', Buffer.concat([pad.inner, said]), 'buffer')]), 'buffer')
}

/** The same of a text, in hex. */
export function hmacOf(key: Buffer, text: string): string {
  const pad = padsOf(key)
  const inner = hash('sha256', Buffer.concat([pad.inner, Buffer.from(text)]), 'buffer')
  return hash('sha256', Buffer.concat([pad.outer, inner]), 'hex')
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
  let text = ''
  for (const part of parts) text += `${part.length}:${part}`
  const hex = hash('sha256', text)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
