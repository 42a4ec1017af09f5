// Which addresses the product may reach on somebody else's behalf. Pure.
import ipaddr from 'ipaddr.js'

/** Ports a webhook, an image or a link may be reached at. */
const PORTS = new Set(['', '80', '443'])

/** Public by their range, and still nobody's business: the host's own agent in Azure. */
const ALSO_FORBIDDEN = new Set(['168.63.129.16'])

/**
 * Why an address may not be reached, or null when it may. Only plain public unicast passes: loopback, private, link-local (cloud
 * metadata), carrier-grade NAT, multicast and reserved ranges do not, in whatever spelling of IPv6 they come.
 * @param address an IP address as the resolver gives it, zone id included
 */
export function forbiddenAddress(address: string): string | null {
  if (!ipaddr.isValid(address)) return 'not an IP address'
  const parsed = ipaddr.parse(address)
  if (parsed instanceof ipaddr.IPv4) return forbiddenV4(parsed)
  if (parsed.isIPv4MappedAddress()) return forbiddenV4(parsed.toIPv4Address())
  const global = parsed.match(ipaddr.IPv6.parse('2000::'), 3)
  return global && parsed.range() === 'unicast' && !parsed.match(ipaddr.IPv6.parse('3fff::'), 20) ? null : `${parsed.range()} address`
}

function forbiddenV4(address: ipaddr.IPv4): string | null {
  const range = address.range()
  if (range !== 'unicast') return `${range} address`
  return ALSO_FORBIDDEN.has(address.toString()) ? 'metadata address' : null
}

export type UrlVerdict = { readonly url: URL; readonly allowed: boolean } | { readonly refused: string }

/**
 * Reads an address as WHATWG does (so `0x7f.1`, `2130706433` and `①②⑦.0.0.1` are what they are) and checks all that can be seen
 * before connecting. A host name is checked where it is resolved, not here.
 * @param allow hosts and addresses an operator has opened (EGRESS_ALLOW)
 */
export function readUrl(text: string, allow: readonly string[]): UrlVerdict {
  if (!URL.canParse(text)) return { refused: 'not an address' }
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { refused: 'only http and https' }
  if (url.username || url.password) return { refused: 'credentials in the address' }
  const host = hostOf(url)
  if (allow.includes(host) || allow.includes(url.host)) return { url, allowed: true }
  if (!PORTS.has(url.port)) return { refused: 'only the ports 80 and 443' }
  const why = ipaddr.isValid(host) ? forbiddenAddress(host) : null
  return why ? { refused: why } : { url, allowed: false }
}

/** The host without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}
