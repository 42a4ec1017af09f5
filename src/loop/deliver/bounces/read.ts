// Reads a mail that came back: delivery reports (RFC 3464), complaints (RFC 5965) and the free text of servers that know neither.
import PostalMime, { type Attachment, type Email } from 'postal-mime'
import { type Fields, fieldGroups, one } from './fields.ts'
import { failuresInText } from './freeText.ts'
import { commandIn, replyIn, statusIn } from './marks.ts'
import { addressIn, COPY, type Failure, MOST_HEADER, type Original } from './notice.ts'
import { sesNotice } from './ses.ts'

export interface Notice {
  readonly kind: 'bounce' | 'complaint' | 'unsubscribe' | 'auto_reply' | 'other'
  readonly failures: readonly Failure[]
  /** Addresses the notice came to: a VERP address among them proves which mail it speaks of. */
  readonly to: readonly string[]
  /** Message-ID of the mail it speaks of, without angle brackets. */
  readonly about: string | null
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly messageId: string | null
  /** Message-IDs it answers. */
  readonly answers: readonly string[]
  readonly date: string | null
}

/** Reads one mail. @throws when it is no mail at all or nested beyond reason */
export async function readNotice(raw: Uint8Array, deep = 0): Promise<Notice> {
  const mail = await PostalMime.parse(headOf(raw), { forceRfc822Attachments: true, maxNestingDepth: 20, maxHeadersSize: 100_000 })
  const source = mail.text || plain(mail.html ?? '') || (mail.attachments.length ? '' : bodyOf(headOf(raw)))
  const text = tamed(source)
  const original = originalOf(mail)
  const base = {
    to: recipientsOf(mail),
    about: idIn(original?.headers['message-id']) ?? null,
    from: mail.from?.address?.toLowerCase() ?? '',
    subject: subjectOf(mail),
    text,
    messageId: idIn(mail.messageId),
    answers: idsIn(`${mail.inReplyTo ?? ''} ${mail.references ?? ''}`),
    date: mail.date ?? null,
  }
  const ses = sesNotice(text)
  if (ses) return { ...base, ...ses }
  if (isStopMail(mail)) return { ...base, kind: 'unsubscribe', failures: [] }
  const complaint = complaintIn(mail, original)
  if (complaint) return { ...base, kind: 'complaint', failures: complaint }
  if (isAutoReply(mail, text)) return { ...base, kind: 'auto_reply', failures: [] }
  const report = partOf(mail, /^message\/(?:global-)?delivery-status$/)
  const failures = report
    ? failuresInReport(contentOf(report), text)
    : /^(?:final|original)-recipient:/im.test(text)
      ? failuresInReport(text, text)
      : []
  const inner = failures.length ? undefined : partOf(mail, /^message\/rfc822$/)
  if (inner && deep < 2 && /^content-type:\s*message\/delivery-status/im.test(contentOf(inner)))
    return { ...(await readNotice(bytesOf(inner), deep + 1)), to: base.to }
  const found = failures.length
    ? failures
    : looksReturned(mail)
      ? failuresInText(textParts(mail, text), headerOf(mail, 'x-failed-recipients'), original)
      : []
  return { ...base, kind: found.length ? 'bounce' : 'other', failures: found }
}

/** Reports say why before they give the mail back; whatever comes behind so many lines is not taken apart. */
const MOST_BYTES = 1_000_000
const MOST_LINES = 10_000

function headOf(raw: Uint8Array): Uint8Array {
  let at = 0
  for (let line = 0; line < MOST_LINES; line++) {
    const end = raw.indexOf(10, at)
    if (end < 0) return raw.subarray(0, MOST_BYTES)
    at = end + 1
  }
  return raw.subarray(0, Math.min(at, MOST_BYTES))
}

const MOST_TEXT = 100_000
const MOST_LINE = 2_000

/** Text of which no run is long: patterns over a line, or over blanks, take the square of its length at the worst. */
function tamed(source: string): string {
  return source
    .slice(0, MOST_TEXT)
    .replace(/[^\S\n]{20,}/g, ' '.repeat(20))
    .replace(/\n(?:[^\S\n]*\n){3,}/g, '\n\n\n')
    .replace(new RegExp(`[^\\n]{${MOST_LINE}}`, 'g'), '$&\n')
}

const REPORTS = /^multipart\/report/i
const headerOf = (mail: Email, key: string): string =>
  mail.headers
    .filter((header) => header.key === key)
    .map((header) => header.value)
    .join(', ')
    .slice(0, MOST_HEADER)

const subjectOf = (mail: Email): string => (mail.subject ?? '').slice(0, MOST_HEADER)

