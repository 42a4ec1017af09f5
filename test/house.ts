// The whole product's house for a test: every room's ports and jobs, as the server wires them.
import { jobs, ports } from '#server/wire.ts'
import { type TestDatabase, type TestDatabaseOptions, testDatabase } from './database.ts'

/** `testDatabase` with all ports and job kinds of the product; single ports may be replaced. */
export function testHouse(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  return testDatabase({ jobs, ...options, ports: { ...ports(), ...options.ports } })
}
