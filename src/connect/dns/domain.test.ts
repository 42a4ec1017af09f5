// The sending domain against a DNS server that lies: what is judged, what is counted, and that nothing it says is ever connected to.
import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { checkDomain, type OurSide } from '#loop/deliver/sender/domain/check.ts'
import { organisationOf } from '#loop/deliver/sender/domain/dmarc.ts'
import { readSpf } from '#loop/deliver/sender/domain/spf.ts'
import { type Kind, type Liar, type Said, startLiar } from '../../../test/liar.ts'
import { openNames } from './resolver.ts'

let liar: Liar | undefined
afterEach(async () => {
  await liar?.close()
  liar = undefined
})

const NOW = new Date('2026-04-08T01:00:00Z')
const KEY = 'v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0B'
const us = (more: Partial<OurSide> = {}): OurSide => ({
  domain: 'mihon.example',
  envelope: 'mihon.example',
  host: 'smtp.mihon.example',
  contact: 'info@mihon.example',
  keys: { domain: 'mihon.example', main: { selector: 's1', record: KEY }, ed25519: null, next: null },
  ...more,
})
/** A domain where all is well. */
const WELL: Readonly<Record<string, Said>> = {
  'TXT mihon.example': ['v=spf1 a:smtp.mihon.example include:_spf.other.example -all', 'google-site-verification=x'],
  'TXT _spf.other.example': ['v=spf1 ip4:198.51.100.0/24 ~all'],
  'TXT s1._domainkey.mihon.example': [KEY],
  'TXT _dmarc.mihon.example': ['v=DMARC1; p=quarantine; rua=mailto:dmarc@mihon.example'],
  'MX mihon.example': ['10 mx.mihon.example'],
  'A mihon.example': ['203.0.113.5'],
  'A smtp.mihon.example': ['203.0.113.9'],
  'PTR 9.113.0.203.in-addr.arpa': ['smtp.mihon.example'],
}
const lying = async (zone: Readonly<Record<string, Said>>) => {
  liar = await startLiar((kind: Kind, name) => zone[`${kind} ${name}`])
  return openNames([liar.server])
}
const look = async (zone: Readonly<Record<string, Said>>, side = us()) => {
  const { report, seen } = await checkDomain(await lying({ ...WELL, ...zone }), side, NOW)
  await liar?.close()
  liar = undefined
  const of = (what: string) => report.checks.find((check) => check.what === what)
  return { report, seen, of, says: (what: string) => `${of(what)?.light} ${of(what)?.finding}` }
}

test('GEN-05 a domain where all is well has green lights everywhere, and both DKIM and SPF stand behind From', async () => {
  const { report, seen } = await look({})
  expect(report.checks.map(({ what, light, finding }) => `${what} ${light} ${finding}`)).toEqual([
    'spf good good',
    'dkim good good',
    'dmarc good good',
    'mx good good',
    'a good good',
    'ptr good good',
  ])
  expect(report).toMatchObject({ aligned: 'yes', alignedBy: ['dkim', 'spf'] })
  expect(report.checks[0]?.count).toBe(2)
  expect([...seen]).toEqual([KEY])
})

test('GEN-05 SPF: what is wrong is named, and the record to enter keeps what stands there', async () => {
  const spf = async (record: Said | undefined, more: Readonly<Record<string, Said>> = {}) => {
    const zone = { ...more, ...(record === undefined ? {} : { 'TXT mihon.example': record }) }
    return look(zone).then(({ says, of }) => [says('spf'), of('spf')?.record?.value ?? null])
  }
  expect(await spf(['other text'])).toEqual(['bad none', 'v=spf1 a:smtp.mihon.example ~all'])
  expect(await spf(['v=spf1 -all', 'v=spf1 a ~all'])).toEqual(['bad two', 'v=spf1 a:smtp.mihon.example ~all'])
  expect(await spf(['v=spf1 +all'])).toEqual(['bad open', 'v=spf1 ~all'])
  expect(await spf(['v=spf1 ip4:198.51.100.7 -all'])).toEqual(['warn missing', 'v=spf1 ip4:198.51.100.7 a:smtp.mihon.example ~all'])
  expect(await spf(['v=spf1 a:smtp.mihon.example'])).toEqual(['warn noEnd', 'v=spf1 a:smtp.mihon.example ~all'])
  expect(await spf(['v=spf1 include:nothing.example -all'])).toEqual(['bad broken', expect.anything()])
  expect((await spf('fail'))[0]).toBe('unknown failed')
  expect((await spf(['v=spf1 ip4:203.0.113.0/24 -all']))[0]).toBe('good good')
  expect((await spf(['v=spf1 redirect=_spf.other.example']))[0]).toBe('warn missing')
})

