import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LONG, RUNAWAY } from '../../../../test/runaway.ts'
import { property } from '../../../../test/world.ts'
import { type Draft, draft as schema } from './contract.ts'
import { compile, render, TemplateFault } from './kitchen.ts'

const paragraph = (text: string) => ({
  type: 'doc' as const,
  content: [{ type: 'paragraph' as const, content: [{ type: 'text' as const, text }] }],
})
const aDraft = (text: string, more: Draft['blocks'] = []): Draft => ({
  subject: text.slice(0, 300) || 'x',
  preheader: '',
  blocks: [{ id: 'a', kind: 'text', doc: paragraph(text) }, ...more],
})

const CONTEXT = {
  lead: { family_name: '見本', salutation: '株式会社サンプル01 見本 様', attrs: {}, company: 'A & B' },
  sender: { legal_name: '株式会社見本', address: '東京都', contact: 'a@b.example' },
  words: { contact: '', stop_sentence: '停止できます', stop_link: '停止' },
  in_segment: {},
  marketing: true,
  trap: true,
  click: 'https://m.example/c/T',
  pixel: 'https://m.example/o/T.gif',
  stop_url: 'https://m.example/u/T',
}

/** The tags of some HTML in order: what a parser would see. */
const tree = (html: string) => (html.match(/<\/?[a-zA-Z][^>]*>/g) ?? []).map((tag) => tag.replace(/\s[\s\S]*/, '').toLowerCase())

const PAYLOADS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'-alert(1)-'",
  '</mj-text><mj-raw><script>1</script></mj-raw>',
  '<mj-include path="/etc/passwd" />',
  '{{ constructor.constructor("return process")() }}',
  '{{ lead.constructor.name }}{{ lead.__proto__.x }}',
  '{% include "/etc/passwd" %}{% render "x" %}{% layout "x" %}',
  '{% for i in (1..900000) %}x{% endfor %}',
  '{{{{{{ {% raw %} {{ x }} {% endraw %}',
  '\uE0000\uE001 \uE00099\uE001',
  '&lt;b&gt; &#x3C;b&#x3E;',
]

test('X4 text of an author or a lead never becomes markup or code', async () => {
  const plain = await compile(aDraft('plain'))
  const [expected] = await render('', plain, [CONTEXT])
  for (const payload of PAYLOADS) {
    const compiled = await compile(aDraft(payload)).catch((error: unknown) => error)
    if (compiled instanceof TemplateFault) continue
    const [mail] = await render('', compiled as Awaited<ReturnType<typeof compile>>, [CONTEXT])
    expect(tree(mail?.html ?? ''), payload).toEqual(tree(expected?.html ?? ''))
    expect(mail?.html, payload).not.toMatch(/root:|process\.|Function/)
  }
})

test('X4 what a lead typed into a form stays text in a mail, in subject and body', async () => {
  const compiled = await compile(aDraft('こんにちは {{ lead.family_name }} さん'))
  const plain = (await render('', compiled, [CONTEXT]))[0]
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.constantFrom(...PAYLOADS), fc.string({ maxLength: 80 })), async (name) => {
      const [mail] = await render('k', compiled, [{ ...CONTEXT, lead: { ...CONTEXT.lead, family_name: name } }])
      expect(tree(mail?.html ?? '')).toEqual(tree(plain?.html ?? ''))
      expect(mail?.subject).not.toMatch(/[\r\n]/)
    }),
    { ...property, numRuns: 60 },
  )
})

test('X4 a template that runs away is killed after half a second of work, whatever else the machine does, and the next one is served', async () => {
  const before = process.threadCpuUsage()
  const outcomes = await Promise.all(
    [1, 2, 3].map((n) => render('', { ...RUNAWAY, text: `${n}` }, [LONG]).catch((error: unknown) => error)),
  )
  for (const outcome of outcomes) expect(outcome).toMatchObject({ name: 'TemplateFault', stopped: true })
  // The thread that serves requests did nothing of it.
  const { user, system } = process.threadCpuUsage(before)
  expect((user + system) / 1_000).toBeLessThan(500)
  const compiled = await compile(aDraft('後'))
  expect((await render('', compiled, [CONTEXT]))[0]?.html).toContain('後')
})

