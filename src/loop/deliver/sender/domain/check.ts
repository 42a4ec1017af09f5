// The sending domain as receivers see it: every record looked up, judged, and the one to enter written out.
import type { DomainCheck, DomainReport, Light } from './contract.ts'
import { organisationOf, readDmarc } from './dmarc.ts'
import type { Answer, Names } from './port.ts'
import { readSpf, type Spf } from './spf.ts'

/** What is known of our own side. */
export interface OurSide {
  /** Domain of From. */
  readonly domain: string
  /** Domain of the envelope sender. */
  readonly envelope: string
  /** Mail server mail leaves by; '' while there is none. */
  readonly host: string
  /** For DMARC reports. */
  readonly contact: string
  readonly keys: {
    readonly domain: string
    readonly main: PublicKey
    readonly ed25519: PublicKey | null
    readonly next: PublicKey | null
  } | null
}
interface PublicKey {
  readonly selector: string
  readonly record: string
}

/** What the great providers want included, by the end of their server's name. */
const INCLUDES: readonly (readonly [string, string])[] = [
  ['.google.com', '_spf.google.com'],
  ['.gmail.com', '_spf.google.com'],
  ['.office365.com', 'spf.protection.outlook.com'],
  ['.outlook.com', 'spf.protection.outlook.com'],
  ['.amazonaws.com', 'amazonses.com'],
  ['.sendgrid.net', 'sendgrid.net'],
  ['.mailgun.org', 'mailgun.org'],
  ['.postmarkapp.com', 'spf.mtasv.net'],
]
export const includeOf = (host: string): string | null => INCLUDES.find(([end]) => host.toLowerCase().endsWith(end))?.[1] ?? null

type Base = Pick<DomainCheck, 'light' | 'finding'> & Partial<Omit<DomainCheck, 'what'>>
const made = (what: DomainCheck['what'], base: Base): DomainCheck => ({ what, found: '', count: null, record: null, ...base })

/** @returns the report, and the records of our keys that DNS carries */
export async function checkDomain(names: Names, us: OurSide, now: Date): Promise<{ report: DomainReport; seen: ReadonlySet<string> }> {
  const hosts = us.host ? await names.addresses(us.host) : ({ kind: 'none' } as const)
  const addresses = hosts.kind === 'found' ? hosts.records : []
  const include = includeOf(us.host)
  const [spf, dmarc, mx, a, ptr, main, ed25519, next] = await Promise.all([
    readSpf(names, us.envelope, { addresses, include }),
    readDmarc(names, us.domain),
    names.exchangers(us.domain),
    names.addresses(us.domain),
    checkPtr(names, us.host, addresses),
    keyState(names, us, us.keys?.main),
    keyState(names, us, us.keys?.ed25519),
    keyState(names, us, us.keys?.next),
  ])
  const [from, envelope, signer] = await Promise.all(
    [us.domain, us.envelope, us.keys?.domain ?? ''].map((domain) => (domain ? organisationOf(names, domain) : '')),
  )
  const alignedKey = us.keys !== null && (dmarc.strictDkim ? us.keys.domain === us.domain : signer === from)
  const alignedSpf = dmarc.strictSpf ? us.envelope === us.domain : envelope === from
  const by: ('dkim' | 'spf')[] = [
    ...(main.light === 'good' && alignedKey ? (['dkim'] as const) : []),
    ...(spf.passes && alignedSpf ? (['spf'] as const) : []),
  ]
  const unsure = main.light === 'unknown' || spf.state === 'failed' || dmarc.state === 'failed'
  const checks: DomainCheck[] = [
    spfCheck(us, spf, include),
    made('dkim', main.light === 'good' && !alignedKey ? { ...main, light: 'bad', finding: 'foreign' } : main),
    ...(us.keys?.ed25519 ? [made('ed25519', soften(ed25519))] : []),
    ...(us.keys?.next ? [made('nextKey', soften(next))] : []),
    made('dmarc', dmarcBase(us, dmarc)),
    made('mx', mxBase(us, mx)),
    made('a', aBase(us, a)),
    ...(us.host ? [ptr] : []),
  ]
  return {
    report: {
      domain: us.domain,
      at: now.toISOString(),
      aligned: by.length ? 'yes' : unsure ? 'unknown' : 'no',
      alignedBy: by,
      checks,
    },
    seen: new Set([main, ed25519, next].flatMap((one) => (one.light === 'good' && one.record ? [one.record.value] : []))),
  }
}

/** A second key that is not there yet makes nothing worse. */
const soften = (base: Base): Base => (base.light === 'bad' ? { ...base, light: 'warn', finding: 'waiting' } : base)

