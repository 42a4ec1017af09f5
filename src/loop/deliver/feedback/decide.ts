// Was it a person or a machine? Pure. Gateways fetch every link of a mail, some press buttons; Apple preloads pictures.

export interface Hit {
  readonly kind: 'open' | 'click'
  readonly method: string
  readonly userAgent: string
  /** Value of Purpose / Sec-Purpose / X-Moz headers. */
  readonly purpose: string
  /** Position of the link; 0 is the trap that nobody sees. */
  readonly link: number
}

/** What is known of the delivery when the hit comes in. Instants are epoch ms. */
export interface Before {
  readonly sentAt: number | null
  readonly trapAt: number | null
  readonly lastHitAt: number | null
  readonly lastHitLink: number | null
}

export type Agent = 'human' | 'machine'

const SCANNERS =
  /bot\b|crawl|spider|scan|preview|prefetch|monitor|curl|wget|python|java\/|okhttp|go-http|libwww|httpclient|axios|node-fetch|undici|headless|phantom|barracuda|proofpoint|mimecast|symantec|messagelabs|trend ?micro|fireeye|forcepoint|sophos|fortinet|cloudmark|ironport|safelinks|office-?365|microsoft office|ms-office|skypeuri|slack|facebookexternalhit|twitterbot|whatsapp|line-poker|googleimageproxy|yahoomailproxy|ggpht|validator|urlscan|zscaler|cisco/i

/** Apple Mail Privacy Protection fetches through a proxy that says nothing but this. */
const BARE = /^mozilla\/5\.0$/i

/** A hit within two seconds of sending was not a person: no mailbox shows a mail that fast. */
const TOO_SOON_MS = 2_000
/** Two different links within this time: nobody reads that fast. */
const BURST_MS = 1_500
/** Once the trap was sprung, everything near it is the same scanner. */
const TRAP_NEAR_MS = 60_000

/** First signals first: each of them alone is enough. Counted as a person when nothing speaks against it. */
export function classifyHit(hit: Hit, before: Before, now: number): Agent {
  if (hit.kind === 'click' && hit.link === 0) return 'machine'
  if (hit.method !== 'GET' || hit.purpose !== '') return 'machine'
  const ua = hit.userAgent.trim()
  if (ua === '' || BARE.test(ua) || (hit.kind === 'open' ? SCANNERS_OF_PICTURES.test(ua) : SCANNERS.test(ua))) return 'machine'
  if (before.sentAt !== null && now - before.sentAt < TOO_SOON_MS) return 'machine'
  if (before.trapAt !== null && Math.abs(now - before.trapAt) < TRAP_NEAR_MS) return 'machine'
  if (hit.kind === 'click' && before.lastHitAt !== null && before.lastHitLink !== hit.link && now - before.lastHitAt < BURST_MS)
    return 'machine'
  return 'human'
}

/**
 * Google's and Yahoo's picture proxies fetch when a person opens the mail (not before), so they count as people; the word
 * "bot" and the security gateways do not.
 */
const SCANNERS_OF_PICTURES =
  /bot\b|crawl|spider|scan|curl|wget|python|go-http|httpclient|headless|barracuda|proofpoint|mimecast|symantec|messagelabs|fireeye|forcepoint|sophos|fortinet|cloudmark|ironport|urlscan|zscaler/i
