// M10 on the whole house: TEST_RUNS=400 walks 400 paths, TEST_SEED repeats a walk.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsentWorld, consentWorld } from './consent.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'
import { property, seeded } from './world.ts'

const PATHS = process.env.TEST_RUNS ? property.numRuns : 40
const ACTS = 25

let db: TestDatabase
let world: ConsentWorld
beforeAll(async () => {
  db = await testHouse()
  world = await consentWorld(db.house, db.clock)
})
afterAll(async () => {
  await world.close()
  await db.close()
})

test('M10 GEN-04 random paths of API, forms, imports, scenarios, newsletters, tests, links, bulk acts, merges and a restore: no mail without a yes for its address, none after a stop, and each is in the person’s file with its proof', async () => {
  for (let path = 0; path < PATHS; path++) {
    try {
      await world.path(seeded(property.seed + path), ACTS)
    } catch (error) {
      throw new Error(`path ${path}: TEST_SEED=${property.seed + path} TEST_RUNS=1`, { cause: error })
    }
  }
  const { figures } = world
  expect(figures.acts).toBe(PATHS * ACTS)
  expect(figures.sent).toBeGreaterThan(PATHS)
  expect(figures.exported).toBeGreaterThan(PATHS)
  if (PATHS >= 40) expect([figures.tests, figures.refusedTests, figures.held, figures.agreed].every((n) => n > 5)).toBe(true)
}, 3_600_000)
