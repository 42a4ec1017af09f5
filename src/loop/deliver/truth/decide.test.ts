import fc from 'fast-check'
import { expect, test } from 'vitest'
import { property } from '../../../../test/world.ts'
import { type Hit, isHeldBack, judge, type MailFacts } from './decide.ts'
import type { Verdict } from './evidence/contract.ts'
import { plainRange, rangeFault, whereIs } from './networks.ts'
import { KNOWN_NETWORKS } from './ranges.ts'

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const human: Hit = { kind: 'click', at: 3_600_000, method: 'GET', userAgent: CHROME, purpose: '', link: 1, network: '', activated: false }
const mail: MailFacts = { sentAt: 0, links: 3, pagesAt: [] }
const verdict = (hit: Hit, more: readonly Hit[] = [], of: Partial<MailFacts> = {}): Verdict =>
  judge(hit, [hit, ...more], { ...mail, ...of }).verdict

test('M8 E4 each heavy sign makes a machine by itself; without any a hit is a person’s', () => {
  expect(verdict(human)).toBe('human')
  const machines: [Hit, Hit[]?, Partial<MailFacts>?][] = [
    [{ ...human, method: 'HEAD' }],
    [{ ...human, purpose: 'prefetch' }],
    [{ ...human, userAgent: '' }],
    [{ ...human, userAgent: 'Barracuda Sentinel (EE)' }],
    [{ ...human, link: 0 }],
    [{ ...human, network: 'gateway' }],
    [{ ...human, at: 500 }],
    [human, [{ ...human, link: 0, at: human.at - 5_000 }]],
    [human, [{ ...human, link: 0, at: human.at + 30_000 }]],
    [human, [{ ...human, link: 2, at: human.at + 300 }]],
    [
      human,
      [
        { ...human, link: 2, at: human.at + 9_000 },
        { ...human, link: 3, at: human.at + 20_000 },
      ],
    ],
    [{ ...human, kind: 'open', link: -1, userAgent: 'Mozilla/5.0' }],
    [{ ...human, kind: 'open', link: -1, network: 'apple' }],
  ]
  for (const [hit, more, of] of machines) expect(verdict(hit, more, of), JSON.stringify([hit, more])).toBe('machine')
  expect(verdict(human, [{ ...human, at: human.at + 300 }])).toBe('human')
  const google = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'
  expect(verdict({ ...human, kind: 'open', link: -1, userAgent: google, network: 'datacentre' })).toBe('human')
})

test('M8 doubt is called doubt: a data centre or great haste alone is unknown, and a page that ran its script settles it', () => {
  expect(verdict({ ...human, network: 'datacentre' })).toBe('unknown')
  expect(verdict({ ...human, at: 8_000 })).toBe('unknown')
  expect(verdict({ ...human, network: 'datacentre', activated: true })).toBe('human')
  expect(verdict({ ...human, at: 8_000 }, [], { pagesAt: [10_000] })).toBe('human')
  expect(verdict({ ...human, userAgent: 'curl/8' }, [], { pagesAt: [human.at + 1_000] })).toBe('machine')
})

test('M8 a click that may be the first of a sweep is held back, and no other', () => {
  const early = { ...human, at: 120_000 }
  const held = (hit: Hit, of: Partial<MailFacts> = {}, known = false) =>
    isHeldBack(hit, judge(hit, [hit], { ...mail, ...of }), { ...mail, ...of }, known)
  expect(held(early)).toBe(true)
  expect(held(early, { links: 1 })).toBe(false)
  expect(held(early, {}, true)).toBe(false)
  expect(held(human)).toBe(false)
  expect(held({ ...early, method: 'HEAD' })).toBe(false)
})

test('M8 networks are told apart by name, IPv4 and IPv6; people’s own say nothing, and what stands in no table is not guessed', () => {
  expect(whereIs('40.107.12.3')).toEqual({ network: 'gateway', owner: 'Microsoft Defender for Office 365' })
  expect(whereIs('2a01:111:f403:c111::5')).toEqual({ network: 'gateway', owner: 'Microsoft Defender for Office 365' })
  expect(whereIs('::ffff:17.58.1.2')).toEqual({ network: 'apple', owner: 'Apple' })
  expect(whereIs('2620:149:af0::10').network).toBe('apple')
  expect(whereIs('54.92.1.1')).toEqual({ network: 'datacentre', owner: 'Amazon Web Services' })
  expect(whereIs('2600:1f18:1::1').owner).toBe('Amazon Web Services')
  expect(whereIs('2a01:4f9:c010::1').owner).toBe('Hetzner')
  for (const address of ['126.1.2.3', '203.0.113.9', '165.225.1.1', '240b:10::1', '2a01:111:e000::1', 'nonsense', ''])
    expect(whereIs(address), address).toEqual({ network: '', owner: '' })
})

