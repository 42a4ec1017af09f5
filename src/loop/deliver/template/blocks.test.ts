import { expect, test } from 'vitest'
import { type Draft, draft as schema } from './contract.ts'
import { compile, render } from './kitchen.ts'
import { rawFault } from './rawHtml.ts'
import { plainOf } from './text.ts'
import { warnedPlaces, warningsOf } from './warn.ts'

const CONTEXT = {
  lead: { family_name: '見本', salutation: '株式会社サンプル01 見本 様', attrs: { plan: '<b>上位</b>' }, company: 'A & B' },
  owner: { name: '担当 花子', email: 'hanako@mihon.example' },
  sender: { legal_name: '株式会社見本', address: '東京都', contact: 'a@b.example' },
  words: { contact: '', stop_sentence: '停止できます', stop_link: '停止' },
  in_segment: {},
  marketing: true,
  trap: false,
  click: 'https://m.example/c/T',
  stop_url: 'https://m.example/u/T',
}
const aDraft = (...blocks: readonly object[]): Draft =>
  schema.parse({ subject: '件名', blocks: blocks.map((block, i) => ({ id: `${i}`, ...block })) })
const mailOf = async (given: Draft, context: object = CONTEXT) => (await render('', await compile(given), [{ ...context }]))[0]

test('NUR-01 an HTML block goes out byte for byte: odd spacing, Outlook comments and braces stay; merge fields alone are filled in, escaped', async () => {
  const raw =
    '<TABLE  width=600>\n\n\n   <tr><td style="color : RED">&nbsp;{{not a field}} {% if x %} {{ constructor }} {{{ }}\t<!--[if mso]><v:rect/><![endif]--></td>\n</tr></TABLE>  '
  const mail = await mailOf(aDraft({ kind: 'html', html: `${raw}{{ lead.attrs.plan }}|{{ lead.title | default: "役職" }}` }))
  expect(mail?.html).toContain(`${raw}&lt;b&gt;上位&lt;/b&gt;|役職`)
})

test('X4 an HTML block cannot swallow the legal lines, run or load: what is not closed and what acts is refused', async () => {
  for (const html of [
    '<!-- ',
    '<a title="',
    '<div',
    '<style>p{',
    '<textarea>',
    '<title>x',
    '<script>1</script>',
    '<IFRAME src=x>',
    '<svg/onload=1>',
    '<plaintext>',
    '</body>',
  ])
    await expect(compile(aDraft({ kind: 'html', html })), html).rejects.toThrow(/HTML/)
  for (const html of ['<p title="a > b">x</p>', "<p>it's 5 < 6</p>", '<style>p{color:red}</style>', '<!-- a --><br>', "<td data-x='\"'>"])
    expect(rawFault(html), html).toBeNull()
})

test('NUR-01 the legal lines stand in every mail, also when the footer was given a condition', async () => {
  const given = aDraft({ kind: 'footer', when: { kind: 'field', field: 'lead.company', op: 'is', value: 'nobody' } })
  const mail = await mailOf(given)
  for (const part of [mail?.html, mail?.text]) expect(part).toContain('https://m.example/u/T')
})

test('NUR-12 the signature is the owner of the lead; without one the company signs alone', async () => {
  const given = aDraft({ kind: 'signature', note: 'よろしくお願いいたします' })
  const [mine, none] = [await mailOf(given), await mailOf(given, { ...CONTEXT, owner: { name: '', email: '' } })]
  for (const part of [mine?.html, mine?.text]) expect(part).toContain('担当 花子')
  expect(mine?.html).toContain('href="mailto:hanako@mihon.example"')
  expect(none?.html).not.toContain('mailto:')
  expect(none?.text).toContain('よろしくお願いいたします\n株式会社見本\n')
})

test('NUR-01 TRK-13 an article card and social links are counted links in both parts', async () => {
  const given = aDraft(
    {
      kind: 'article',
      src: 'https://i.example/a.jpg',
      alt: '図',
      title: '事例 <1>',
      text: '一行目\n二行目',
      href: 'https://a.example/',
      label: '読む',
    },
    { kind: 'sns', links: [{ network: 'x', href: 'https://x.example/m' }] },
  )
  const compiled = await compile(given)
  expect(new Set(compiled.links)).toEqual(new Set(['https://a.example/', 'https://x.example/m']))
  const mail = await mailOf(given)
  expect(mail?.html).toContain('事例 &lt;1&gt;')
  expect(mail?.html).not.toContain('href="https://a.example')
  expect(mail?.text).toContain('■ 事例 <1>\n一行目\n二行目\n読む https://m.example/c/T/')
  expect(compiled.warnings).toEqual(['footerMissing'])
})

test("NUR-01 the text part can be the author's own: fields are filled in, links counted, the legal lines stay", async () => {
  const begun = plainOf(
    aDraft({ kind: 'heading', text: '{{ lead.family_name }} 様' }, { kind: 'button', label: '見る', href: 'https://a.example/' }),
  )
  expect(begun).toBe('■ {{ lead.family_name }} 様\n\n→ 見る\nhttps://a.example/')
  const mail = await mailOf({
    ...aDraft({ kind: 'button', label: '見る', href: 'https://a.example/' }),
    text: `${begun}\n追伸 {% x %} https://b.example/z。`,
  })
  expect(mail?.text).toMatch(
    /^■ 見本 様\n\n→ 見る\nhttps:\/\/m\.example\/c\/T\/1\n追伸 \{% x %\} https:\/\/m\.example\/c\/T\/2。\n\n--\n株式会社見本/,
  )
  expect(mail?.text).toContain('https://m.example/u/T')
})

