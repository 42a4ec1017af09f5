import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PRODUCT_LOCK } from '#kernel/db/open.ts'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { root, SECRET_KEY } from '../../test/product.ts'

let world: TestDatabase
const dataDir = mkdtempSync(join(tmpdir(), 'hagukumi-version-'))
beforeAll(async () => {
  world = await testDatabase()
})
afterAll(async () => {
  await world.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Runs a command of this version on the database. */
function cli(...args: string[]) {
  const env = { PATH: process.env['PATH'] ?? '', HOME: dataDir, DATA_DIR: dataDir, DATABASE_URL: world.url, SECRET_KEY }
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'src/cli/main.ts'), ...args], { encoding: 'utf8', env })
  return { status, text: stdout + stderr }
}
const makeKey = () => cli('keys', 'create', '--name', 'ci', '--scope', 'read')

/** A product of another version that is running: what every process of it holds, under the name that versions of before had. */
async function older(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: world.url, application_name: 'hagukumi' })
  await client.connect()
  await client.query('SELECT pg_advisory_lock_shared($1)', [PRODUCT_LOCK])
  return client
}

/** The database as the version before had it. */
async function back(): Promise<void> {
  await world.house.pool.query('DELETE FROM migration WHERE number = 371; DROP INDEX handoff_mql')
}

test('GEN-13 a command of a newer version leaves the database of a running older product as it is and says what to do; without one it migrates', async () => {
  await back()
  const client = await older()
  const refused = makeKey()
  expect(refused).toMatchObject({ status: 2 })
  expect(refused.text).toContain('An older Hagukumi is running on this database')
  expect(refused.text).toContain('migrations 0371')
  expect(refused.text).toContain('npm run cli -- migrate')
  const { rows } = await world.house.pool.query('SELECT 1 FROM migration WHERE number = 371')
  expect(rows).toEqual([])
  // Whoever asks for just that has it.
  expect(cli('migrate')).toMatchObject({ status: 0 })
  expect(makeKey()).toMatchObject({ status: 0 })
  await client.end()
  await back()
  expect(makeKey()).toMatchObject({ status: 0 })
  expect((await world.house.pool.query('SELECT 1 FROM migration WHERE number = 371')).rowCount).toBe(1)
})

test('GEN-13 a command of an older version does not work on the database of a running newer product', async () => {
  await world.house.pool.query("INSERT INTO migration (number, name, checksum) VALUES (9999, 'later', '')")
  const client = await older()
  const refused = makeKey()
  expect(refused).toMatchObject({ status: 2 })
  expect(refused.text).toContain('it does not know migrations 9999')
  await client.end()
  await world.house.pool.query('DELETE FROM migration WHERE number = 9999')
})
