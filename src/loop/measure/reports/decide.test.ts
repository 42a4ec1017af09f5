import fc from 'fast-check'
import { expect, test } from 'vitest'
import { check } from '../../../../test/world.ts'
import { daysOf, figuresOf, nameOf, periodsOf, plusDays, series } from './decide.ts'

test('KPI-01 a period ends today and stands beside as many days before it', () => {
  expect(periodsOf('2026-04-08', 7)).toEqual({
    period: { from: '2026-04-02', to: '2026-04-08' },
    before: { from: '2026-03-26', to: '2026-04-01' },
  })
  expect(plusDays('2024-02-28', 1)).toBe('2024-02-29')
})

test('KPI-01 both periods have the asked number of days, without a gap and without an overlap', () =>
  check(
    fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 366 }), (offset, days) => {
      const { period, before } = periodsOf(plusDays('1990-01-01', offset), days)
      expect([...daysOf(before), ...daysOf(period)]).toEqual(daysOf({ from: before.from, to: period.to }))
      expect(daysOf(period)).toHaveLength(days)
    }),
  ))

test('KPI-05 a metric nobody did is zero, not missing', () => {
  const figures = figuresOf([{ metric: 'deal', now: true, people: 2, n: 3 }])
  expect(figures.deal).toEqual({ people: 2, n: 3, before: { people: 0, n: 0 } })
  expect(figures.won).toEqual({ people: 0, n: 0, before: { people: 0, n: 0 } })
  expect(series(['2026-04-01', '2026-04-02'], new Map([['2026-04-02', 5]]))).toEqual([0, 5])
})

test('CRM-01 names stand surname first', () => {
  expect(nameOf('見本', '一郎')).toBe('見本 一郎')
  expect(nameOf('見本', null)).toBe('見本')
  expect(nameOf(null, null)).toBeNull()
})
