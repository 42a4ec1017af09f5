import { expect, test } from 'vitest'
import { daysUnderRamp, type ReadyFacts, readyRows } from './decide.ts'

const good: ReadyFacts = {
  people: 100,
  reachable: 90,
  named: 88,
  withCompany: 80,
  domain: {
    from: 'news@mihon.example',
    exempt: false,
    links: null,
    report: {
      domain: 'mihon.example',
      at: '2026-04-08T00:00:00Z',
      aligned: 'yes',
      alignedBy: ['dkim'],
      checks: (['spf', 'dkim', 'dmarc'] as const).map((what) => ({
        what,
        light: 'good',
        finding: 'good',
        found: '',
        count: null,
        record: null,
      })),
    },
  },
  legalMissing: [],
  template: { there: true, warnings: 0 },
  ahead: 4,
  filled: 3,
  owner: '見本 花子',
  hoursNeeded: 6,
  hoursFree: 8,
  plannedDays: 14,
  rehearsal: { at: '2026-04-08T00:00:00Z', sent: 2, current: true },
  capacity: { perMinute: 60, largest: 30, ramp: null, windowMinutes: 720, measured: null },
}
const rowOf = (facts: Partial<ReadyFacts>, key: string) => readyRows({ ...good, ...facts }).rows.find((row) => row.key === key)

test('NUR-36 a line that has everything is ready, and each row carries the numbers it is judged by', () => {
  const { rows, ready, of } = readyRows(good)
  expect([ready, of]).toEqual([9, 9])
  expect(rows.find(({ key }) => key === 'reach')?.n).toEqual({ people: 100, reachable: 90 })
  expect(rows.find(({ key }) => key === 'people')?.n).toEqual({ needed: 6, free: 8, monthly: 13 })
  expect(rows.find(({ key }) => key === 'capacity')?.n).toMatchObject({ reachable: 90, minutes: 1, perMinute: 60, largest: 30 })
})

test('NUR-36 what is missing is named, row by row', () => {
  expect(rowOf({ people: 0, reachable: 0 }, 'reach')).toMatchObject({ state: 'todo', why: 'nobody' })
  expect(rowOf({ people: 10, reachable: 0 }, 'reach')).toMatchObject({ state: 'todo', why: 'unreachable' })
  expect(rowOf({ reachable: 40 }, 'reach')).toMatchObject({ state: 'warn', why: 'half' })
  expect(rowOf({ withCompany: 50 }, 'fields')).toMatchObject({ state: 'warn', n: { reachable: 90, named: 88, company: 50 } })
  expect(rowOf({ legalMissing: ['address'] }, 'legal')).toMatchObject({ state: 'todo', said: ['address'] })
  expect(rowOf({ template: { there: false, warnings: 0 } }, 'template')?.state).toBe('todo')
  expect(rowOf({ filled: 1 }, 'content')).toMatchObject({ state: 'warn', n: { ahead: 4, filled: 1, wanted: 3 } })
  expect(rowOf({ owner: null }, 'people')).toMatchObject({ state: 'todo', why: 'noOwner' })
  expect(rowOf({ hoursFree: null }, 'people')).toMatchObject({ state: 'todo', why: 'noHours' })
  expect(rowOf({ hoursFree: 2 }, 'people')).toMatchObject({ state: 'warn', why: 'short' })
  expect(rowOf({ rehearsal: null }, 'test')?.state).toBe('todo')
  expect(rowOf({ rehearsal: { at: '2026-04-08T00:00:00Z', sent: 1, current: false } }, 'test')?.why).toBe('older')
})

test('NUR-36 the domain is judged by what its last check found, and an unchecked one is not called good', () => {
  const { report } = good.domain
  expect(rowOf({ domain: { ...good.domain, report: null } }, 'domain')).toMatchObject({ state: 'todo', why: 'unchecked' })
  expect(rowOf({ domain: { ...good.domain, exempt: true } }, 'domain')).toMatchObject({ state: 'warn', why: 'exempt' })
  expect(rowOf({ domain: { ...good.domain, links: 'private' } }, 'domain')).toMatchObject({ state: 'todo', why: 'private' })
  expect(rowOf({ domain: { ...good.domain, links: 'plain' } }, 'domain')).toMatchObject({ state: 'warn', why: 'plain' })
  expect(rowOf({ domain: { ...good.domain, from: '' } }, 'domain')).toMatchObject({ state: 'todo', why: 'noSender' })
  if (!report) throw new Error('no report')
  expect(rowOf({ domain: { ...good.domain, report: { ...report, aligned: 'no' } } }, 'domain')).toMatchObject({
    state: 'todo',
    why: 'unaligned',
  })
  const watched = report.checks.map((one) => (one.what === 'dmarc' ? { ...one, light: 'warn' as const } : one))
  expect(rowOf({ domain: { ...good.domain, report: { ...report, checks: watched } } }, 'domain')).toMatchObject({
    state: 'warn',
    said: ['news@mihon.example', 'spf:good', 'dkim:good', 'dmarc:warn'],
  })
})

test('NUR-36 capacity is the set rate over the largest receiving domain, or what past sending reached; the warm-up counts in days', () => {
  const { capacity } = good
  expect(rowOf({ capacity: { ...capacity, perMinute: null } }, 'capacity')).toMatchObject({ state: 'ok', why: 'unlimited' })
  expect(rowOf({ reachable: 90_000, capacity: { ...capacity, perMinute: null, measured: 100 } }, 'capacity')).toMatchObject({
    state: 'warn',
    why: 'long',
    n: { minutes: 900, window: 720, measured: 100 },
  })
  expect(rowOf({ reachable: 1_500, capacity: { ...capacity, ramp: { first: 200, day: 0 } } }, 'capacity')).toMatchObject({
    state: 'warn',
    why: 'ramp',
    n: { days: 4 },
  })
  expect(daysUnderRamp(600, { first: 200, day: 0 })).toBe(2)
  expect(daysUnderRamp(600, { first: 200, day: 2 })).toBe(1)
})
