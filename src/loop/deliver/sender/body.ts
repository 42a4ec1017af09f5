// The body of a mail as bytes: a text and an HTML part in base64. Runs in the template thread, so that a mail's words never cross over as strings.
import { hash } from 'node:crypto'

/** Bytes that make a line of 76 (RFC 2045 §6.8). */
const LINE = 57
const CR = 13
const LF = 10

/** Length of bytes in base64, in lines of 76 with CRLF each. */
const encodedLength = (bytes: number): number => Math.ceil(bytes / 3) * 4 + Math.ceil(bytes / LINE) * 2

/** Writes base64 in lines: all of it at the end of its room, then line after line moved to its place. @returns where it ended */
function writeBase64(source: Buffer, target: Buffer, at: number): number {
  const end = at + encodedLength(source.length)
  const text = source.toString('base64')
  let from = end - text.length
  target.write(text, from, 'latin1')
  for (let to = at; to < end; ) {
    const length = Math.min(76, end - from)
    target.copyWithin(to, from, from + length)
    from += length
    to += length
    target[to++] = CR
    target[to++] = LF
  }
  return end
}

/** Bytes in base64, in lines of 76 with CRLF each. */
export function inBase64(source: Buffer): Buffer {
  const target = Buffer.allocUnsafe(encodedLength(source.length))
  writeBase64(source, target, 0)
  return target
}

/** A mail's body, and its hash as DKIM wants it. */
export interface Body {
  readonly bytes: Buffer
  readonly hash: string
}

const crlf = (text: string): string => (text.includes('\n') ? text.replace(/\r?\n/g, '\r\n') : text)

/** What a body is made of: its parts in UTF-8, and ASCII without blanks between them; `=_` in it cannot stand in base64. */
interface Parts {
  readonly boundary: string
  readonly text: Buffer
  readonly html: Buffer
}

/** multipart/alternative of a text and an HTML part in UTF-8. */
export function bodyOf(boundary: string, text: string, html: string): Body {
  const parts = { boundary, text: Buffer.from(crlf(text), 'utf8'), html: Buffer.from(crlf(html), 'utf8') }
  const bytes = Buffer.allocUnsafeSlow(bodyLength(parts))
  return { bytes, hash: writeBody(parts, bytes, 0) }
}

const headOf = (boundary: string, kind: string) =>
  `--${boundary}\r\nContent-Type: text/${kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n`
const endOf = (boundary: string) => `--${boundary}--\r\n`

/** How many bytes `writeBody` writes. */
export function bodyLength({ boundary, text, html }: Parts): number {
  const heads = headOf(boundary, 'plain').length + headOf(boundary, 'html').length + endOf(boundary).length
  return heads + encodedLength(text.length) + encodedLength(html.length)
}

/**
 * Writes a body where it is told to. Its hash needs no canonical form: base64 and our own part headers have neither blanks at line ends nor
 * runs of them, so relaxed (RFC 6376 §3.4.4) changes nothing.
 * @returns its SHA-256 in base64
 */
export function writeBody({ boundary, text, html }: Parts, target: Buffer, from: number): string {
  let at = writeBase64(text, target, from + target.write(headOf(boundary, 'plain'), from, 'latin1'))
  at += target.write(headOf(boundary, 'html'), at, 'latin1')
  at = writeBase64(html, target, at)
  at += target.write(endOf(boundary), at, 'latin1')
  return hash('sha256', target.subarray(from, at), 'base64')
}
