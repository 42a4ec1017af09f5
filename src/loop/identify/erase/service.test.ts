import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Subject } from '#kernel/db/buckets.ts'
import { append } from '#kernel/journal.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { race } from '../../../../test/race.ts'
import { mergeByHand, undoAdoption } from '../adopt/service.ts'
import { eraseLead } from '../change/service.ts'
import { identify } from '../service.ts'
import { erasePeople } from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

let serial = 0
/** Two leads, each with something that happened to them. */
function two(): Promise<{ keep: Subject; lose: Subject }> {
  const one = async (ctx: Parameters<typeof identify>[0]): Promise<Subject> => {
    const [made] = await identify(ctx, [{ mail: `erased${++serial}@example.co.jp`, at: ctx.now, route: 'form' }])
    const subject = made?.subject as Subject
    await append(ctx, [{ subject, id: ctx.id(), name: 'page.viewed', occurredAt: ctx.now, props: {} }])
    return subject
  }
  return db.tx(async (ctx) => ({ keep: await one(ctx), lose: await one(ctx) }))
}

const count = async (query: string, { id }: Subject): Promise<number> => (await db.house.pool.query(query, [id])).rowCount ?? 0
const standing = async (who: Subject) => ({
  lives: (await count('SELECT 1 FROM person WHERE id = $1', who)) === 1,
  viewed: await count(`SELECT 1 FROM journal WHERE person_id = $1 AND name = 'page.viewed'`, who),
  erased: (await count('SELECT 1 FROM erasure WHERE person_id = $1', who)) === 1,
})
const STAYS = { lives: true, viewed: 1, erased: false }
const GONE = { lives: false, viewed: 0, erased: true }

test('GEN-04 GEN-09 whoever is taken out of a merge at the very moment the other is erased stays, with all that is theirs', async () => {
  const { keep, lose } = await two()
  const merge = await db.tx((ctx) => mergeByHand(ctx, { keep, lose }))
  const undo = (ctx: Parameters<typeof undoAdoption>[0]) => undoAdoption(ctx, merge as string)
  expect(await race(db, undo, (ctx) => erasePeople(ctx, [keep]))).toBeNull()
  expect([await standing(keep), await standing(lose)]).toEqual([GONE, STAYS])
})

test('GEN-04 GEN-09 whoever is merged into somebody at the very moment these are erased is gone with them, and their id says so', async () => {
  const { keep, lose } = await two()
  expect(
    await race(
      db,
      (ctx) => mergeByHand(ctx, { keep, lose }),
      (ctx) => erasePeople(ctx, [keep]),
    ),
  ).toBeNull()
  expect([await standing(keep), await standing(lose)]).toEqual([GONE, GONE])
})

test('GEN-04 nobody is told that somebody was erased who went into another lead meanwhile', async () => {
  const { keep, lose } = await two()
  const refused = await race(
    db,
    (ctx) => mergeByHand(ctx, { keep, lose }),
    (ctx) => eraseLead(ctx, { id: lose.id }),
  )
  expect(refused).toMatchObject({ kind: 'conflict', code: 'lead.changed' })
  expect(await standing(keep)).toEqual({ ...STAYS, viewed: 2 })
  expect(
    await race(
      db,
      (ctx) => eraseLead(ctx, keep),
      (ctx) => eraseLead(ctx, keep),
    ),
  ).toMatchObject({ kind: 'gone', code: 'lead.erased' })
})
