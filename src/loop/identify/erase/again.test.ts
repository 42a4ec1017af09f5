import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, MINUTE } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { append } from '#kernel/journal.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { race } from '../../../../test/race.ts'
import { expireVisitors } from '../change/service.ts'
import { unmake } from '../change/unmake.ts'
import { erasureSweep } from '../jobs.ts'
import { identify, resolveDevices } from '../service.ts'
import { erasePeople } from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

/** How many rows each table has of somebody. */
async function rowsOf({ id }: Subject): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const { table, erase } of db.house.ports.personTables) {
    if (erase !== 'delete' || table === 'person') continue
    const { rowCount } = await db.house.pool.query(`SELECT 1 FROM "${table}" WHERE person_id = $1`, [id])
    if (rowCount) found[table] = rowCount
  }
  return found
}

/** Erased by a colleague, gone by age, or taken back with the import that made them. */
const WAYS = {
  erased: (ctx: Ctx, who: Subject) => erasePeople(ctx, [who]),
  expired: (ctx: Ctx) => expireVisitors(ctx, 10, DAY),
  unmade: (ctx: Ctx, who: Subject) => unmake(ctx, [who]),
}

test.each(Object.entries(WAYS))(
  'GEN-04 what comes in of somebody at the very moment they are %s is gone some minutes later, whoever comes first',
  async (how, goes) => {
    const people: Subject[] = []
    for (const first of ['event', 'deletion', 'both'] as const) {
      const device = `${how}-${first}`
      let whose: Subject | undefined
      const find = async (ctx: Ctx) => {
        whose = (await resolveDevices(ctx, [{ device, at: ctx.now, historic: false, source: 'site' }])).get(device)
      }
      const write = (ctx: Ctx) =>
        append(ctx, [{ subject: whose as Subject, id: ctx.id(), name: 'page.viewed', occurredAt: ctx.now, props: {} }])
      const event = async (ctx: Ctx) => {
        await find(ctx)
        await write(ctx)
      }
      if (how !== 'expired') await db.tx((ctx) => identify(ctx, [{ mail: `${device}@example.co.jp`, device, at: ctx.now, route: 'form' }]))
      await db.tx(find)
      const who = whose as unknown as Subject
      people.push(who)
      if (how === 'expired') await db.house.pool.query("UPDATE person SET last_seen_at = '2020-01-01' WHERE id = $1", [who.id])
      const deletion = (ctx: Ctx) => goes(ctx, who)
      if (first === 'event') await race(db, event, deletion)
      else if (first === 'deletion') await race(db, deletion, event)
      else await race(db, find, deletion, write)
    }
    // It has happened: otherwise this would show nothing.
    expect(await Promise.all(people.map(rowsOf))).toContainEqual({ journal: 1, news: 1 })

    const [other] = await db.tx((ctx) => identify(ctx, [{ mail: `${how}-not@example.co.jp`, at: ctx.now, route: 'form' }]))
    const before = await rowsOf(other?.subject as Subject)
    db.clock.advance(11 * MINUTE)
    await erasureSweep.run(db.house, {})
    expect(await Promise.all(people.map(rowsOf))).toEqual([{}, {}, {}])
    expect(await rowsOf(other?.subject as Subject)).toEqual(before)
    expect((await db.house.pool.query('SELECT * FROM deleted_person')).rows).toEqual([])
  },
)
