// A mail in ISO-2022-JP: its body in seven bits, its headers in encoded words. Whatever does not fit is the caller's to send in UTF-8.
import { hash } from 'node:crypto'
import type { Body } from './body.ts'
import { encodeJis, fits, SHIFT, step } from './iso2022jp.ts'
import { inBase64 } from './sheet.ts'

/** RFC 5322 §2.1.1: octets of a line without its end. */
const LONGEST_LINE = 998

interface Part {
  readonly how: '7bit' | 'base64'
  readonly bytes: Buffer
}

function partOf(bytes: Buffer): Part {
  let from = 0
  for (let end = bytes.indexOf('\r\n'); end >= 0; end = bytes.indexOf('\r\n', from)) {
    if (end - from > LONGEST_LINE) return { how: 'base64', bytes: inBase64(bytes) }
    from = end + 2
  }
  if (bytes.length - from > LONGEST_LINE) return { how: 'base64', bytes: inBase64(bytes) }
  return { how: '7bit', bytes: from === bytes.length ? bytes : Buffer.concat([bytes, Buffer.from('\r\n')]) }
}

/** Some programs believe the page itself rather than the header above it. */
const saysItself = (html: string): string => html.replace(/(<meta[^>]{0,80}charset=)utf-8/i, '$1iso-2022-jp')

/** multipart/alternative of a text and an HTML part, or null when one of them has a character that does not fit. */
export function jisBodyOf(boundary: string, text: string, html: string): Body | null {
  const plain = encodeJis(text)
  const rich = plain && encodeJis(saysItself(html))
  if (!plain || !rich) return null
  const piece = (kind: string, { how, bytes }: Part): Buffer[] => [
    Buffer.from(`--${boundary}\r\nContent-Type: text/${kind}; charset=iso-2022-jp\r\nContent-Transfer-Encoding: ${how}\r\n\r\n`, 'latin1'),
    bytes,
  ]
  const bytes = Buffer.concat([
    ...piece('plain', partOf(plain)),
    ...piece('html', partOf(rich)),
    Buffer.from(`--${boundary}--\r\n`, 'latin1'),
  ])
  return { bytes, hash: hash('sha256', relaxed(bytes), 'base64') }
}

/** RFC 6376 §3.4.4. No byte of a two-byte character is a blank: they begin at 0x21. */
const relaxed = (bytes: Buffer): Buffer =>
  Buffer.from(
    bytes
      .toString('latin1')
      .replace(/[ \t]+/g, ' ')
      .replaceAll(' \r\n', '\r\n'),
    'latin1',
  )

/** Whether all of a text fits. */
export const allFits = (text: string): boolean => {
  for (const char of text) if (!fits(char)) return false
  return true
}

const OPEN = '=?ISO-2022-JP?B?'
const CLOSE = '?='
/** RFC 2047 §2: an encoded word has at most 75 characters. */
const bytesIn = (columns: number): number => Math.floor((columns - OPEN.length - CLOSE.length) / 4) * 3

/**
 * Encoded words, one a line. Each begins and ends in ASCII (RFC 1468), so that none needs another one to be read.
 * @param text all of it fits
 * @param used columns of the first line that are taken
 */
export function jisWords(text: string, used: number): string {
  const found: string[] = []
  let chunk = ''
  let state = { bytes: 0, isKanji: false }
  for (const char of text) {
    const next = step(char, state.isKanji)
    const room = bytesIn(found.length ? 75 : Math.min(75, 76 - used))
    if (state.bytes + next.bytes + (next.isKanji ? SHIFT : 0) > room) {
      found.push(chunk)
      chunk = ''
      state = { bytes: 0, isKanji: false }
    }
    const taken = step(char, state.isKanji)
    state = { bytes: state.bytes + taken.bytes, isKanji: taken.isKanji }
    chunk += char
  }
  found.push(chunk)
  return found.map((word) => `${OPEN}${(encodeJis(word) as Buffer).toString('base64')}${CLOSE}`).join('\r\n ')
}
