// A place to restore backups into: an empty database beside the test's own, and a house on it.
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { inject } from 'vitest'
import type { House, Ports } from '#kernel/ctx.ts'
import { type Database, openOn } from '#kernel/db/open.ts'
import { buildHouse } from '#server/house.ts'
import { jobs, ports } from '#server/wire.ts'
import { type RestoreAsk, type Restored, restoreBackup } from '../src/backup/load/service.ts'
import { settleRestore } from '../src/backup/load/settle.ts'
import { onDatabase, runStatement } from './server.ts'

/** The key of `testDatabase`. */
export const TEST_KEY: Buffer = createHash('sha256').update('test').digest()

export interface Place {
  readonly database: Database
  readonly dataDir: string
  /** Restores a file here, with the test's key and no house yet. */
  restore(file: string, options?: Partial<RestoreAsk>): Promise<Restored>
  /** Ends the restore and answers the house on it, as the product's start does. */
  open(replaced?: Partial<Ports>): Promise<House>
  close(): Promise<void>
}

/** An empty database with a data folder of its own. */
export async function aPlace(): Promise<Place> {
  const { admin } = inject('database')
  const name = `restored_${randomBytes(6).toString('hex')}`
  await runStatement(admin, `CREATE DATABASE ${name}`)
  const database = await openOn(onDatabase(admin, name), null, 4)
  const dataDir = mkdtempSync(join(tmpdir(), 'hagukumi-restored-'))
  const houses: House[] = []
  return {
    database,
    dataDir,
    restore: (file, options = {}) => restoreBackup({ file, database, dataDir, secretKey: TEST_KEY, secretKeyFile: null, ...options }),
    open: async (replaced = {}) => {
      const plan = { database, dataDir, ports: { ...ports(), ...replaced }, jobs, publicUrl: 'http://restored.test', secretKey: TEST_KEY }
      const house = await buildHouse(plan)
      houses.push(house)
      await settleRestore(house, null)
      return house
    },
    close: async () => {
      for (const house of houses) await house.jobs.stop()
      await database.close()
      await runStatement(admin, `DROP DATABASE ${name} WITH (FORCE)`)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Table → number of rows and a checksum over all of them, whatever their order: two databases that agree hold the same. */
export async function contentsOf(pool: pg.Pool, except: readonly string[]): Promise<Record<string, string>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
  )
  const contents: Record<string, string> = {}
  for (const { name } of tables.filter((table) => !except.includes(table.name))) {
    const { rows } = await pool.query<{ said: string }>(
      `SELECT count(*) || ' ' || coalesce(sum(('x' || left(md5(t::text), 12))::bit(48)::bigint), 0) AS said FROM "${name}" t`,
    )
    contents[name] = rows[0]?.said ?? ''
  }
  return contents
}
