import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { withRead } from '#kernel/db/tx.ts'
import { dashboard } from '#loop/measure/reports/service.ts'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { jobs, ports } from '../server/wire.ts'
import { buildDemo } from './build.ts'
import { readDemo } from './state.ts'

let world: TestDatabase
beforeAll(async () => {
  world = await testDatabase({ clock: systemClock, ports: ports(), jobs })
})
afterAll(() => world.close())

const count = async (sql: string): Promise<number> => Number((await world.house.pool.query<{ n: number }>(sql)).rows[0]?.n)

test('CRM-02 a week of the demo company turns the whole loop: visitors, leads, mail read, hand-offs, deals', async () => {
  const now = new Date('2026-11-20T09:00:00Z')
  const said: string[] = []
  await buildDemo(world.house, now, (line) => said.push(line), { days: 12, visitors: 100, leads: 40 })
  expect((await readDemo(world.house))?.builtAt).toBe(now.toISOString())
  expect(await count('SELECT count(*) AS n FROM person WHERE identified_at IS NOT NULL')).toBeGreaterThan(20)
  expect(await count("SELECT count(*) AS n FROM delivery WHERE status = 'sent'")).toBeGreaterThan(20)
  expect(await count("SELECT count(*) AS n FROM journal WHERE name = 'mail.clicked'")).toBeGreaterThan(0)
  expect(
    await count('SELECT count(*) AS n FROM delivery d JOIN newsletter n ON n.id = d.source WHERE d.clicked_at IS NOT NULL'),
  ).toBeGreaterThan(0)
  expect(await count('SELECT count(*) AS n FROM handoff')).toBeGreaterThan(0)
  expect(await count('SELECT count(*) AS n FROM deal')).toBeGreaterThan(0)
  expect(await count('SELECT count(*) AS n FROM pulse WHERE parked_reason IS NOT NULL')).toBe(0)
  expect(await count('SELECT count(*) AS n FROM news')).toBe(0)
}, 240_000)

test('CRM-02 building it again changes nothing', async () => {
  const before = await count('SELECT count(*) AS n FROM journal')
  await buildDemo(world.house, new Date('2026-11-21T09:00:00Z'), () => {})
  expect(await count('SELECT count(*) AS n FROM journal')).toBe(before)
})

test('KPI-05 the dashboard of the demo shows people in every step of the funnel', async () => {
  const shown = await withRead(world.house, { kind: 'system', name: 'test' }, (ctx) => dashboard(ctx, { days: 30 }))
  expect(JSON.stringify(shown)).toMatch(/deal/)
})