test('GEN-05 SPF lookups are counted through includes; the eleventh makes the record invalid, also where includes go in a circle', async () => {
  const chain = (n: number) =>
    Object.fromEntries(
      Array.from({ length: n }, (_, i) => [
        `TXT s${i}.example`,
        [`v=spf1 ${i + 1 < n ? `include:s${i + 1}.example` : 'a:smtp.mihon.example'} -all`],
      ]),
    )
  const names = await lying({
    ...WELL,
    ...chain(10),
    'TXT ten.example': ['v=spf1 include:s1.example -all'],
    'TXT circle.example': ['v=spf1 include:circle.example -all'],
  })
  const from = { addresses: ['203.0.113.9'], include: null }
  expect(await readSpf(names, 'ten.example', from)).toMatchObject({ state: 'good', lookups: 10, passes: true })
  expect(await readSpf(names, 's0.example', from)).toMatchObject({ state: 'good', lookups: 10, passes: true })
  const more = await readSpf(names, 'circle.example', from)
  expect(more).toMatchObject({ state: 'tooMany', passes: false })
  expect(liar?.asked.filter((asked) => asked === 'TXT circle.example').length).toBeLessThanOrEqual(11)
})

test('GEN-05 SPF of a known provider is told by its include: what counts is what receivers see, not where we hand mail over', async () => {
  const side = us({ host: 'smtp.sendgrid.net' })
  const without = await look({ 'TXT mihon.example': ['v=spf1 -all'] }, side)
  expect(without.of('spf')?.record?.value).toBe('v=spf1 include:sendgrid.net ~all')
  const within = await look(
    { 'TXT mihon.example': ['v=spf1 include:sendgrid.net -all'], 'TXT sendgrid.net': ['v=spf1 ip4:198.51.100.0/24 ~all'] },
    side,
  )
  expect(within.says('spf')).toBe('good good')
})

test('GEN-05 NUR-12 alignment: a key or an envelope of another house does not stand behind From, one of the same house does', async () => {
  const foreign = { domain: 'other.example', main: { selector: 's1', record: KEY }, ed25519: null, next: null }
  const zone = { 'TXT s1._domainkey.other.example': [KEY], 'TXT bounce.other.example': ['v=spf1 a:smtp.mihon.example -all'] }
  const stranger = await look(zone, us({ keys: foreign, envelope: 'bounce.other.example' }))
  expect(stranger.report.aligned).toBe('no')
  expect(stranger.says('dkim')).toBe('bad foreign')
  const below = { 'TXT bounce.mihon.example': ['v=spf1 a:smtp.mihon.example -all'], 'TXT s1._domainkey.mihon.example': [] }
  const same = await look(below, us({ envelope: 'bounce.mihon.example' }))
  expect(same.report).toMatchObject({ aligned: 'yes', alignedBy: ['spf'] })
  const strict = { ...below, 'TXT _dmarc.mihon.example': ['v=DMARC1; p=none; aspf=s; rua=mailto:a@mihon.example'] }
  expect((await look(strict, us({ envelope: 'bounce.mihon.example' }))).report.aligned).toBe('no')
})

test('GEN-05 DKIM: missing, another key, two keys and no answer are told apart; a second key that is not there yet harms nothing', async () => {
  const name = 'TXT s1._domainkey.mihon.example'
  const says = async (said: Said) => (await look({ [name]: said })).says('dkim')
  expect(await says([])).toBe('bad none')
  expect(await says(['v=DKIM1; k=rsa; p=AAAA'])).toBe('bad other')
  expect(await says(['v=DKIM1; p='])).toBe('bad other')
  expect(await says([KEY, 'v=DKIM1; p=AAAA'])).toBe('bad two')
  expect(await says('fail')).toBe('unknown failed')
  expect(await says([`v=DKIM1;k=rsa;  p=${KEY.split('p=')[1]?.replace('BI', 'B I')} ; t=s`])).toBe('good good')
  const second = { selector: 's1e', record: 'v=DKIM1; k=ed25519; p=11qYAYKxCrfVS' }
  const keys = { domain: 'mihon.example', main: { selector: 's1', record: KEY }, ed25519: second, next: null }
  const early = await look({}, us({ keys }))
  expect([early.says('ed25519'), early.report.aligned]).toEqual(['warn waiting', 'yes'])
  const there = await look({ 'TXT s1e._domainkey.mihon.example': [second.record] }, us({ keys }))
  expect([there.says('ed25519'), there.seen.has(second.record)]).toEqual(['good good', true])
})