/** The mail that a mail program writes for its reader's unsubscribe button, and what people write themselves. */
const isStopMail = (mail: Email): boolean => /^\s*(?:unsubscribe|配信停止)\s*$/i.test(mail.subject ?? '') && mail.attachments.length === 0

/** Who writes when mail comes back. */
const MAILERS = /^(?:mailer-daemon|mail-?daemon|post_?master|mail(?:er)?|mdaemon|bounces?|no-?reply|mail-?delivery.*)@|^mailer-daemon$/i
const RETURNED =
  /undeliver|undelivr|undelivered|returned (?:mail|message)|return(?:ed)? to sender|deliver(?:y|able).{0,20}(?:fail|status|problem|notif|error|report|delay|subsystem)|fail(?:ed|ure).{0,20}(?:deliver|notice)|non[- ]?deliver|mail (?:system )?error|could ?n.?t be delivered|message you sent blocked|loop alert|not member|error sending your mail|delayed mail|warning: message|mail (?:could not|not) deliver|不達|配信不能|配信エラー|送信エラー|送信できません|エラー通知|mail system|failure notice|mdn:|rejected|not been delivered/i

function looksReturned(mail: Email): boolean {
  const type = headerOf(mail, 'content-type')
  if (REPORTS.test(type)) return true
  if (headerOf(mail, 'x-failed-recipients')) return true
  const from = mail.from?.address ?? headerOf(mail, 'from')
  const empty = /^\s*<\s*>\s*$/.test(headerOf(mail, 'return-path')) || /^\s*(?:<\s*>)?\s*$/.test(headerOf(mail, 'from'))
  const mailer = MAILERS.test(from) || /mailer-daemon|postmaster/i.test(headerOf(mail, 'from'))
  return RETURNED.test(subjectOf(mail)) ? true : mailer || (empty && mail.attachments.length > 0)
}

/** Holiday notices and the like: an answer of a machine about a person, not about the mail. */
function isAutoReply(mail: Email, text: string): boolean {
  if (partOf(mail, /delivery-status$/) || headerOf(mail, 'x-failed-recipients')) return false
  const auto = headerOf(mail, 'auto-submitted').toLowerCase()
  const said = `${auto} ${headerOf(mail, 'x-autoreply')} ${headerOf(mail, 'x-auto-response-suppress')} ${headerOf(mail, 'precedence')}`
  const words =
    /auto(?:matic)?[- _]?(?:reply|response|submit)|out of (?:the )?office|on (?:vacation|holiday|leave)|away from (?:my|the) office|不在|休暇|自動(?:返信|応答)/i
  const answers = /auto-replied|auto-reply|auto_reply|yes/.test(said) || words.test(subjectOf(mail))
  return answers && !RETURNED.test(subjectOf(mail)) && !MAILERS.test(mail.from?.address ?? '') && text.length > 0
}

/** Complaints of feedback loops, in the form of RFC 5965 and in the older one of Hotmail (a forwarded mail and its headers). */
function complaintIn(mail: Email, original: Original | null): Failure[] | null {
  const report = partOf(mail, /^message\/feedback-report$/)
  const fields = report ? fieldGroups(contentOf(report)).reduce<Record<string, string[]>>((all, group) => merge(all, group), {}) : null
  const old = original?.headers['x-hmxmrooriginalrecipient'] ?? original?.headers['x-hmxmroriginalrecipient']
  const named = /complaint about message/i.test(mail.subject ?? '')
  if (!fields && !old && !named) return null
  const kind = (fields?.['feedback-type']?.[0] ?? 'abuse').toLowerCase()
  // "auth-failure" and "not-spam" are no complaints of a reader.
  if (kind === 'not-spam') return null
  const raw = fields?.['original-rcpt-to'] ?? fields?.['removal-recipient'] ?? (old ? [old] : [original?.headers['to'] ?? ''])
  const addresses = raw.map(addressIn).filter((address) => address !== '')
  const base = { action: 'failed', status: null, reply: null, command: null, said: kind, around: '' } as const
  return (addresses.length ? addresses : ['']).map((address) => ({ ...base, address }))
}

const merge = (all: Record<string, string[]>, group: Fields): Record<string, string[]> => {
  for (const [name, values] of Object.entries(group)) all[name] = [...(all[name] ?? []), ...values]
  return all
}

const ACTIONS: Readonly<Record<string, Failure['action']>> = {
  failed: 'failed',
  failure: 'failed',
  delayed: 'delayed',
  delivered: 'delivered',
  relayed: 'delivered',
  expanded: 'delivered',
}

