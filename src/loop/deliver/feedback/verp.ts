// The envelope sender of a mail (VERP): a bounce to it names the mail, and nobody else can make one.
import { timingSafeEqual } from 'node:crypto'
import { hmacBytes } from '#kernel/chance.ts'
import type { TokenKeys } from './token.ts'

/** Which mail a bounce address speaks of: the person, and the last eight bytes of the delivery's id. */
export interface VerpRef {
  readonly personId: string
  readonly tail: string
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const BYTES = 16 + 8 + 10

/**
 * `b+` and 55 letters: person, delivery and an 80-bit tag over both. Below the 64 octets of a local part (RFC 5321 §4.5.3.1.1), in letters
 * that survive servers which fold case.
 */
export function verpLocal(keys: TokenKeys, ref: { readonly personId: string; readonly deliveryId: string }): string {
  const named = Buffer.concat([hexOf(ref.personId), hexOf(ref.deliveryId).subarray(8)])
  return `b+${encode(Buffer.concat([named, tagOf(keys, named)]))}`
}

/** The mail named by a bounce address, or null when it is forged or none of ours. What relays put before or after it (BATV, SRS) does not matter. */
export function readVerp(keys: TokenKeys, address: string): VerpRef | null {
  const match = /(?:^|[=+.])b\+([a-z2-7]{55})(?:[@=]|$)/i.exec(address)
  const bytes = match?.[1] ? decode(match[1].toLowerCase()) : null
  if (!bytes) return null
  const named = bytes.subarray(0, 24)
  if (!timingSafeEqual(bytes.subarray(24), tagOf(keys, named))) return null
  return { personId: idOf(named.subarray(0, 16)), tail: named.subarray(16).toString('hex') }
}

const hexOf = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex')
const idOf = (bytes: Buffer) => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
const PURPOSE = Buffer.from('verp')
const tagOf = (keys: TokenKeys, named: Buffer) => hmacBytes(keys.mac, Buffer.concat([PURPOSE, named])).subarray(0, 10)

function encode(bytes: Buffer): string {
  let bits = 0
  let held = 0
  let text = ''
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += BASE32[(held >> bits) & 31]
    }
  }
  return bits ? text + BASE32[(held << (5 - bits)) & 31] : text
}

function decode(text: string): Buffer | null {
  const bytes = Buffer.alloc(BYTES)
  let bits = 0
  let held = 0
  let at = 0
  for (const letter of text) {
    held = ((held << 5) | BASE32.indexOf(letter)) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = (held >> bits) & 255
  }
  return at === BYTES ? bytes : null
}
