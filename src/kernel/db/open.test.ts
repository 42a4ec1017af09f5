import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { asUser, onDatabase, runStatement } from '../../../test/server.ts'
import { migrate } from './migrate.ts'
import { openOn } from './open.ts'

test('N1 a server that has no connection left is waited for: whoever comes after a killed process is there before the server has noticed', async () => {
  const db = await testDatabase()
  const { admin } = inject('database')
  const role = `cramped_${process.pid}`
  const config = asUser(onDatabase(admin, 'postgres'), role, 'cramped')
  await runStatement(admin, `CREATE ROLE ${role} LOGIN PASSWORD 'cramped' CONNECTION LIMIT 2`)
  const dead = [new pg.Client(config), new pg.Client(config)]
  try {
    for (const one of dead) await one.connect()
    await expect(new pg.Client(config).connect()).rejects.toMatchObject({ code: '53300' })
    const opening = openOn(config, null, 2)
    await Promise.all(dead.map((one) => one.end()))
    const database = await opening
    // One is held for as long as it is open, and now the other is lent out.
    const lent = await database.pool.connect()
    const asked = database.claimPool.query('SELECT 1 AS one')
    lent.release(true)
    expect((await asked).rows).toEqual([{ one: 1 }])
    await database.close()
  } finally {
    await runStatement(admin, `DROP ROLE ${role}`)
    await db.close()
  }
})

test('D7 a migration of a large table may take longer than any request, and so may waiting for another process that is at it', async () => {
  const { admin } = inject('database')
  const name = `slow_migration_${process.pid}`
  await runStatement(admin, `CREATE DATABASE ${name}`)
  const pool = new pg.Pool({ ...onDatabase(admin, name), options: '-c statement_timeout=100' })
  try {
    const slow = { number: 1, name: 'slow', text: 'SELECT pg_sleep(0.4)', checksum: 'x' }
    expect((await Promise.all([migrate(pool, [slow]), migrate(pool, [slow])])).flat()).toEqual([1])
    // Requests have their limit as before.
    expect((await pool.query('SHOW statement_timeout')).rows).toEqual([{ statement_timeout: '100ms' }])
  } finally {
    await pool.end()
    await runStatement(admin, `DROP DATABASE ${name} WITH (FORCE)`)
  }
})
