// Reading addresses: campaign parameters, click ids, the channel a visit came by, and page groups.

/** What the address of a landing page tells about where the visitor came from. */
export interface Arrival {
  readonly utm: Readonly<Record<string, string>>
  readonly clickId: { readonly kind: string; readonly value: string } | null
  /** The keyword the visitor searched for: utm_term, or the query where a search engine still sends it. */
  readonly keyword: string | null
}

const UTM = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content', 'utm_id'] as const
const CLICK_IDS = ['gclid', 'gbraid', 'wbraid', 'dclid', 'yclid', 'fbclid', 'msclkid', 'twclid', 'ttclid', 'li_fat_id', 'ldtag_cl'] as const

/** A URL, or null when it is none of http(s). */
export function urlOf(text: string | null | undefined): URL | null {
  if (!text) return null
  const url = URL.parse(text)
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url : null
}

/** Campaign parameters and click ids of a landing page (TRK-12: utm_term is the keyword). */
export function arrivalOf(landing: string | null, referrer: string | null): Arrival {
  const params = urlOf(landing)?.searchParams
  const utm: Record<string, string> = {}
  for (const name of UTM) {
    const value = params?.get(name)?.trim()
    if (value) utm[name.slice(4)] = value.slice(0, 200)
  }
  const kind = CLICK_IDS.find((name) => params?.get(name))
  const clickId = kind ? { kind, value: (params?.get(kind) ?? '').slice(0, 300) } : null
  return { utm, clickId, keyword: utm['term'] ?? searchedFor(referrer) }
}

const ENGINES: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)google\.[a-z.]+$/, 'q'],
  [/(^|\.)bing\.com$/, 'q'],
  [/^search\.yahoo\.(co\.jp|com)$/, 'p'],
  [/(^|\.)duckduckgo\.com$/, 'q'],
  [/(^|\.)ecosia\.org$/, 'q'],
  [/(^|\.)baidu\.com$/, 'wd'],
  [/(^|\.)yandex\.[a-z.]+$/, 'text'],
  [/(^|\.)naver\.com$/, 'query'],
]
const SOCIAL =
  /(^|\.)(facebook\.com|instagram\.com|twitter\.com|x\.com|t\.co|linkedin\.com|lnkd\.in|youtube\.com|youtu\.be|line\.me|tiktok\.com|pinterest\.[a-z.]+|note\.com|hatena\.ne\.jp|threads\.net|reddit\.com)$/
const PAID = /^(cpc|ppc|paid|paidsearch|paid-search|sem|listing|リスティング)$/i
const DISPLAY = /^(display|banner|cpm|retargeting|gdn|yda)$/i

function engineOf(host: string): readonly [RegExp, string] | undefined {
  return ENGINES.find(([pattern]) => pattern.test(host))
}

function searchedFor(referrer: string | null): string | null {
  const url = urlOf(referrer)
  const engine = url && engineOf(url.hostname)
  return (engine && url.searchParams.get(engine[1])?.trim().slice(0, 200)) || null
}

export const CHANNELS = ['paid-search', 'display', 'paid-social', 'mail', 'search', 'social', 'referral', 'campaign', 'direct'] as const
export type Channel = (typeof CHANNELS)[number]

/** The channel a visit came by, decided from campaign parameters first, then click ids, then the referrer. */
export function channelOf(arrival: Arrival, referrer: string | null, landing: string | null): Channel {
  const medium = arrival.utm['medium'] ?? ''
  const source = (arrival.utm['source'] ?? '').toLowerCase()
  if (/^e?-?mail|newsletter|メルマガ/i.test(medium)) return 'mail'
  if (
    /^(paid-?social|social-?paid|sns-?ads?)$/i.test(medium) ||
    (PAID.test(medium) && /facebook|instagram|twitter|^x$|linkedin|line/.test(source))
  )
    return 'paid-social'
  if (PAID.test(medium)) return 'paid-search'
  if (DISPLAY.test(medium)) return 'display'
  if (/^(social|sns)$/i.test(medium)) return 'social'
  if (/^organic$/i.test(medium)) return 'search'
  if (medium || source) return 'campaign'
  const click = arrival.clickId?.kind
  if (click === 'dclid') return 'display'
  if (click === 'fbclid') return 'social'
  if (click === 'twclid' || click === 'ttclid' || click === 'li_fat_id' || click === 'ldtag_cl') return 'paid-social'
  if (click) return 'paid-search'
  const host = urlOf(referrer)?.hostname
  if (!host || host === urlOf(landing)?.hostname) return 'direct'
  if (engineOf(host)) return 'search'
  return SOCIAL.test(host) ? 'social' : 'referral'
}

/** What kind of device a user agent speaks for. */
export function deviceClassOf(userAgent: string | null): 'mobile' | 'tablet' | 'desktop' {
  if (!userAgent) return 'desktop'
  if (/iPad|Tablet|PlayBook|Silk|Android(?!.*Mobile)/i.test(userAgent)) return 'tablet'
  return /Mobi|iPhone|iPod|Android/i.test(userAgent) ? 'mobile' : 'desktop'
}

/** A page group ready to match: the first whose pattern fits names the page. */
export interface PageMatcher {
  readonly id: string
  readonly patterns: readonly RegExp[]
}

/**
 * Makes a pattern a regular expression. `/pricing*` is matched with the path, `example.co.jp/pricing*` with host and path, a pattern with `?`
 * with the query too. `*` stands for any characters; case and a closing slash do not matter.
 */
export function patternOf(pattern: string): RegExp {
  const body = pattern
    .trim()
    .replace(/^https?:\/\//i, '')
    .split('*')
    .map(escaped)
    .join('.*')
  const host = body.startsWith('/') ? '[^/]*' : ''
  const end = pattern.includes('?') ? '' : '/?(?:\\?.*)?'
  return new RegExp(`^${host}${body.replace(/\/$/, '')}${end}$`, 'i')
}

const escaped = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')

/** The id of the first group that the address belongs to, or null. */
export function pageGroupOf(url: string | null, groups: readonly PageMatcher[]): string | null {
  if (!url || !groups.length) return null
  const parsed = urlOf(url)
  const text = parsed ? `${parsed.hostname}${decoded(parsed.pathname)}${parsed.search}` : url
  return groups.find((group) => group.patterns.some((pattern) => pattern.test(text)))?.id ?? null
}

function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** Whether a page's origin belongs to the site: its domains and their sub-domains; a site without domains takes all. */
export function isOwnOrigin(origin: string | null, domains: readonly string[]): boolean {
  if (!domains.length || !origin) return true
  const host = urlOf(origin)?.hostname
  return !!host && domains.some((domain) => host === domain || host.endsWith(`.${domain}`))
}