async function keyState(names: Names, us: OurSide, key: PublicKey | null | undefined): Promise<Base> {
  if (!us.keys || !key) return { light: 'bad', finding: 'noKey' }
  const host = `${key.selector}._domainkey.${us.keys.domain}`
  const record = { host, type: 'TXT', value: key.record } as const
  const answer = await names.text(host)
  if (answer.kind === 'failed') return { light: 'unknown', finding: 'failed', found: answer.code, record }
  if (answer.kind === 'none') return { light: 'bad', finding: 'none', record }
  const ours = /p=(.*)$/.exec(key.record)?.[1]
  const keys = answer.records.map((text) => /(?:^|;)\s*p=([^;]*)/.exec(text)?.[1]?.replace(/\s/g, ''))
  const found = answer.records.join('\n').slice(0, 1_000)
  if (answer.records.length > 1) return { light: 'bad', finding: 'two', found, record }
  return keys[0] === ours ? { light: 'good', finding: 'good', found, record } : { light: 'bad', finding: 'other', found, record }
}

const SPF_LIGHTS: Readonly<Record<Spf['state'], Light>> = {
  good: 'good',
  none: 'bad',
  two: 'bad',
  tooMany: 'bad',
  broken: 'bad',
  open: 'bad',
  noEnd: 'warn',
  failed: 'unknown',
}

function spfCheck(us: OurSide, spf: Spf, include: string | null): DomainCheck {
  const ours = include ? `include:${include}` : us.host ? `a:${us.host}` : 'mx'
  const healthy = spf.state === 'good' || spf.state === 'noEnd'
  const missing = healthy && !spf.passes && us.host !== ''
  // What stands there stays: ours is put in front of its end.
  const rest = spf.record.replace(/ +[+?~-]?all *$/i, '')
  const value = spf.record && !['two', 'failed'].includes(spf.state) ? `${rest}${missing ? ` ${ours}` : ''} ~all` : `v=spf1 ${ours} ~all`
  return made('spf', {
    light: missing ? 'warn' : SPF_LIGHTS[spf.state],
    finding: missing ? 'missing' : spf.state,
    found: spf.record,
    count: spf.record ? spf.lookups : null,
    record: spf.state === 'good' && !missing ? null : { host: us.envelope, type: 'TXT', value },
  })
}

function dmarcBase(us: OurSide, dmarc: Awaited<ReturnType<typeof readDmarc>>): Base {
  const host = `_dmarc.${dmarc.at || us.domain}`
  const reports = `rua=mailto:${us.contact || `postmaster@${us.domain}`}`
  const record = { host, type: 'TXT', value: `v=DMARC1; p=none; ${reports}` } as const
  const base = { found: dmarc.record }
  if (dmarc.state === 'failed') return { light: 'unknown', finding: 'failed', ...base }
  if (dmarc.state !== 'good') return { light: 'bad', finding: dmarc.state, ...base, record }
  const without = dmarc.record
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part && !/^pct\s*=/i.test(part))
    .join('; ')
  if (dmarc.hasPct) return { light: 'warn', finding: 'pct', ...base, record: { ...record, value: without } }
  if (!dmarc.reports) return { light: 'warn', finding: 'blind', ...base, record: { ...record, value: `${without}; ${reports}` } }
  return { light: 'good', finding: dmarc.policy === 'none' ? 'watching' : 'good', ...base }
}

function mxBase(us: OurSide, mx: Answer): Base {
  if (mx.kind === 'failed') return { light: 'unknown', finding: 'failed', found: mx.code }
  const hosts = mx.kind === 'found' ? mx.records : []
  if (hosts.length === 1 && (hosts[0] === '' || hosts[0] === '.')) return { light: 'bad', finding: 'refusing', found: '.' }
  if (hosts.length) return { light: 'good', finding: 'good', found: hosts.slice(0, 5).join('\n') }
  return { light: 'warn', finding: 'none', record: { host: us.domain, type: 'MX', value: `10 mail.${us.domain}.` } }
}

function aBase(us: OurSide, a: Answer): Base {
  if (a.kind === 'failed') return { light: 'unknown', finding: 'failed', found: a.code }
  if (a.kind === 'found') return { light: 'good', finding: 'good', found: a.records.slice(0, 5).join('\n') }
  return { light: 'warn', finding: 'none', record: { host: us.domain, type: 'A', value: '203.0.113.10' } }
}

/** The mail server's addresses must have names, and those names lead back to them. */
async function checkPtr(names: Names, host: string, addresses: readonly string[]): Promise<DomainCheck> {
  const [address] = addresses
  if (!address) return made('ptr', { light: 'unknown', finding: 'failed', found: host })
  const answer = await names.names(address)
  if (answer.kind === 'failed') return made('ptr', { light: 'unknown', finding: 'failed', found: answer.code })
  if (answer.kind === 'none')
    return made('ptr', { light: 'warn', finding: 'none', found: address, record: { host: address, type: 'PTR', value: `${host}.` } })
  const back = await Promise.all(answer.records.slice(0, 5).map((name) => names.addresses(name)))
  const good = back.some((one) => one.kind === 'found' && one.records.includes(address))
  const found = `${address} → ${answer.records.slice(0, 5).join(', ')}`
  return good ? made('ptr', { light: 'good', finding: 'good', found }) : made('ptr', { light: 'warn', finding: 'mismatch', found })
}
