// Runs once before the database tests: a server, and on it one migrated database that every test file is copied from.
import type { PoolConfig } from 'pg'
import type { TestProject } from 'vitest/node'
import { makeTemplate, runStatement, startTestServer } from './server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    database: { readonly admin: PoolConfig; readonly template: string }
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
    await makeTemplate(server.admin, template)
  } catch (error) {
    await clear()
    throw error
  }
  project.provide('database', { admin: server.admin, template })
  return clear
}
