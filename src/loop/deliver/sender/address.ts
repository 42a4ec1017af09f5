// Addresses as our own small grammar: nothing that a mail server could read as two recipients or as a command.
import { domainToASCII } from 'node:url'

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const DOT_ATOM = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`)
/** What old carrier addresses (`a..b@docomo.ne.jp`, `.@`) are made of; sent as a quoted string. */
const LOOSE_DOTS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+$/
const DOMAIN = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/

export interface Address {
  /** As written on the wire: ASCII, local part quoted where RFC 5321 asks for it, domain in A-labels. */
  readonly wire: string
  readonly domain: string
}

/**
 * Reads exactly one address, or null. ASCII local part of at most 64 characters, IDN domains become A-labels.
 * Source: RFC 5321 §4.1.2, RFC 5890.
 */
export function readAddress(text: string): Address | null {
  const at = text.lastIndexOf('@')
  if (at < 1 || text.length > 320) return null
  const local = text.slice(0, at)
  const domain = domainToASCII(text.slice(at + 1).normalize('NFKC')).toLowerCase()
  if (local.length > 64 || !DOMAIN.test(domain)) return null
  if (DOT_ATOM.test(local)) return { wire: `${local}@${domain}`, domain }
  return LOOSE_DOTS.test(local) ? { wire: `"${local}"@${domain}`, domain } : null
}
