import fc from 'fast-check'
import { expect, test } from 'vitest'
import { check } from '../../../../../test/world.ts'
import { allFits } from '../../sender/jis.ts'
import type { Draft } from '../contract.ts'
import { fallingOf, fieldsOf, findingsOf, lostIn, mended, mendedDraft } from './decide.ts'
import { addressesOf, told } from './links.ts'
import { swapOf } from './swaps.ts'

const draft: Draft = {
  subject: '①㈱見本 {{ lead.family_name }} 様',
  preheader: '',
  blocks: [
    { kind: 'heading', id: 'h', text: '山﨑・髙橋', level: 1, align: 'left' },
    {
      kind: 'text',
      id: 't',
      doc: {
        type: 'doc',
        content: [
          {
            type: 'paragraph',
            content: [
              { type: 'text', text: '10〜20名🎉', marks: [{ type: 'link', attrs: { href: 'https://mihon.example/a' } }] },
              { type: 'mergeField', attrs: { field: 'fact.sales_deal_stage', fallback: '未定①' } },
            ],
          },
        ],
      },
    },
    {
      kind: 'html',
      id: 'x',
      html: '<a href="https://mihon.example/b?x=1&amp;y=①" title="㈱">ｱｲｳ</a><img src="https://mihon.example/p.png">',
    },
    {
      kind: 'columns',
      id: 'c',
      left: [{ kind: 'button', id: 'b', label: '❶申込', href: 'https://mihon.example/a', align: 'center', color: '#4f63d8' }],
      right: [],
    },
  ],
}

test('E3 every character the charset cannot carry is named with its place and a proposal; look-alikes are told apart from losses', () => {
  const found = findingsOf(draft, ['株式会社見本', '電話 ℡03'])
  const short = found.map(({ part, block, char, kind, swap }) => [part, block, char, kind, swap])
  expect(short).toEqual([
    ['subject', null, '①', 'lost', '(1)'],
    ['subject', null, '㈱', 'lost', '(株)'],
    ['block', 1, '﨑', 'lost', '崎'],
    ['block', 1, '髙', 'lost', '高'],
    ['block', 2, '🎉', 'lost', ''],
    ['block', 2, '①', 'lost', '(1)'],
    ['block', 3, 'ｱ', 'lost', 'ア'],
    ['block', 3, 'ｲ', 'lost', 'イ'],
    ['block', 3, 'ｳ', 'lost', 'ウ'],
    ['block', 4, '❶', 'lost', '(1)'],
    ['sender', null, '℡', 'lost', 'TEL'],
    ['block', 2, '〜', 'twin', null],
  ])
  expect(found[0]).toMatchObject({ code: 'U+2460', count: 1, excerpt: expect.stringContaining('①㈱見本') })
})

test('E3 what is proposed fits, changes no address and leaves the rest as it was', () => {
  const to = mendedDraft(draft)
  expect(findingsOf(to, []).filter((one) => one.kind === 'lost')).toEqual([])
  expect(to.subject).toBe('(1)(株)見本 {{ lead.family_name }} 様')
  expect(to.blocks[2]).toMatchObject({ html: expect.stringContaining('y=①" title="㈱">アイウ</a>') })
  expect(addressesOf(to).map((one) => one.url)).toEqual(addressesOf(draft).map((one) => one.url))
  for (const [from, into] of [
    ['ｶﾞｷﾞ', 'ガギ'],
    ['Ⅳ章', 'IV章'],
    ['30㎡', '30m2'],
    ['㉑', '(21)'],
    ['㊤', '(上)'],
    ['¥100', '￥100'],
    ['café', 'cafe'],
    ['葛\u{e0100}飾', '葛飾'],
    ['👨‍👩‍👧家族', '家族'],
    ['A–B', 'A-B'],
    ['𠮷野', '吉野'],
  ] as const)
    expect(mended(from), from).toBe(into)
  expect(swapOf('彅')).toBeNull()
  expect(mended('草彅')).toBe('草彅')
})

