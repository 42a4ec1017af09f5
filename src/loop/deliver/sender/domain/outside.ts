// What the world outside can see of a house: its mail server, its sender's domain, and where its links lead. Pure.
import ipaddr from 'ipaddr.js'

/** This machine: a server of one's own that passes mail on, or a developer's that keeps it. */
export const isLoopback = (host: string): boolean => /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(host)

/** Names that are set aside for examples, tests and private networks: no receiver can look them up (RFC 2606, RFC 6761, RFC 6762; JPRS for .jp). */
export const isReserved = (domain: string): boolean =>
  /(?:^|\.)(?:example|test|invalid|localhost|local|internal|home\.arpa|example\.(?:com|net|org)|example\d?\.(?:(?:ac|ad|co|ed|go|gr|lg|ne|or)\.)?jp)$/i.test(
    domain,
  )

/**
 * What is wrong with the address that links in mails begin with, for readers outside: `private`, nobody can follow them, so nobody could
 * unsubscribe; `plain`, one-click unsubscribe wants https (RFC 8058 §3.1).
 */
export function linkFault(publicUrl: string): 'private' | 'plain' | null {
  const { protocol, hostname } = new URL(publicUrl)
  const host = hostname.replace(/^\[|\]$|\.$/g, '')
  if (ipaddr.isValid(host) ? ipaddr.parse(host).range() !== 'unicast' : !host.includes('.') || isReserved(host)) return 'private'
  return protocol === 'https:' ? null : 'plain'
}
