// RFC 5322 messages of our own making: nodemailer's composer costs four times as much and folds List-* headers.
import type { MailCharset } from '../template/contract.ts'
import { readAddress } from './address.ts'
import { type Body, bodyOf } from './body.ts'
import { allFits, jisBodyOf, jisWords } from './jis.ts'

export interface Mailbox {
  readonly name: string
  readonly address: string
}

/** What stands above a mail. */
export interface Head {
  /** Without angle brackets; fixed for a delivery, so that a repeat is recognised as one. */
  readonly messageId: string
  readonly date: Date
  readonly from: Mailbox
  readonly replyTo: Mailbox | null
  readonly to: Mailbox
  readonly subject: string
  /** Address of the one-click unsubscribe; null for transactional mail. */
  readonly stopUrl: string | null
  /** Address whose mailbox we read: a mail to it unsubscribes too (RFC 2369 §3.2). */
  readonly stopMail?: string | null
  readonly feedbackId: string | null
  /** Of its words; left out: UTF-8. Of a letter that is not composed yet it is a wish: one with a character that does not fit goes in UTF-8. */
  readonly charset?: MailCharset
}

export interface Letter extends Head {
  readonly html: string
  readonly text: string
}

export interface Header {
  readonly name: string
  readonly value: string
}

export interface Message {
  readonly headers: readonly Header[]
  readonly body: Body
}

/** What parts are divided by: fixed for a delivery. */
export const boundaryOf = (messageId: string): string => `=_${messageId.replace(/[^a-z0-9]/gi, '').slice(0, 32)}`

/** The whole message. @throws RangeError on a crooked address */
export function compose(letter: Letter): Message {
  const boundary = boundaryOf(letter.messageId)
  const old = letter.charset === 'iso-2022-jp' && headFits(letter) ? jisBodyOf(boundary, letter.text, letter.html) : null
  const head: Head = { ...letter, charset: old ? 'iso-2022-jp' : 'utf-8' }
  return { headers: headersOf(head, boundary), body: old ?? bodyOf(boundary, letter.text, letter.html) }
}

/** Whether the words of a head fit ISO-2022-JP. */
export const headFits = (head: Pick<Head, 'subject' | 'from' | 'replyTo' | 'to'>): boolean =>
  [head.subject, head.from.name, head.replyTo?.name ?? '', head.to.name].every((text) => allFits(clean(text)))

/** Headers in sending order, values folded. @throws RangeError on a crooked address */
export function headersOf(head: Head, boundary: string): Header[] {
  return [
    { name: 'From', value: again('From', head.from.name, head.from.address, head.charset, () => mailboxValue(head.from, head.charset)) },
    ...(head.replyTo ? [{ name: 'Reply-To', value: mailboxValue(head.replyTo, head.charset) }] : []),
    { name: 'To', value: mailboxValue(head.to, head.charset) },
    {
      name: 'Subject',
      value: again('Subject', head.subject, '', head.charset, () => words(clean(head.subject), 'Subject: '.length, head.charset)),
    },
    { name: 'Date', value: mailDate(head.date) },
    { name: 'Message-ID', value: `<${head.messageId}>` },
    ...stopHeaders(head.stopUrl, head.stopMail),
    ...(head.feedbackId ? [{ name: 'Feedback-ID', value: clean(head.feedbackId) }] : []),
    { name: 'Auto-Submitted', value: 'auto-generated' },
    { name: 'MIME-Version', value: '1.0' },
    { name: 'Content-Type', value: `multipart/alternative;\r\n boundary="${boundary}"` },
  ]
}

interface Said {
  readonly text: string
  readonly more: string
  readonly charset: MailCharset | undefined
  readonly value: string
}

const lately = new Map<'From' | 'Subject', Said>()

/** The value of the mail before, when it said the same: those of a newsletter do. */
function again(name: 'From' | 'Subject', text: string, more: string, charset: MailCharset | undefined, make: () => string): string {
  const last = lately.get(name)
  if (last && last.text === text && last.more === more && last.charset === charset) return last.value
  const value = make()
  lately.set(name, { text, more, charset, value })
  return value
}

/** One line each, never folded: relays were seen to break DKIM over a folded List-Unsubscribe. */
function stopHeaders(url: string | null, mail: string | null | undefined): Header[] {
  if (!url) return []
  return [
    {
      name: 'List-Unsubscribe',
      value: mail ? `<${clean(url)}>, <mailto:${encodeURI(clean(mail))}?subject=unsubscribe>` : `<${clean(url)}>`,
    },
    { name: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' },
  ]
}

/** Header text: no control character survives, and not more than 900 characters. */
export function clean(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
      .replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ')
      .trim()
      .slice(0, 900)
  )
}

function mailboxValue(box: Mailbox, charset?: MailCharset): string {
  const address = readAddress(box.address)
  if (!address) throw new RangeError(`not one mail address: ${JSON.stringify(box.address)}`)
  const name = clean(box.name)
  if (!name) return address.wire
  if (!/^[\x20-\x7e]*$/.test(name)) return `${words(name, 12, charset)}\r\n <${address.wire}>`
  return `"${name.replace(/[\\"]/g, '\\$&').slice(0, 200)}"\r\n <${address.wire}>`
}

/** RFC 2047: an encoded word is at most 75 characters, a line at most 76, and no character is ever cut. */
const MOST_BYTES = 45

/** @param used characters of the first line that are taken by the header's name */
export function words(text: string, used: number, charset: MailCharset = 'utf-8'): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes('=?')) return foldAscii(text, used)
  if (charset === 'iso-2022-jp' && allFits(text)) return jisWords(text, used)
  const encoded: string[] = []
  let chunk = ''
  let bytes = 0
  for (const char of text) {
    const size = Buffer.byteLength(char)
    const room = encoded.length ? MOST_BYTES : Math.min(MOST_BYTES, Math.floor((76 - used - 12) / 4) * 3)
    if (bytes + size > room) {
      encoded.push(chunk)
      chunk = ''
      bytes = 0
    }
    chunk += char
    bytes += size
  }
  encoded.push(chunk)
  return encoded.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ')
}

/** Folds at blanks; a word longer than a line stays whole (it may be up to 900 characters, below the limit of 998). */
function foldAscii(text: string, used: number): string {
  let line = used
  return text
    .split(' ')
    .map((word, i) => {
      if (i === 0) {
        line += word.length
        return word
      }
      if (line + 1 + word.length > 76 && word) {
        line = 1 + word.length
        return `\r\n ${word}`
      }
      line += 1 + word.length
      return ` ${word}`
    })
    .join('')
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (n: number) => String(n).padStart(2, '0')

/** RFC 5322 §3.3, in UTC. */
export function mailDate(at: Date): string {
  return `${DAYS[at.getUTCDay()]}, ${two(at.getUTCDate())} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
}

/** The headers as bytes, with the blank line that ends them. */
export function headOf(headers: readonly Header[]): Buffer {
  let head = ''
  for (const { name, value } of headers) head += `${name}: ${value}\r\n`
  return Buffer.from(`${head}\r\n`)
}

/** The bytes for DATA; the SMTP connection does the dot-stuffing. */
export const bytesOf = (headers: readonly Header[], body: Body): Buffer => Buffer.concat([headOf(headers), body.bytes])
