// M10 at full figure: ten thousand random acts through every door by which somebody comes to be known, agreed to, stopped and mailed.
import { virtualClock } from '#kernel/clock.ts'
import { openOn } from '#kernel/db/open.ts'
import { buildHouse } from '#server/house.ts'
import { jobs, ports } from '#server/wire.ts'
import { consentWorld } from '../consent.ts'
import { SECRET_KEY } from '../product.ts'
import { seeded } from '../world.ts'
import { openArena } from './arena.ts'
import type { Row } from './row.ts'

const ACTS = 25

export const consentPaths: Row = {
  id: 'M10',
  title: 'M10 GEN-04 random paths of API, imports, scenarios, tests, links, merges: no commercial mail without a yes, none after a stop',
  async run(ground, scale, seed) {
    const paths = scale === 'full' ? 400 : 4
    const arena = await openArena(ground, seed)
    const database = await openOn({ connectionString: arena.databaseUrl }, null, 8)
    const clock = virtualClock('2026-04-08T10:00:00+09:00')
    const house = await buildHouse({
      database,
      clock,
      dataDir: arena.dataDir,
      ports: ports(),
      jobs,
      publicUrl: 'http://127.0.0.1',
      secretKey: Buffer.from(SECRET_KEY, 'utf8'),
    })
    const world = await consentWorld(house, clock)
    try {
      for (let path = 0; path < paths; path++) {
        await world.path(seeded(seed + path), ACTS).catch((error: unknown) => {
          throw new Error(`path ${path} (TEST_SEED=${seed + path} TEST_RUNS=1): ${error instanceof Error ? error.message : String(error)}`)
        })
      }
      const { acts, sent, exported, tests, refusedTests, held, agreed } = world.figures
      return `${acts} acts on ${paths} paths, ${sent} mails sent on a yes in force, ${exported} proved by the person's own file, ${tests} tests sent and ${refusedTests} refused, ${held} restores held, ${agreed} people foretold: 0 differences`
    } finally {
      await world.close()
      await house.jobs.stop()
      await database.close()
      await arena.close()
    }
  },
}
