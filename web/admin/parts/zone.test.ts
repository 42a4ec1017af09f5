import { expect, test } from 'vitest'
import { addDays, companyZone, dayOf, instantOf, isElsewhere, localOf, ownZone, setCompanyZone } from './zone.ts'

test('CRM-02 an instant is told and asked by the clock of the company, also where clocks are set', () => {
  expect(localOf('2026-11-22T00:30:00Z', 'Asia/Tokyo')).toBe('2026-11-22T09:30')
  expect(dayOf('2026-11-21T15:00:00Z', 'Asia/Tokyo')).toBe('2026-11-22')
  expect(instantOf('2026-11-22T09:30', 'Asia/Tokyo')).toBe('2026-11-22T00:30:00.000Z')
  expect(instantOf('2026-11-22', 'Asia/Tokyo')).toBe('2026-11-21T15:00:00.000Z')
  // New York: 02:00 on 8 March is 03:00, 02:00 on 1 November comes twice.
  expect(instantOf('2026-03-08T01:59', 'America/New_York')).toBe('2026-03-08T06:59:00.000Z')
  expect(instantOf('2026-03-08T03:00', 'America/New_York')).toBe('2026-03-08T07:00:00.000Z')
  expect(instantOf('2026-11-01T03:00', 'America/New_York')).toBe('2026-11-01T08:00:00.000Z')
  for (const zone of ['Asia/Tokyo', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'])
    for (let hour = 0; hour < 24 * 366; hour += 5) {
      const at = new Date(Date.UTC(2026, 0, 1, hour, 20))
      const back = new Date(instantOf(localOf(at, zone), zone) ?? 0)
      expect(localOf(back, zone)).toBe(localOf(at, zone))
    }
  expect([instantOf('', 'UTC'), localOf(null, 'UTC')]).toEqual([null, ''])
  expect([addDays('2026-12-31', 1), addDays('2026-03-01', -1)]).toEqual(['2027-01-01', '2026-02-28'])
})

test('CRM-02 a day that is being typed breaks nothing: a year of one digit is a year, one of five is none', () => {
  for (const zone of ['Asia/Tokyo', 'America/New_York'])
    for (const day of ['0002-11-22', '0020-11-22', '0202-11-22', '1000-01-01', '2026-11-22'])
      expect(dayOf(instantOf(day, zone) ?? 0, zone)).toBe(day)
  for (const day of ['20260-11-22', '275760-09-13', '9999-12-31', '']) {
    expect(instantOf(day, 'America/New_York')).toBeNull()
    expect(addDays(day, 1)).toBe(day)
  }
})

test('CRM-02 the zone is named only where the clock of whoever looks shows another time', () => {
  expect(isElsewhere('2026-11-22T00:30:00Z', ownZone)).toBe(false)
  expect(['Asia/Tokyo', 'America/New_York'].some((zone) => isElsewhere('2026-11-22T00:30:00Z', zone))).toBe(true)
})

test('CRM-02 a zone that the browser does not know is left aside, and one that it knows is taken', () => {
  setCompanyZone('Mars/Olympus_Mons')
  expect(companyZone()).toBe(ownZone)
  const other = ownZone === 'Asia/Kathmandu' ? 'Asia/Tokyo' : 'Asia/Kathmandu'
  setCompanyZone(other)
  expect(companyZone()).toBe(other)
  setCompanyZone(ownZone)
})
