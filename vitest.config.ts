import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = import.meta.dirname
const usesDatabase = /from '[^']*\/test\/(database|house)\.ts'|from '\.\.?\/(database|house)\.ts'/

/** A test belongs to the database project when it imports test/database.ts: nothing to remember, nothing to misfile. */
const all = globSync(['src/**/*.test.ts', 'web/**/*.test.{ts,tsx}', 'test/*.test.ts'], { cwd: root })
const database = all.filter((file) => usesDatabase.test(readFileSync(join(root, file), 'utf8')))
const unit = all.filter((file) => !database.includes(file))

const seed = process.env.TEST_SEED ?? '20260401'

export default defineConfig({
  test: {
    root,
    reporters: ['default'],
    // Two cores: two files at once, each in a process of its own, so that a leaking handle of one file cannot hold another up.
    maxWorkers: 2,
    pool: 'forks',
    env: { TZ: 'UTC', TEST_SEED: seed, NODE_ENV: 'test' },
    projects: [
      { extends: true, test: { name: 'unit', include: unit, testTimeout: 30_000 } },
      {
        extends: true,
        test: { name: 'database', include: database, globalSetup: ['test/database.setup.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: ['test/chaos/**/*.test.ts'],
          globalSetup: ['test/database.setup.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: { name: 'browser', include: ['test/e2e/**/*.test.ts'], fileParallelism: false, testTimeout: 180_000, hookTimeout: 180_000 },
      },
    ],
  },
})
