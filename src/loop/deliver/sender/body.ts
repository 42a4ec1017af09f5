// The body of a mail as bytes: a text and an HTML part in base64. Runs in the template thread, so that a mail's words never cross over as strings.
import { hash } from 'node:crypto'
import { flush, putOwn, putPlain, type Sheet, sheetOn } from './sheet.ts'

/** A mail's body, and its hash as DKIM wants it. */
export interface Body {
  readonly bytes: Buffer
  readonly hash: string
}

const crlf = (text: string): string => (text.includes('\n') ? text.replace(/\r?\n/g, '\r\n') : text)

const headOf = (boundary: string, kind: 'plain' | 'html') =>
  `--${boundary}\r\nContent-Type: text/${kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n`

/** multipart/alternative of a text and an HTML part in UTF-8. */
export function bodyOf(boundary: string, text: string, html: string): Body {
  const sheet = sheetOn(new ArrayBuffer(4_096 + (text.length + html.length) * 4))
  const hash = writeBody(
    sheet,
    boundary,
    () => putOwn(sheet, crlf(text)),
    () => putOwn(sheet, crlf(html)),
  )
  return { bytes: sheet.room.subarray(0, sheet.at), hash }
}

/**
 * Writes a body onto a sheet; its parts are written by those who know them. Its hash needs no canonical form: base64 and our own part headers
 * have neither blanks at line ends nor runs of them, so relaxed (RFC 6376 §3.4.4) changes nothing.
 * @param boundary ASCII without blanks; `=_` in it cannot stand in base64
 * @returns its SHA-256 in base64
 */
export function writeBody(sheet: Sheet, boundary: string, text: () => void, html: () => void): string {
  const from = sheet.at
  putPlain(sheet, headOf(boundary, 'plain'))
  text()
  flush(sheet)
  putPlain(sheet, headOf(boundary, 'html'))
  html()
  flush(sheet)
  putPlain(sheet, `--${boundary}--\r\n`)
  return hash('sha256', sheet.room.subarray(from, sheet.at), 'base64')
}