test('NUR-01 what would harm a mail is said before it goes out', async () => {
  const warned = async (given: Draft) => (await compile(given)).warnings
  expect(await warned(aDraft({ kind: 'footer' }))).toEqual([])
  const bad = aDraft(
    {
      kind: 'columns',
      left: [{ id: 'x', kind: 'image', src: 'https://i.example/a.png', alt: '' }],
      right: [{ id: 'y', kind: 'image', src: '' }],
    },
    { kind: 'button', label: '今だけ！！！', href: 'https://example.com/' },
    { kind: 'html', html: `<img src="https://i.example/b.png"><a href="https://h.example/">x</a>${'あ'.repeat(34_000)}` },
  )
  expect(await warned(bad)).toEqual([
    'clipped',
    'imageMissing',
    'altMissing',
    'htmlAlt',
    'linkPlaceholder',
    'footerMissing',
    'htmlUncounted',
    'spam:今だけ、！！！',
  ])
})

test('NUR-01 a link in text, in a list and on a picture is warned of while it leads to example.com, and each warning names its block', () => {
  const linked = { type: 'text', text: '詳しく', marks: [{ type: 'link', attrs: { href: 'https://example.com/x' } }] }
  const paragraph = { type: 'paragraph', content: [linked] }
  const given = aDraft(
    { kind: 'footer' },
    { kind: 'text', doc: { type: 'doc', content: [paragraph] } },
    {
      kind: 'columns',
      left: [{ id: 'l', kind: 'image', src: 'https://i.example/a.png', alt: '', href: 'https://www.example.org/' }],
      right: [
        {
          id: 'r',
          kind: 'text',
          doc: { type: 'doc', content: [{ type: 'bulletList', content: [{ type: 'listItem', content: [paragraph] }] }] },
        },
      ],
    },
    {
      kind: 'text',
      doc: { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: 'https://example.com/ は見本です' }] }] },
    },
  )
  expect(warningsOf(given, '')).toEqual(['altMissing', 'linkPlaceholder'])
  expect(warnedPlaces(given)).toEqual([
    { warning: 'linkPlaceholder', blockId: '1', block: 2 },
    { warning: 'altMissing', blockId: 'l', block: 3 },
    { warning: 'linkPlaceholder', blockId: 'l', block: 3 },
    { warning: 'linkPlaceholder', blockId: 'r', block: 3 },
  ])
})

test('NUR-07 what stands beside a field that says nothing goes with it: no blanks, no 様 and no comma are left, in text, subject and HTML', async () => {
  const field = (name: string) => ({ type: 'mergeField', attrs: { field: `lead.${name}`, fallback: '' } })
  const words = (text: string) => ({ type: 'text', text })
  const content = [field('company'), words(' '), field('department'), words('　'), field('family_name'), words(' 様、秋の特集')]
  const given = {
    ...aDraft({ kind: 'text', doc: { type: 'doc', content: [{ type: 'paragraph', content }] } }),
    subject: 'ご案内 {{ lead.company }} {{ lead.family_name }} {{ lead.given_name }} 様、秋の様子',
  }
  const compiled = await compile(given)
  const said = async (company: string, department: string, family_name: string, given_name: string) => {
    const [mail] = await render('', compiled, [{ ...CONTEXT, lead: { company, department, family_name, given_name } }])
    const shown = /<p style="margin:0 0 12px">(.*?)<\/p>/.exec(mail?.html ?? '')?.[1]
    expect(shown).toBe(mail?.text.split('\n')[0])
    return [shown, mail?.subject]
  }
  expect(await said('甲社', '情報部', '見本', '一郎')).toEqual(['甲社 情報部　見本 様、秋の特集', 'ご案内 甲社 見本 一郎 様、秋の様子'])
  expect(await said('', '', '見本', '')).toEqual(['見本 様、秋の特集', 'ご案内 見本 様、秋の様子'])
  expect(await said('甲社', '', '見本', '')).toEqual(['甲社 見本 様、秋の特集', 'ご案内 甲社 見本 様、秋の様子'])
  expect(await said('甲社', '', '', '一郎')).toEqual(['甲社、秋の特集', 'ご案内 甲社 一郎 様、秋の様子'])
  expect(await said('', '', '', '')).toEqual(['秋の特集', 'ご案内 秋の様子'])
})

test('NUR-07 words that begin like an address stay whole, a link stays one, and a field inside of a web address breaks nothing', async () => {
  const field = { type: 'mergeField', attrs: { field: 'lead.company', fallback: '' } }
  const marks = [{ type: 'link', attrs: { href: 'https://www.mihon.example/' } }]
  const content = [
    field,
    { type: 'text', text: 'さまざまな資料。' },
    { ...field, marks },
    { type: 'text', text: '様の資料はこちら', marks },
  ]
  const given = {
    ...aDraft({ kind: 'text', doc: { type: 'doc', content: [{ type: 'paragraph', content }] } }),
    subject: '{{ lead.family_name }}様になる殿堂 {{ lead.family_name }} 様へ',
  }
  const compiled = await compile(given)
  expect(compiled.links).toHaveLength(2)
  const [mail] = await render('', compiled, [{ ...CONTEXT, lead: { company: '', family_name: '' } }])
  expect(mail?.subject).toBe('様になる殿堂 へ')
  expect(mail?.text).toContain('さまざまな資料。')
  expect(mail?.html).toContain('>様の資料はこちら</a>')
  const own = await compile({ ...given, text: '{{ lead.company }} さまざま https://x.example/?c={{ lead.email }} をご覧ください' })
  const [plain] = await render('', own, [{ ...CONTEXT, lead: { company: '', email: 'a@b.example' } }])
  expect(plain?.text).toMatch(/^さまざま \S+a@b\.example をご覧ください\n/)
})