/** The per-recipient fields of a delivery report. */
function failuresInReport(content: string, text: string): Failure[] {
  return fieldGroups(content).flatMap((group) => {
    const named = one(group, 'final-recipient') || one(group, 'original-recipient') || one(group, 'x-actual-recipient')
    if (!named && !one(group, 'action')) return []
    const original = addressIn(one(group, 'original-recipient'))
    const address = addressIn(one(group, 'final-recipient')) || original
    const diagnostics = group['diagnostic-code'] ?? []
    const said = diagnostics
      .map((line) => line.replace(/^\s*[a-z-]+\s*;/i, ''))
      .join(' ')
      .trim()
      .slice(0, 2_000)
    const around = blockOf(text, address, original)
    const field = one(group, 'status')
    const inWords = statusIn(said)
    const status = statusIn(field)
    return [
      {
        address: original || address,
        action: ACTIONS[one(group, 'action').toLowerCase().split(/[\s(]/)[0] ?? ''] ?? 'failed',
        // A precise code in the words says more than the x.0.0 of a gateway.
        status: inWords && (!status || /\.0\.0$/.test(status)) ? inWords : status,
        reply: replyIn(said),
        command: commandIn(`${said} ${around}`),
        said: `${said} ${field.replace(/^[\d.\s]+/, '')}`.trim().slice(0, 2_000),
        around: around.slice(0, 4_000),
      },
    ]
  })
}

/** The part of the human text that speaks of an address. */
function blockOf(text: string, ...addresses: string[]): string {
  const own = text.split(COPY)[0] ?? text
  const at = addresses
    .filter((address) => address !== '')
    .map((address) => own.toLowerCase().indexOf(address))
    .filter((i) => i >= 0)
  return at.length ? own.slice(Math.max(0, Math.min(...at) - 400)) : own
}

function originalOf(mail: Email): Original | null {
  const part = partOf(mail, /^(?:message\/(?:rfc822|global|partial)|text\/rfc822-headers|message\/global-headers|message\/rfc822-headers)$/)
  const inText = part ? '' : (tamed(mail.text ?? '').split(COPY)[1] ?? '')
  const source = part ? contentOf(part) : inText.trimStart()
  if (!source) return null
  const head = source.split(/\r?\n\r?\n/)[0] ?? ''
  const headers: Record<string, string> = {}
  for (const [name, values] of Object.entries(fieldGroups(head)[0] ?? {})) headers[name] = values.join(', ')
  return { headers }
}

const partOf = (mail: Email, type: RegExp): Attachment | undefined =>
  mail.attachments.find((part) => type.test(part.mimeType.toLowerCase()))

function bytesOf(part: Attachment): Uint8Array {
  const { content } = part
  if (typeof content === 'string') return Buffer.from(content)
  return content instanceof ArrayBuffer ? new Uint8Array(content) : content
}

const contentOf = (part: Attachment): string => Buffer.from(bytesOf(part)).toString('utf8').slice(0, 200_000)

/** Parts that no reader can take apart are read as they stand. */
const bodyOf = (raw: Uint8Array): string =>
  Buffer.from(raw)
    .toString('latin1')
    .split(/\r?\n\r?\n/)
    .slice(1)
    .join('\n\n')

/** The text with the text files hung to it: some servers put what they say into one. */
function textParts(mail: Email, text: string): string {
  const more = mail.attachments.filter((part) => part.mimeType === 'text/plain').map((part) => tamed(contentOf(part)))
  return [text, ...more].join('\n').slice(0, MOST_TEXT)
}

const idIn = (field: string | undefined): string | null => /<?([^\s<>]+@[^\s<>]+)>?/.exec((field ?? '').slice(0, MOST_HEADER))?.[1] ?? null
const idsIn = (field: string): string[] =>
  [...field.slice(0, 2 * MOST_HEADER).matchAll(/<([^\s<>]+@[^\s<>]+)>/g)].flatMap((match) => match[1] ?? []).slice(0, 50)

const RECEIVERS = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-forwarded-to', 'to', 'cc', 'apparently-to']

function recipientsOf(mail: Email): string[] {
  const found = mail.headers
    .filter((header) => RECEIVERS.includes(header.key))
    .flatMap((header) => [...header.value.slice(0, MOST_HEADER).matchAll(/[^\s<>"'();:,]+@[a-z0-9.-]+/gi)].map((match) => match[0]))
  return [...new Set(found)].slice(0, 50)
}

const plain = (html: string): string =>
  html
    .slice(0, 5 * MOST_TEXT)
    .replace(/<(?:br|\/p|\/div|\/tr|\/td|\/li)[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&amp;', '&')