test('E3 X6 what stands between tags is told as browsers tell it, and no text takes long however crooked it is', () => {
  const lost = (html: string) =>
    findingsOf({ ...draft, subject: 's', blocks: [{ kind: 'html', id: 'x', html }] }, [])
      .filter(({ kind }) => kind === 'lost')
      .map(({ char }) => char)
  expect(lost('<p title="①">②</p><style>p::after { content: "③" }</style>3 < 4 ④ <重要⑤> <b>⑥')).toEqual(['②', '④', '⑤', '⑥'])
  expect(lost('⑦<style>⑧')).toEqual(['⑦'])
  expect(lost('⑦<a title="⑧')).toEqual(['⑦'])
  // Each of these took a second or more, a hundred times over in one draft.
  for (const crooked of ['<', '<a', '<!--', '<style ', '</style'])
    expect(lost(crooked.repeat(Math.floor(99_000 / crooked.length)).concat('<p>'))).toEqual([])
  const many = Array.from({ length: 11_000 }, (_, i) => String.fromCodePoint(0xac00 + i)).join('')
  const found = findingsOf({ ...draft, subject: 's', blocks: [], text: `${'見'.repeat(39_000)}${many}` }, [])
  expect(found).toHaveLength(11_000)
  expect(found[0]?.excerpt).toBe(`…${'見'.repeat(12)}${many.slice(0, 13)}…`)
})

test('E3 whatever text there is, mending it never touches what fits and never makes it worse', async () => {
  await check(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const to = mended(text)
      if (allFits(text)) expect(to).toBe(text)
      expect(lostIn(to).length).toBeLessThanOrEqual(lostIn(text).length)
      expect(mended(to)).toBe(to)
    }),
  )
})

test('E3 a reader whose name or merge field does not fit is named with the field; others are not', () => {
  const fields = fieldsOf(draft)
  expect(fields).toEqual(['lead.family_name', 'fact.sales_deal_stage'])
  const reader = (name: string, stage: string) => ({
    id: 'p',
    name,
    company: '',
    context: { lead: { family_name: name }, fact: { sales_deal_stage: stage } },
  })
  expect(fallingOf(reader('見本', '提案'), fields)).toBeNull()
  expect(fallingOf(reader('髙橋', '提案'), fields)).toMatchObject({ field: 'to', chars: ['髙'] })
  expect(fallingOf(reader('見本', '①提案①'), fields)).toMatchObject({ field: 'fact.sales_deal_stage', chars: ['①'] })
})

test('NUR-36 the addresses of a draft are found once each with their places; answers are told apart by what to do', () => {
  expect(addressesOf({ ...draft, text: 'もっと読む https://mihon.example/c。mailto:x@y.example' })).toEqual([
    {
      url: 'https://mihon.example/a',
      isPicture: false,
      places: [
        { part: 'block', block: 2, blockId: 't' },
        { part: 'block', block: 4, blockId: 'c' },
      ],
    },
    { url: 'https://mihon.example/b?x=1&y=①', isPicture: false, places: [{ part: 'block', block: 3, blockId: 'x' }] },
    { url: 'https://mihon.example/p.png', isPicture: true, places: [{ part: 'block', block: 3, blockId: 'x' }] },
    { url: 'https://mihon.example/c', isPicture: false, places: [{ part: 'text', block: null, blockId: null }] },
  ])
  const address = { url: 'https://mihon.example/a', isPicture: false, places: [] }
  const fate = (status: number, to = address.url, forGood = false) => told(address, { kind: 'answered', status, to, forGood }).fate
  expect([fate(200), fate(200, 'https://mihon.example/', true), fate(200, 'https://mihon.example/', false)]).toEqual(['ok', 'moved', 'ok'])
  expect([fate(404), fate(410), fate(403), fate(500), fate(400)]).toEqual(['gone', 'gone', 'denied', 'broken', 'broken'])
  expect(told(address, { kind: 'failed', reason: 'ENOTFOUND' }).fate).toBe('away')
  expect(told(address, { kind: 'refused', reason: 'loopback address' })).toMatchObject({ fate: 'refused', detail: 'loopback address' })
  expect(told(address, null).fate).toBe('skipped')
})
