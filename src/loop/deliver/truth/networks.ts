// Whose network an address lies in, as far as it says something about who reads mail there. Pure. A range alone never makes a machine of
// anybody but in a gateway's own; a data centre only raises doubt; whatever stands in no table says nothing.
import ipaddr from 'ipaddr.js'
import { KNOWN_NETWORKS } from './ranges.ts'

export type Network = 'gateway' | 'apple' | 'datacentre' | ''

/** A range an operator has named. `people`: whoever comes from there is taken for what they otherwise show, whatever the table says. */
export interface OwnRange {
  readonly range: string
  readonly kind: 'gateway' | 'datacentre' | 'people'
  readonly name: string
}

interface Where {
  readonly network: Network
  /** Whose it is; '' when that says nothing. */
  readonly owner: string
}

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]
interface Named extends Where {
  readonly ranges: readonly Range[]
}

const NOWHERE: Where = { network: '', owner: '' }
const KNOWN: readonly Named[] = KNOWN_NETWORKS.map(({ kind, owner, ranges }) => ({
  network: kind,
  owner,
  ranges: ranges.map((range) => ipaddr.parseCIDR(range)),
}))

const within = (address: ipaddr.IPv4 | ipaddr.IPv6, [from, bits]: Range): boolean =>
  address.kind() === from.kind() && address.match(from as never, bits)

/** Where an address lies: first by what the operator says, then by the table. */
export function whereIs(address: string, own: readonly OwnRange[] = []): Where {
  if (!ipaddr.isValid(address)) return NOWHERE
  const parsed = ipaddr.process(address)
  const named = own.find(({ range }) => isRange(range) && within(parsed, ipaddr.parseCIDR(range)))
  if (named) return named.kind === 'people' ? NOWHERE : { network: named.kind, owner: named.name }
  const known = KNOWN.find(({ ranges }) => ranges.some((range) => within(parsed, range)))
  return known ? { network: known.network, owner: known.owner } : NOWHERE
}

const isRange = (text: string): boolean => ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text)

/** Wider than any one company's network. */
const WIDEST = { ipv4: 8, ipv6: 20 } as const

/** What is wrong with a range somebody types; null when it can be taken. */
export function rangeFault(text: string): 'malformed' | 'wide' | 'private' | null {
  if (!isRange(text)) return 'malformed'
  const [from, bits] = ipaddr.parseCIDR(text)
  if (bits < WIDEST[from.kind()]) return 'wide'
  if (from.kind() === 'ipv6' && (from as ipaddr.IPv6).isIPv4MappedAddress()) return 'malformed'
  return from.range() === 'unicast' ? null : 'private'
}

/** A range as it is kept: its first address, and the bits that count. */
export function plainRange(text: string): string {
  const [from, bits] = ipaddr.parseCIDR(text)
  const first = from.kind() === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(text) : ipaddr.IPv6.networkAddressFromCIDR(text)
  return `${first.toString()}/${bits}`
}
