// Runs once before the database tests: a server, and on it one migrated database that every test file is copied from.
import pg, { type PoolConfig } from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '#kernel/db/migrate.ts'
import { openJobs } from '#kernel/jobs.ts'
import { makeLog } from '#kernel/log.ts'
import { onDatabase, runStatement, startTestServer } from './server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    database: { readonly admin: PoolConfig; readonly template: string }
  }
}

/** Tables of all rooms and the queue's own schema, so that a copy has them from the start. */
async function fill(config: PoolConfig): Promise<void> {
  const pool = new pg.Pool({ ...config, max: 4 })
  try {
    await migrate(pool)
    const jobs = await openJobs(pool, [], makeLog('silent'))
    await jobs.stop()
  } finally {
    await pool.end()
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer()
  const template = `test_template_${process.pid}`
  const clear = async (): Promise<void> => {
    await runStatement(server.admin, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`)
    await server.stop()
  }
  try {
    await runStatement(server.admin, `CREATE DATABASE ${template}`)
    await fill(onDatabase(server.admin, template))
  } catch (error) {
    await clear()
    throw error
  }
  project.provide('database', { admin: server.admin, template })
  return clear
}
