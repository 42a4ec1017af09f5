import { expect, test } from 'vitest'
import { rule } from '#loop/segment/rules/contract.ts'
import { SEGMENT_NUMBERS } from './contract.ts'
import { drawClicks, labelsOf, ruleOf } from './decide.ts'

const ID = '00000000-0000-7000-8000-000000000001'
const HTML =
  '<a href="{{ click }}/0" style="display:none">x</a><p><a style="a" href="{{ click }}/1" target="_blank"><b>料金</b>を{{ lead.company }}見る &amp; 比べる</a></p><a href="{{ click }}/2"><img src="x" alt="導入事例"></a>'

test('KPI-01 every number that offers a segment has a rule that the segment room takes', () => {
  for (const of of SEGMENT_NUMBERS) expect(rule.safeParse(ruleOf({ newsletter: ID, of })).success, of).toBe(true)
  expect(ruleOf({ newsletter: ID, of: 'clicked', link: 2 })).toMatchObject({
    match: {
      event: 'mail.clicked',
      filters: [
        { prop: 'what', value: `newsletter:${ID}` },
        { prop: 'link', value: 2 },
      ],
    },
  })
})

test('NUR-14 a click map names the wording of each position and draws people and share there; the trap is gone and nothing leads anywhere', () => {
  expect([...labelsOf(HTML)]).toEqual([
    [1, '料金 を…見る & 比べる'],
    [2, '導入事例'],
  ])
  const drawn = drawClicks(HTML, new Map([[1, 12]]), 200)
  expect(drawn).not.toContain('{{ click }}')
  expect(drawn).not.toContain('display:none')
  expect(drawn).toContain('1&nbsp;·&nbsp;12&nbsp;(6.0%)')
  expect(drawn).toContain('2&nbsp;·&nbsp;0&nbsp;(0.0%)')
})
