// A web server's Combined Log, line by line. Pure.
import { hashedId } from '#kernel/chance.ts'
import type { JsonObject } from '#kernel/json.ts'
import { robotIn } from './decide.ts'
import type { Incoming } from './incoming.ts'

/** One line of the Combined Log Format (https://httpd.apache.org/docs/current/logs.html#combined). */
export interface LogLine {
  readonly address: string
  readonly at: Date
  readonly method: string
  readonly path: string
  readonly status: number
  readonly referrer: string | null
  readonly userAgent: string
}

// The closing quote of the user agent is missing in lines that were cut off.
const LINE =
  /^(\S+) \S+ (?:\S+|".*?") \[([^\]]+)\] "(\S+) (.*?)(?: HTTP\/[\d.]+)?" (\d{3}) \S+(?: "((?:[^"\\]|\\.)*)"(?: "((?:[^"\\]|\\.)*)"?)?)?/
const TIME = /^(\d{2})\/(\w{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-]\d{2})(\d{2})$/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Reads a line, or null when it is none. */
export function readLine(line: string): LogLine | null {
  const [, address, time, method, path, status, referrer, agent] = LINE.exec(line) ?? []
  const at = timeOf(time ?? '')
  if (!address || !method || !path || !at) return null
  const said = (text: string | undefined) => (text && text !== '-' ? text.replace(/\\(["\\])/g, '$1') : '')
  return { address, at, method, path, status: Number(status), referrer: said(referrer) || null, userAgent: said(agent) || '-' }
}

function timeOf(text: string): Date | null {
  const [, day, month, year, hour, minute, second, zone, zoneMinutes] = TIME.exec(text) ?? []
  const number = MONTHS.indexOf(month ?? '')
  if (number < 0) return null
  const at = new Date(`${year}-${String(number + 1).padStart(2, '0')}-${day}T${hour}:${minute}:${second}${zone}:${zoneMinutes}`)
  return Number.isNaN(at.getTime()) ? null : at
}

const ASSET = /\.(?:css|m?js|map|png|jpe?g|gif|svg|ico|webp|avif|bmp|woff2?|ttf|otf|eot)$/i
const DOWNLOAD = /\.(?:pdf|docx?|xlsx?|pptx?|csv|zip|gz|tgz|bz2|7z|rar|exe|dmg|pkg|msi|deb|rpm|jar|epub|mp3|mp4|mov)$/i

export type LineKind = 'page' | 'download' | 'robot' | 'asset' | 'other'

/**
 * The rule of what a line is. `other`: not GET, or an answer that is neither 2xx nor 3xx. `asset`: style sheets, scripts, images, fonts
 * and robots.txt, by the ending of the path without its query. `download`: documents and archives. Everything else is a page view.
 * Robots (isbot) are told apart from all of these first.
 */
export function kindOf(line: LogLine): LineKind {
  if (robotIn(line.userAgent)) return 'robot'
  if (line.method !== 'GET' || line.status < 200 || line.status > 399) return 'other'
  const path = line.path.split('?')[0] ?? ''
  if (ASSET.test(path) || path === '/robots.txt') return 'asset'
  return DOWNLOAD.test(path) ? 'download' : 'page'
}

/** The visitor of a line: address and user agent, hashed, so that neither is kept. */
export function visitorOf(line: LogLine): string {
  return `log:${hashedId('log', line.address, line.userAgent)}`
}

/**
 * A line as a message. The id is hashed from the line and its ordinal among equal lines, so replaying again has no effect.
 * @param origin scheme and host of the site, which the log does not tell; '' keeps the bare path
 */
export function messageOf(line: LogLine, raw: string, ordinal: number, origin: string): Incoming {
  const url = `${origin}${line.path}`.slice(0, 4_000)
  const isDownload = kindOf(line) === 'download'
  const props: JsonObject = isDownload ? { href: url, file: line.path.split('?')[0]?.split('/').pop() ?? '' } : {}
  return {
    kind: 'event',
    name: isDownload ? 'file.downloaded' : 'page.viewed',
    messageId: hashedId('line', raw, String(ordinal)),
    device: visitorOf(line),
    userId: null,
    previousId: null,
    groupId: null,
    traits: {},
    props: line.referrer ? { ...props, referrer: line.referrer.slice(0, 4_000) } : props,
    url,
    visit: null,
    seen: true,
    consent: 'unsaid',
    at: line.at,
    sentAt: null,
    userAgent: line.userAgent,
  }
}

/** Tells equal lines apart by counting them. Equal lines share their second, so only the last 200,000 need be remembered. */
export function ordinals(): (raw: string) => number {
  let young = new Map<string, number>()
  let old = new Map<string, number>()
  return (raw) => {
    const before = young.get(raw) ?? old.get(raw) ?? 0
    young.set(raw, before + 1)
    if (young.size >= 100_000) {
      old = young
      young = new Map()
    }
    return before
  }
}

/** The site's own origin, guessed: what refers to most of its style sheets and images. '' when the log does not tell. */
export function guessOrigin(lines: Iterable<LogLine>): string {
  const votes = new Map<string, number>()
  for (const line of lines) {
    const origin = ASSET.test(line.path.split('?')[0] ?? '') ? URL.parse(line.referrer ?? '')?.origin : undefined
    if (origin && origin !== 'null') votes.set(origin, (votes.get(origin) ?? 0) + 1)
  }
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? ''
}
