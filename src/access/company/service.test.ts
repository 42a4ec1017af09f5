import { afterAll, beforeAll, expect, test } from 'vitest'
import { nextBusinessTime } from '#kernel/calendar.ts'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { read, update, workWeek } from './service.ts'

let world: TestDatabase
beforeAll(async () => {
  world = await testDatabase()
})
afterAll(() => world.close())

test('GEN-17 the profile says what the legal sender block still lacks, and a change leaves the rest alone', async () => {
  expect((await world.read((ctx) => read(ctx))).missing).toEqual(['legalName', 'address', 'contactEmail'])
  await world.tx((ctx) => update(ctx, { legalName: '株式会社サンプル01', address: '東京都サンプル区1-2-3' }))
  await world.tx((ctx) => update(ctx, { contactEmail: 'info@example.co.jp' }))
  expect(await world.read((ctx) => read(ctx))).toMatchObject({
    legalName: '株式会社サンプル01',
    address: '東京都サンプル区1-2-3',
    missing: [],
    timeZone: 'Asia/Tokyo',
  })
})

test('GEN-17 closing days and hours of the profile move the next business time', async () => {
  await world.tx((ctx) => update(ctx, { closedDays: ['2026-04-09', '2026-04-09'], opensAt: '10:00' }))
  const week = await world.read((ctx) => workWeek(ctx))
  expect(week.closedDays).toEqual(['2026-04-09'])
  const evening = new Date('2026-04-08T19:00:00+09:00')
  expect(nextBusinessTime(world.house.calendar, week, evening)).toEqual(new Date('2026-04-10T10:00:00+09:00'))
})

test('GEN-17 an unknown time zone and hours that end before they begin are refused by field', async () => {
  await expect(world.tx((ctx) => update(ctx, { timeZone: 'Asia/Edo' }))).rejects.toMatchObject({ errors: [{ field: 'timeZone' }] })
  await expect(world.tx((ctx) => update(ctx, { opensAt: '18:00', closesAt: '09:00' }))).rejects.toMatchObject({
    errors: [{ field: 'closesAt' }],
  })
})