test('M8 an operator’s own ranges go before the table, and no range that cannot be is taken', () => {
  const own = [
    { range: '54.92.0.0/16', kind: 'people' as const, name: '本社のVPN' },
    { range: '203.0.114.0/24', kind: 'gateway' as const, name: '見本フィルター' },
    { range: '2001:db9::/32', kind: 'datacentre' as const, name: '見本クラウド' },
  ]
  expect(whereIs('54.92.1.1', own).network).toBe('')
  expect(whereIs('203.0.114.7', own)).toEqual({ network: 'gateway', owner: '見本フィルター' })
  expect(whereIs('2001:db9::7', own)).toEqual({ network: 'datacentre', owner: '見本クラウド' })
  expect(whereIs('54.93.1.1', own).network).toBe('datacentre')
  for (const [range, fault] of [
    ['203.0.114.0/24', null],
    ['2400:1::/32', null],
    ['203.0.114.0', 'malformed'],
    ['203.0.114.0/33', 'malformed'],
    ['300.1.1.0/24', 'malformed'],
    ['203.0.114/24', 'malformed'],
    ['0.0.0.0/0', 'wide'],
    ['2000::/3', 'wide'],
    ['192.168.0.0/16', 'private'],
    ['10.1.0.0/16', 'private'],
    ['fe80::/64', 'private'],
    ['127.0.0.0/8', 'private'],
  ] as const)
    expect([range, rangeFault(range)]).toEqual([range, fault])
  expect(plainRange('203.0.114.77/24')).toBe('203.0.114.0/24')
  expect(plainRange('2400:0001:0:5::9/32')).toBe('2400:1::/32')
})

test('M8 every range of the table can be read, stands there once, and says where it comes from', () => {
  const all = KNOWN_NETWORKS.flatMap(({ ranges }) => ranges)
  expect(new Set(all).size).toBe(all.length)
  for (const range of all) expect([range, rangeFault(range), plainRange(range)]).toEqual([range, null, range])
  for (const { owner, source } of KNOWN_NETWORKS) expect([owner, source.length > 4]).toEqual([owner, true])
})

/** A small stream of chances, the same for a seed. */
const chances = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
  return seed / 2_147_483_648
}

interface Trace {
  readonly kind: 'gateway' | 'mpp' | 'human'
  readonly hits: readonly Hit[]
  readonly mail: MailFacts
}

/** Gateways as they are seen: by name, by network, with a browser's name, over all links at once or in a while, with HEAD, in the trap or around it. */
function gateway(draw: () => number): Trace {
  const links = 2 + Math.floor(draw() * 5)
  const way = Math.floor(draw() * 6)
  const start = 2_500 + draw() * 400_000
  const step = way === 3 ? 2_000 + draw() * (27_000 / links - 2_000 > 0 ? 27_000 / links - 2_000 : 1) : 20 + draw() * 900
  const userAgent = way === 0 ? 'Mozilla/5.0 (compatible; Barracuda Sentinel)' : way === 5 ? '' : CHROME
  const order = Array.from({ length: links }, (_, i) => i + 1).sort(() => draw() - 0.5)
  const hits = order.map(
    (link, i): Hit => ({
      ...human,
      link,
      at: start + i * step,
      userAgent,
      method: way === 1 && draw() < 0.9 ? 'HEAD' : 'GET',
      network: way === 2 ? 'gateway' : draw() < 0.5 ? 'datacentre' : '',
    }),
  )
  const trap: Hit[] = way === 4 || draw() < 0.4 ? [{ ...human, link: 0, at: start + links * step, userAgent, network: '' }] : []
  return { kind: 'gateway', hits: [...hits, ...trap], mail: { sentAt: 0, links, pagesAt: [] } }
}

const mpp = (draw: () => number): Trace => ({
  kind: 'mpp',
  hits: [
    {
      ...human,
      kind: 'open',
      link: -1,
      at: 5_000 + draw() * 3_000_000,
      userAgent: draw() < 0.9 ? 'Mozilla/5.0' : CHROME,
      network: draw() < 0.7 ? 'apple' : '',
    },
  ],
  mail: { sentAt: 0, links: 4, pagesAt: [] },
})

