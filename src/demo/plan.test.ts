import { expect, test } from 'vitest'
import { planMonth } from './plan.ts'
import { sitePages } from './site/pages.ts'

const options = { seed: 'demo', until: new Date('2026-11-22T00:00:00Z'), days: 30, visitors: 2_000, leads: 150 }

test('TRK-02 the demo month has its visitors and leads, in order of time, the same each time', () => {
  const plan = planMonth(options)
  expect(new Set(plan.visits.map((visit) => visit.person)).size).toBeGreaterThan(1_980)
  expect(plan.visits.filter((visit) => visit.asks).length).toBeGreaterThan(140)
  expect(plan.visits.every((visit, i, all) => i === 0 || visit.at >= (all[i - 1]?.at ?? visit.at))).toBe(true)
  expect(planMonth(options).visits.slice(0, 50)).toEqual(plan.visits.slice(0, 50))
})

test('CAP-13 nobody in the demo can be taken for a real person', () => {
  for (const person of planMonth(options).people.values()) {
    expect(person.mail).toMatch(/\.example\.co\.jp$/)
    expect(person.company).toMatch(/^株式会社サンプル\d\d$/)
    expect(person.phone).toMatch(/^050-0000-/)
  }
})

test('TRK-01 the demo site has prices and a form', () => {
  const paths = sitePages('form-id').map((page) => page.path)
  expect(paths).toContain('/demo/pricing')
  expect(sitePages('form-id').find((page) => page.path === '/demo/download')?.body).toContain('data-hagukumi-form="form-id"')
})
