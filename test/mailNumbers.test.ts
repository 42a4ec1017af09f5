// Every number of a mail's report opens the people it counts, whichever way opens and clicks are counted.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { followed, opened } from '#loop/deliver/feedback/service.ts'
import { mailToken, tokenKeys } from '#loop/deliver/feedback/token.ts'
import * as newsletters from '#loop/deliver/newsletter/service.ts'
import { settleHits } from '#loop/deliver/truth/tick.ts'
import { COUNT_AS } from '#loop/measure/mails/contract.ts'
import * as reports from '#loop/measure/mails/service.ts'
import { testHouse } from './house.ts'
import { aNewsletter, db, door, HOUR, HUMAN, openMailing, rowsOf, settle, someLeads } from './mailing.ts'

beforeAll(async () => openMailing(await testHouse()))
afterAll(() => db.close())

const DOUBT = { ...HUMAN, address: '54.92.1.1' }
const MACHINE = { ...HUMAN, userAgent: 'curl/8.5.0' }
type Ask = Omit<Parameters<typeof reports.people>[1], 'id' | 'limit'>

test('KPI-01 KPI-02 NUR-14 as people, with doubt or with machines: what opens behind a number is as long as the number, by hour, domain and link', async () => {
  const made = await aNewsletter(await someLeads(6))
  await db.tx((ctx) => newsletters.start(ctx, { id: made.id, confirmed: 6 }))
  await settle()
  db.clock.advance(HOUR)
  const tokens = (await rowsOf(made.id)).map((row) => mailToken(tokenKeys(db.house), { personId: row.person_id, deliveryId: row.id }))
  const token = (i: number) => tokens[i] as string
  // One follows the first link twice, and a machine the second for them; one is in doubt; a machine comes for two; one opens, one does nothing.
  await db.tx((ctx) => followed(ctx, token(0), 1, HUMAN))
  await db.tx((ctx) => followed(ctx, token(1), 1, DOUBT))
  await db.tx((ctx) => followed(ctx, token(2), 1, MACHINE))
  await db.tx((ctx) => followed(ctx, token(3), 2, MACHINE))
  await db.tx((ctx) => opened(ctx, token(4), HUMAN))
  db.clock.advance(HOUR)
  await db.tx((ctx) => followed(ctx, token(0), 1, HUMAN))
  db.clock.advance(HOUR)
  await db.tx((ctx) => followed(ctx, token(0), 2, MACHINE))
  db.clock.advance(60_000)
  await settleHits(db.house)

  const behind = async (ask: Ask) => (await db.read((ctx) => reports.people(ctx, { id: made.id, limit: 50, ...ask }))).items.length
  const clicks: number[] = []
  for (const as of COUNT_AS) {
    const report = await db.read((ctx) => reports.report(ctx, { id: made.id, as }))
    const { figures } = report
    const more = (of: 'opened' | 'clicked') =>
      figures[of] + (as === 'human' ? 0 : figures[`${of}Unknown`]) + (as === 'raw' ? figures[`${of}Machine`] : 0)
    for (const of of ['opened', 'clicked'] as const) {
      expect(await behind({ of, as }), `${of} ${as}`).toBe(more(of))
      for (const [hour, one] of report.hours.entries())
        if (one[of]) expect(await behind({ of, as, hour }), `${of} ${as} ${hour}`).toBe(one[of])
      expect(report.hours.reduce((sum, one) => sum + one[of], 0)).toBe(more(of))
      for (const one of report.domains) expect(await behind({ of, as, domain: one.domain })).toBe(one[of])
    }
    clicks.push(more('clicked'))
    const map = await reports.clickMap(door(), { id: made.id, as })
    for (const { link, people, doubt, machine } of map.links) {
      expect(await behind({ of: 'clicked', as, link, version: map.version }), `${as} ${link}`).toBe(people)
      expect(await behind({ of: 'clickedUnknown', link })).toBe(doubt)
      expect(await behind({ of: 'clickedMachine', link })).toBe(machine)
    }
    const shown = map.links.map((one) => [one.people, one.clicks, one.doubt, one.machine])
    if (as === 'human')
      expect(shown).toEqual([
        [1, 2, 1, 1],
        [0, 0, 0, 2],
      ])
    if (as === 'raw')
      expect(shown).toEqual([
        [3, 4, 1, 1],
        [2, 2, 0, 2],
      ])
  }
  expect(clicks).toEqual([1, 2, 4])
})
