import { describe, expect, test } from 'vitest'
import type { FormSpec } from './contract.ts'
import { flawsOf, netOf, passFlaw, readAnswers } from './decide.ts'
import { formTree, toHtml } from './render.ts'
import { templates } from './templates.ts'

const spec: FormSpec = templates.inquiry()

describe('publishing', () => {
  test('CAP-04 a form without source or interest category may not be published', () => {
    expect(flawsOf(spec, [])).toEqual([])
    expect(flawsOf({ ...spec, source: '' }, []).map((flaw) => flaw.field)).toEqual(['source'])
    expect(flawsOf({ ...spec, interest: [] }, []).map((flaw) => flaw.field)).toEqual(['interest'])
  })
  test('CAP-01 a form asks each field once, and somebody must be reachable by it', () => {
    const [company] = spec.fields
    if (!company) throw new Error('no field')
    expect(flawsOf({ ...spec, fields: [company] }, []).map((flaw) => flaw.field)).toEqual(['fields'])
    expect(flawsOf({ ...spec, fields: [...spec.fields, { ...company, id: 'again' }] }, []).map((flaw) => flaw.reason)).toHaveLength(1)
    expect(flawsOf({ ...spec, fields: [...spec.fields, { ...company, id: 'b', key: 'attrs.budget' }] }, [])).toHaveLength(1)
    expect(flawsOf({ ...spec, fields: [...spec.fields, { ...company, id: 'b', key: 'attrs.budget' }] }, ['budget'])).toEqual([])
  })
})

describe('answers', () => {
  const good = { company: '株式会社サンプル01', family: '見本', given: '花子', mail: 'hanako@example.jp', message: 'こんにちは' }
  test('CAP-03 values the form does not ask for are not looked at', () => {
    const { answers, flaws } = readAnswers(
      spec,
      { ...good, source: 'hacked', priority: 'low', owner: 'me', 'attrs.x': 1, __proto__: { a: 1 } },
      'ja',
    )
    expect(flaws).toEqual([])
    expect(answers.fields).toEqual({ companyName: '株式会社サンプル01', familyName: '見本', givenName: '花子' })
    expect(answers.attrs).toEqual({})
  })
  test('CAP-12 what is required and missing is named by its question, in the language of the form', () => {
    expect(readAnswers(spec, { ...good, company: ' ', mail: 'x' }, 'ja').flaws).toEqual([
      { field: 'company', reason: '会社名を入力してください' },
      { field: 'mail', reason: 'メールアドレスの形式が正しくありません' },
    ])
    expect(readAnswers(spec, { ...good, company: undefined }, 'en').flaws).toEqual([{ field: 'company', reason: 'Company is required' }])
  })
  test('CAP-11 consent that is required and not ticked is refused', () => {
    const strict: FormSpec = { ...spec, consent: { mode: 'required', text: { ja: '同意', en: '' } } }
    expect(readAnswers(strict, good, 'ja').flaws).toEqual([{ field: 'consent', reason: '同意が必要です' }])
    expect(readAnswers(strict, { ...good, consent: 'yes' }, 'ja').answers.consented).toBe(true)
  })
})

test('a pass is good for its form, not at once and not for ever', () => {
  const pass = { form: 'a', at: 1_000_000 }
  expect([
    passFlaw(pass, 'a', 1_000_100),
    passFlaw(pass, 'a', 1_002_000),
    passFlaw(pass, 'b', 1_002_000),
    passFlaw(pass, 'a', 90_000_000),
    passFlaw(null, 'a', 0),
  ]).toEqual(['fast', null, 'pass', 'old', 'pass'])
  expect([netOf('192.0.2.7'), netOf('::ffff:192.0.2.7'), netOf('2001:db8:1:2::7')]).toEqual(['192.0.2', '192.0.2', '2001:db8:1'])
})

test('CAP-02 the page has the questions in their order, and whatever is typed or worded stays text', () => {
  const crooked: FormSpec = { ...spec, title: { ja: '<script>alert(1)</script>"', en: '' } }
  const html = toHtml(
    formTree(crooked, { language: 'ja', values: { company: ['"><img src=x onerror=alert(1)>'] }, hidden: { _pass: '"' } }),
  )
  expect(html).not.toMatch(/<script|<img/)
  const order = [...html.matchAll(/data-q="(\w+)"/g)].map((match) => match[1])
  expect(order).toEqual(['company', 'family', 'given', 'mail', 'phone', 'message', 'consent'])
  expect(html).not.toContain('お問い合わせ</option>')
})
