import { expect, test } from 'vitest'
import { dealName, expectedAmount, repeatedKeys, stagesInUse } from './decide.ts'
import { DEFAULT_STAGES } from './vocabulary.ts'

test('CRM-08 a deal is called after the company, else after the person', () => {
  expect(dealName('株式会社サンプル01', '見本 一郎')).toBe('株式会社サンプル01')
  expect(dealName(null, '見本 一郎')).toBe('見本 一郎')
  expect(dealName(null, '')).not.toBe('')
})

test('KPI-05 what is expected is each amount times the chance of its stage', () => {
  expect(
    expectedAmount(
      [
        { stage: 'contact', sum: 1_000_000 },
        { stage: 'closing', sum: 100 },
        { stage: 'gone', sum: 5 },
      ],
      DEFAULT_STAGES,
    ),
  ).toBe(100_085)
})

test('CRM-08 stages in use and keys that stand twice are named', () => {
  expect(stagesInUse(DEFAULT_STAGES.slice(1), ['contact', 'quote'])).toEqual(['contact'])
  expect(repeatedKeys([...DEFAULT_STAGES, ...DEFAULT_STAGES.slice(0, 1)])).toEqual(['contact'])
  expect(repeatedKeys(DEFAULT_STAGES)).toEqual([])
})