/** People: minutes to days later, one link or a few with time to read between, sometimes through a hoster, sometimes twice on the same link. */
function person(draw: () => number): Trace {
  const links = 1 + Math.floor(draw() * 6)
  const start = 25_000 + draw() ** 2 * 80_000_000
  const proxied = draw() < 0.03
  const n = draw() < 0.75 ? 1 : 2
  const base: Hit = { ...human, network: proxied ? 'datacentre' : '', activated: draw() < 0.8 }
  const hits = Array.from(
    { length: n },
    (_, i): Hit => ({ ...base, link: 1 + Math.floor(draw() * links), at: start + i * (2_000 + draw() * 60_000) }),
  )
  const opened: Hit[] = draw() < 0.6 ? [{ ...base, kind: 'open', link: -1, at: start - 4_000 - draw() * 20_000 }] : []
  return { kind: 'human', hits: [...opened, ...hits], mail: { sentAt: 0, links, pagesAt: draw() < 0.5 ? [start + 1_500] : [] } }
}

test('M8 E4 in a corpus of labelled traces machines are found, and hardly a person is lost', () => {
  const draw = chances(20_261_122)
  const traces = Array.from({ length: 3_000 }, (_, i) => (i % 3 === 0 ? gateway(draw) : i % 3 === 1 ? person(draw) : mpp(draw)))
  const count = { machine: { machine: 0, unknown: 0, human: 0 }, human: { machine: 0, unknown: 0, human: 0 } }
  for (const trace of traces)
    for (const hit of trace.hits) count[trace.kind === 'human' ? 'human' : 'machine'][judge(hit, trace.hits, trace.mail).verdict]++
  const machines = count.machine.machine + count.machine.unknown + count.machine.human
  const people = count.human.machine + count.human.unknown + count.human.human
  const recall = count.machine.machine / machines
  const precision = count.machine.machine / (count.machine.machine + count.human.machine)
  console.log(
    `machine hits: precision ${(100 * precision).toFixed(2)} %, recall ${(100 * recall).toFixed(2)} % (${machines} hits, ${count.machine.human} taken for people, ${count.machine.unknown} unknown); people: ${people} hits, ${count.human.machine} lost, ${count.human.unknown} unknown`,
  )
  expect(recall).toBeGreaterThanOrEqual(0.95)
  expect(count.human.machine / people).toBeLessThanOrEqual(0.01)
})

test('M8 E4 what was learned of domains finds no machine less, takes hardly a person for one, and says nothing of clicks after the first minute or by a hand that was seen', () => {
  const draw = chances(20_261_124)
  const traces = Array.from({ length: 3_000 }, (_, i) => (i % 2 === 0 ? gateway(draw) : person(draw)))
  let lost = 0
  let people = 0
  for (const { kind, hits, mail: of } of traces) {
    const known = hits.map((hit) => ({ ...hit, swept: true }))
    for (const [i, hit] of hits.entries()) {
      const before = judge(hit, hits, of)
      const now = judge(known[i] as Hit, known, of)
      if (kind === 'gateway') expect(before.verdict === 'machine' && now.verdict !== 'machine').toBe(false)
      else {
        people++
        if (hit.at >= 60_000 || hit.activated) expect(now).toEqual(before)
        else if (before.verdict === 'human' && now.verdict === 'machine') lost++
      }
    }
  }
  expect(lost / people).toBeLessThanOrEqual(0.01)
})

test('M8 more evidence against never makes a hit more of a person, and the order of hits does not matter', () => {
  const hit = fc.record({
    kind: fc.constantFrom('open' as const, 'click' as const),
    at: fc.nat(2_000_000),
    method: fc.constantFrom('GET', 'HEAD'),
    userAgent: fc.constantFrom(CHROME, '', 'curl/8', 'Mozilla/5.0'),
    purpose: fc.constantFrom('', 'prefetch'),
    link: fc.integer({ min: -1, max: 4 }),
    network: fc.constantFrom('' as const, 'datacentre' as const, 'gateway' as const, 'apple' as const),
    activated: fc.boolean(),
  })
  fc.assert(
    fc.property(hit, fc.array(hit, { maxLength: 6 }), (one, more) => {
      const all = [one, ...more]
      const judged = judge(one, all, mail)
      expect(judge(one, [...all].reverse(), mail)).toEqual(judged)
      const trap = { ...human, link: 0, at: one.at + 10 }
      expect(judge(one, [...all, trap], mail).likely).toBeLessThanOrEqual(judged.likely)
    }),
    property,
  )
})
