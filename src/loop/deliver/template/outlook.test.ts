import { expect, test } from 'vitest'
import { type Draft, draft as schema } from './contract.ts'
import { compile, render } from './kitchen.ts'

const CONTEXT = {
  lead: { salutation: '株式会社サンプル01 見本 様', company: '株式会社サンプル01', attrs: {} },
  owner: { name: '担当 花子', email: 'hanako@mihon.example' },
  sender: { legal_name: '株式会社見本', address: '東京都見本区1-2-3', contact: 'info@mihon.example' },
  words: { contact: 'お問い合わせ:', stop_sentence: '停止できます', stop_link: '配信停止' },
  in_segment: {},
  marketing: true,
  trap: false,
  click: 'https://m.example/c/T',
  stop_url: 'https://m.example/u/T',
}
const paragraph = (text: string) => ({ type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] })
const aDraft = (...blocks: readonly object[]): Draft =>
  schema.parse({ subject: '件名', blocks: blocks.map((block, i) => ({ id: `${i}`, ...block })) })
const rendered = async (given: Draft) => (await render('', await compile(given), [CONTEXT]))[0]?.html ?? ''

/** What stands inside the sheet, one tag a line: what a change of the compiler would change. */
const body = (html: string) => `${(html.split(/<body[^>]*>/)[1] ?? '').split('</body>')[0]?.replace(/>\s*</g, '>\n<').trim()}\n`

const GOLDEN: Readonly<Record<string, Draft>> = {
  letter: aDraft({ kind: 'text', doc: paragraph('{{ lead.salutation }}') }, { kind: 'signature' }),
  button: aDraft({ kind: 'heading', text: '見出し' }, { kind: 'button', label: '見る', href: 'https://a.example/', color: '#0e6b63' }),
  columns: aDraft({
    kind: 'columns',
    left: [{ id: 'l', kind: 'image', src: 'https://i.example/a.png', alt: '図', width: 600 }],
    right: [{ id: 'r', kind: 'text', doc: paragraph('右') }],
  }),
}

for (const [name, draft] of Object.entries(GOLDEN))
  test(`NUR-01 the mail "${name}" is made as it was looked at`, async () => {
    await expect(body(await rendered(draft))).toMatchFileSnapshot(`./golden/${name}.html`)
  })

test('NUR-01 what Word does not know does not carry the layout: columns stand in its own tables, pictures and sheet have widths, buttons a coloured cell', async () => {
  const html = await rendered(
    aDraft(...Object.values(GOLDEN).flatMap((one, n) => one.blocks.map((block) => ({ ...block, id: `${n}${block.id}` })))),
  )
  expect(html).not.toMatch(/display:\s*(?:flex|grid)|position:\s*(?:absolute|fixed)|<link|@import|<script/i)
  // The two columns, seen by Outlook alone.
  expect(html).toMatch(/<!--\[if mso \| IE\]>[^[]*<td[^>]*width:30[06]px|<!--\[if mso \| IE\]>[^[]*<td[^>]*width:288px/)
  for (const [image] of html.matchAll(/<img\b[^>]*>/g)) expect(image).toMatch(/width="\d+"/)
  expect(html).toMatch(/<td[^>]*bgcolor="#0e6b63"/)
  expect(html).toMatch(/<!--\[if mso \| IE\]><table[^>]*width="600"/)
  expect(html).toContain('<o:PixelsPerInch>96</o:PixelsPerInch>')
  // Every colour and size a program needs stands at its element; the style sheet only adds the phone and the dark scheme.
  expect(html).toContain('@media (prefers-color-scheme: dark)')
})