test('GEN-05 DMARC after RFC 9989: found up the tree, `pct` gone, and reports asked for', async () => {
  const at = '_dmarc.mihon.example'
  const dmarc = async (said: Said, side = us()) => {
    const { says, of } = await look({ [`TXT ${at}`]: said }, side)
    return [says('dmarc'), of('dmarc')?.record?.value ?? null]
  }
  expect(await dmarc([])).toEqual(['bad none', 'v=DMARC1; p=none; rua=mailto:info@mihon.example'])
  expect(await dmarc(['v=DMARC1; p=reject; pct=50; rua=mailto:a@b.example'])).toEqual([
    'warn pct',
    'v=DMARC1; p=reject; rua=mailto:a@b.example',
  ])
  expect(await dmarc(['v=DMARC1; p=none'])).toEqual(['warn blind', 'v=DMARC1; p=none; rua=mailto:info@mihon.example'])
  expect(await dmarc(['v=DMARC1; p=none; rua=mailto:a@b.example'])).toEqual(['good watching', null])
  expect((await dmarc(['v=DMARC1; p=never']))[0]).toBe('bad broken')
  expect((await dmarc(['v=DMARC1; p=none', 'v=DMARC1; p=reject']))[0]).toBe('bad two')
  expect((await dmarc(['v=DMARC1; p=reject; rua=mailto:a@b.example'], us({ domain: 'mail.mihon.example' })))[0]).toBe('good good')
  const names = await lying({
    'TXT _dmarc.a.b.house.co.example': [],
    'TXT _dmarc.house.co.example': ['v=DMARC1; p=none'],
    'TXT _dmarc.co.example': ['v=DMARC1; p=none; psd=y'],
    'TXT _dmarc.own.house.co.example': ['v=DMARC1; p=none; psd=n'],
  })
  expect(await organisationOf(names, 'a.b.house.co.example')).toBe('house.co.example')
  expect(await organisationOf(names, 'x.own.house.co.example')).toBe('own.house.co.example')
  expect(await organisationOf(names, 'nothing.example')).toBe('nothing.example')
})

test('GEN-05 MX, A and PTR: a domain that refuses mail, has no address, or whose server is called otherwise is named', async () => {
  expect((await look({ 'MX mihon.example': ['0 '] })).says('mx')).toBe('bad refusing')
  expect((await look({ 'MX mihon.example': [], 'A mihon.example': [] })).says('mx')).toBe('warn none')
  expect((await look({ 'A mihon.example': [] })).says('a')).toBe('warn none')
  expect((await look({ 'PTR 9.113.0.203.in-addr.arpa': [] })).says('ptr')).toBe('warn none')
  const other = await look({ 'PTR 9.113.0.203.in-addr.arpa': ['evil.example'], 'A evil.example': ['198.51.100.1'] })
  expect(other.says('ptr')).toBe('warn mismatch')
})

test('GEN-05 X3 a DNS server that answers with inside addresses, and others the second time, leads us nowhere: no connection is ever made', async () => {
  let hits = 0
  const canary = createServer(() => hits++)
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
  let turn = 0
  liar = await startLiar((kind, name) => {
    turn++
    if (kind === 'A') return turn % 2 ? ['127.0.0.1'] : ['169.254.169.254']
    if (kind === 'AAAA') return []
    if (kind === 'PTR') return ['localhost', 'metadata.google.internal', '127.0.0.1']
    if (kind === 'MX') return ['10 localhost', '20 169.254.169.254']
    return name.startsWith('_dmarc.') || name.includes('_domainkey')
      ? ['http://127.0.0.1/', 'x'.repeat(4_000)]
      : [
          'v=spf1 include:127.0.0.1 include:../../etc/passwd exists:%{i}.evil.example a:localhost redirect=http://127.0.0.1/ ip4:0.0.0.0/999',
        ]
  })
  const { report } = await checkDomain(openNames([liar.server]), us(), NOW)
  expect(report.aligned).toBe('no')
  expect(JSON.stringify(report).length).toBeLessThan(20_000)
  expect(liar.asked.some((asked) => /\.\.|passwd|%/.test(asked))).toBe(false)
  canary.close()
  expect(hits).toBe(0)
})

test('GEN-05 a DNS server that is broken proves nothing: the answer is unknown, neither yes nor no', async () => {
  liar = await startLiar(() => 'fail')
  const { report } = await checkDomain(openNames([liar.server]), us(), NOW)
  expect(report.aligned).toBe('unknown')
  expect(report.checks.every(({ light }) => light === 'unknown')).toBe(true)
})
