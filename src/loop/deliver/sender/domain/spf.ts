// SPF as a receiver reads it (RFC 7208): includes followed, lookups counted, and whether our sending server is let in.
import type { Names } from './port.ts'

export interface Spf {
  readonly state: 'good' | 'none' | 'two' | 'tooMany' | 'broken' | 'open' | 'noEnd' | 'failed'
  readonly record: string
  /** Terms that cost a lookup; more than ten make the record invalid (§4.6.4). */
  readonly lookups: number
  /** Our server may send by it. */
  readonly passes: boolean
}

/** Who sends for us: the addresses of our mail server, and what its provider wants included (null when not known). */
export interface SendsFor {
  readonly addresses: readonly string[]
  readonly include: string | null
}

const MOST_LOOKUPS = 10
const NAME = /^[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?\.?$/i

interface Walk {
  readonly names: Names
  readonly from: SendsFor
  lookups: number
  passes: boolean
  failed: boolean
  broken: boolean
}

export async function readSpf(names: Names, domain: string, from: SendsFor): Promise<Spf> {
  const found = await recordOf(names, domain)
  const bare = { record: '', lookups: 0, passes: false }
  if (found === 'failed' || found === 'none' || found === 'two') return { ...bare, state: found }
  const walk: Walk = { names, from, lookups: 0, passes: false, failed: false, broken: false }
  const end = await follow(walk, domain, found)
  const state = walk.failed
    ? 'failed'
    : walk.lookups > MOST_LOOKUPS
      ? 'tooMany'
      : walk.broken
        ? 'broken'
        : end === '+all'
          ? 'open'
          : end === null
            ? 'noEnd'
            : 'good'
  // What lets everybody in proves nothing, and an invalid record lets in nobody.
  return { state, record: found, lookups: walk.lookups, passes: walk.passes && (state === 'good' || state === 'noEnd') }
}

async function recordOf(names: Names, domain: string): Promise<string | 'failed' | 'none' | 'two'> {
  if (!NAME.test(domain)) return 'none'
  const answer = await names.text(domain)
  if (answer.kind === 'failed') return 'failed'
  const records = answer.kind === 'found' ? answer.records.filter((text) => /^v=spf1(?: |$)/i.test(text)) : []
  return records.length > 1 ? 'two' : (records[0] ?? 'none')
}

/** @returns what the record says of all others, such as `-all`; null when it says nothing */
async function follow(walk: Walk, domain: string, record: string): Promise<string | null> {
  let redirect: string | null = null
  for (const term of record.split(/ +/).slice(1).filter(Boolean)) {
    const read = /^([+?~-]?)([a-z0-9]+)(?:([:=])([^/ ]+(?:\/.*)?|.+))?(\/[\d/]+)?$/i.exec(term)
    if (!read) {
      walk.broken = true
      continue
    }
    const [, sign = '', kind = '', , value = ''] = read
    const name = kind.toLowerCase()
    if (name === 'all') return `${sign || '+'}all`
    if (name === 'redirect') redirect = value
    else await obey(walk, domain, { name, value, allows: sign === '' || sign === '+' })
    if (walk.lookups > MOST_LOOKUPS) return null
  }
  if (!redirect) return null
  return (await into(walk, redirect)) ?? null
}

interface Term {
  readonly name: string
  readonly value: string
  readonly allows: boolean
}

async function obey(walk: Walk, domain: string, { name, value, allows }: Term): Promise<void> {
  if (name === 'ip4' || name === 'ip6') {
    if (allows && holds(value, walk.from.addresses)) walk.passes = true
    else if (networkOf(value) === null) walk.broken = true
  } else if (name === 'include') {
    if (allows && value.toLowerCase() === walk.from.include) walk.passes = true
    await into(walk, value)
  } else if (name === 'a') {
    walk.lookups++
    if (allows && (await meets(walk, value.split('/')[0] || domain))) walk.passes = true
  } else if (name === 'mx') {
    walk.lookups++
    const answer = await walk.names.exchangers(value.split('/')[0] || domain)
    for (const host of answer.kind === 'found' ? answer.records.slice(0, 10) : [])
      if (allows && (await meets(walk, host))) walk.passes = true
  } else if (name === 'ptr' || name === 'exists') walk.lookups++
  else if (name !== 'exp') walk.broken ||= !/^[a-z][a-z0-9._-]*$/i.test(name) || ['ip', 'ipv4', 'ipv6', 'includes'].includes(name)
}

/** Another domain's record; that it has none is an error (§5.2). */
async function into(walk: Walk, domain: string): Promise<string | null> {
  walk.lookups++
  if (walk.lookups > MOST_LOOKUPS) return null
  const found = await recordOf(walk.names, domain)
  if (found === 'failed') walk.failed = true
  if (found === 'none' || found === 'two') walk.broken = true
  if (found === 'failed' || found === 'none' || found === 'two') return null
  return follow(walk, domain, found)
}

async function meets(walk: Walk, host: string): Promise<boolean> {
  if (!NAME.test(host)) return false
  const answer = await walk.names.addresses(host)
  return answer.kind === 'found' && answer.records.some((address) => walk.from.addresses.includes(address))
}

function holds(network: string, addresses: readonly string[]): boolean {
  const within = networkOf(network)
  if (!within) return false
  return addresses.some((address) => {
    const bits = bitsOf(address)
    return bits !== null && bits.length === within.length && bits.slice(0, within.prefix) === within.bits.slice(0, within.prefix)
  })
}

interface Network {
  readonly bits: string
  readonly length: number
  readonly prefix: number
}

function networkOf(text: string): Network | null {
  const [base = '', length] = text.split('/')
  const bits = bitsOf(base)
  if (bits === null) return null
  const prefix = length === undefined ? bits.length : /^\d{1,3}$/.test(length) ? Number(length) : -1
  return prefix < 0 || prefix > bits.length ? null : { bits, length: bits.length, prefix }
}

/** An address as 32 or 128 binary digits; null when it is none. */
function bitsOf(address: string): string | null {
  const binary = (value: number, width: number) => value.toString(2).padStart(width, '0')
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) {
    const parts = address.split('.').map(Number)
    return parts.every((part) => part < 256) ? parts.map((part) => binary(part, 8)).join('') : null
  }
  const [head = '', tail, ...more] = address.split('::')
  if (!address.includes(':') || more.length) return null
  const groups = (text: string) => (text ? text.split(':') : [])
  const [front, back] = [groups(head), groups(tail ?? '')]
  const missing = 8 - front.length - back.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const all = [...front, ...Array.from({ length: missing }, () => '0'), ...back]
  return all.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? all.map((group) => binary(Number.parseInt(group, 16), 16)).join('') : null
}