test('X4 loops, includes and the raw filter do not exist', async () => {
  for (const html of [
    '{% for i in (1..9) %}{% endfor %}',
    '{{ lead.company | raw }}',
    "{% include 'x' %}",
    "{% layout 'x' %}",
    "{% render 'x' %}",
    '{% liquid echo 1 %}',
    '{% tablerow x in y %}{% endtablerow %}',
  ]) {
    await expect(render('', { subject: 'x', html, text: '' }, [CONTEXT]), html).rejects.toBeInstanceOf(TemplateFault)
  }
})

test('TRK-13 every web link is tracked by its number, mail and telephone links stay; NUR-14 the same address at two places has two numbers, and the text part the same ones', async () => {
  const link = (href: string, id: string) => ({ id, kind: 'button' as const, label: 'x', href, align: 'center' as const, color: '#000000' })
  const compiled = await compile(
    aDraft('x', [
      link('https://a.example/?a=1&b=2', '1'),
      link('https://b.example/', '2'),
      link('https://a.example/?a=1&b=2', '3'),
      link('mailto:a@b.example', '4'),
      link('tel:+81312345678', '5'),
    ]),
  )
  expect(compiled.links).toEqual(['https://a.example/?a=1&b=2', 'https://b.example/', 'https://a.example/?a=1&b=2'])
  const [mail] = await render('', compiled, [CONTEXT])
  expect(mail?.html).not.toContain('a.example')
  expect(mail?.html).toContain('href="mailto:a@b.example"')
  expect(mail?.html).toContain('href="tel:+81312345678"')
  for (const n of [1, 2, 3]) expect(mail?.html.match(new RegExp(`/c/T/${n}"`, 'g'))).toHaveLength(1)
  expect([...(mail?.text ?? '').matchAll(/\/c\/T\/(\d)/g)].map(([, n]) => n)).toEqual(['1', '2', '3'])
})

test('NUR-01 merge fields leave gracefully when nothing is known, and a condition hides its block', async () => {
  const compiled = await compile({
    subject: '{{ lead.family_name | default: "お客様" }}',
    preheader: '',
    blocks: [
      { id: 'a', kind: 'text', when: { kind: 'field', field: 'lead.company', op: 'filled', value: '' }, doc: paragraph('会社の方へ') },
      {
        id: 'c',
        kind: 'columns',
        left: [
          {
            id: 'd',
            kind: 'heading',
            text: '列の中',
            level: 2,
            align: 'left',
            when: { kind: 'field', field: 'lead.company', op: 'is', value: 'A & B' },
          },
        ],
        right: [],
      },
      {
        id: 'b',
        kind: 'text',
        doc: {
          type: 'doc',
          content: [{ type: 'paragraph', content: [{ type: 'mergeField', attrs: { field: 'lead.title', fallback: 'ご担当者' } }] }],
        },
      },
    ],
  })
  const [known, unknown] = await render('', compiled, [CONTEXT, { ...CONTEXT, lead: { family_name: '', company: '' } }])
  expect([known?.subject, unknown?.subject]).toEqual(['見本', 'お客様'])
  expect([known?.text.includes('会社の方へ'), unknown?.text.includes('会社の方へ')]).toEqual([true, false])
  for (const part of ['html', 'text'] as const)
    expect([known?.[part].includes('列の中'), unknown?.[part].includes('列の中')]).toEqual([true, false])
  expect(unknown?.html).toContain('ご担当者')
})

test('NUR-01 the legal block and the way out are in every marketing mail, even if the author left the footer away', async () => {
  const [mail, service] = await render('', await compile(aDraft('x')), [CONTEXT, { ...CONTEXT, marketing: false, trap: false }])
  for (const part of [mail?.html, mail?.text]) expect(part).toContain('株式会社見本')
  expect(mail?.html).toContain('https://m.example/u/T')
  expect(mail?.text).toContain('https://m.example/u/T')
  expect(service?.html).not.toContain('/u/T')
})

test('X4 links of a draft are web, mail or telephone addresses and nothing else', () => {
  for (const href of [
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    'https://a.example/{{ x }}',
    'https://a.example/"x',
    ' java\nscript:1',
  ]) {
    expect(schema.safeParse({ subject: 'x', blocks: [{ id: 'a', kind: 'button', label: 'x', href }] }).success, href).toBe(false)
  }
})
