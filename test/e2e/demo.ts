import { migrate } from '#kernel/db/migrate.ts'
import { openDatabase } from '#kernel/db/open.ts'
import { buildDemo } from '../../src/demo/build.ts'
import { DEMO_DATABASE, type DemoState } from '../../src/demo/state.ts'
import { buildHouse } from '../../src/server/house.ts'
import { jobs, ports } from '../../src/server/wire.ts'
import { SECRET_KEY } from '../product.ts'

/** A demo company of two days in a data directory, so that its site, form, scores and scenarios are there without waiting for a month. */
export async function smallDemo(dataDir: string, port: number): Promise<DemoState> {
  const database = await openDatabase({ databaseUrl: null, dataDir, name: DEMO_DATABASE })
  await migrate(database.pool)
  const house = await buildHouse({
    database,
    ports: ports(),
    jobs,
    publicUrl: `http://127.0.0.1:${port}`,
    dataDir,
    secretKey: Buffer.from(SECRET_KEY),
  })
  const state = await buildDemo(house, new Date(), () => {}, { days: 2, visitors: 20, leads: 4 })
  await house.jobs.stop()
  await database.close()
  return state
}
