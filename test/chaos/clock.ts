// N2: the clocks of the workers jump while people wait. The database tells the time: no timer is early by it, none is done twice.
import { equal, ok } from 'node:assert/strict'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DAY, HOUR, SECOND } from '#kernel/clock.ts'
import { type Arena, openArena } from './arena.ts'
import type { Row } from './row.ts'
import { armAll, beginAll, checkOnce, count, makeScenario, untilAll } from './scenarios.ts'

/** How far off a clock is put: whole jumps, and the small steps of a time server. */
const JUMPS = [-HOUR, HOUR, 365 * DAY, -365 * DAY, 0, 0.4 * SECOND, -0.4 * SECOND, 2 * SECOND, -2 * SECOND]

/** What the database's own clock said when a step was written, whatever instant was written with it. */
const WITNESS = `CREATE TABLE chaos_left (run_id uuid, step text, left_at timestamptz, at timestamptz DEFAULT clock_timestamp());
  CREATE FUNCTION chaos_witness() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO chaos_left (run_id, step, left_at) VALUES (NEW.run_id, NEW.step, NEW.left_at); RETURN NULL; END $$;
  CREATE TRIGGER chaos_witness AFTER INSERT ON run_step FOR EACH ROW EXECUTE FUNCTION chaos_witness()`

/** A worker with a clock of its own. */
async function crooked(arena: Arena, n: number): Promise<(off: number) => void> {
  const file = join(arena.dataDir, `clock-${n}`)
  const env = { CHAOS_CLOCK: file, NODE_OPTIONS: `--import=${new URL('./skew.ts', import.meta.url).href}` }
  const put = (off: number): void => {
    writeFileSync(`${file}.new`, String(off))
    renameSync(`${file}.new`, file)
  }
  put(0)
  await arena.product({ run: 'worker', env })
  return put
}

export const jumpingClocks: Row = {
  id: 'N2',
  title:
    'N2 clocks of workers that jump by an hour, a year or a moment while people wait: no timer is early by the time of the database, none is done twice',
  async run(ground, scale, seed) {
    const { people, span } = scale === 'full' ? { people: 20_000, span: 60 } : { people: 600, span: 4 }
    const arena = await openArena(ground, seed)
    try {
      const scenario = await makeScenario(arena)
      await arena.pool.query(WITNESS)
      await beginAll(arena, people)
      const clocks = await Promise.all([0, 1].map((n) => crooked(arena, n)))
      let jumps = 0
      const jump = (): void => {
        for (const put of clocks) put(JUMPS[Math.floor(arena.draw() * JUMPS.length)] ?? 0)
        jumps += clocks.length
      }
      await armAll(arena, scenario, people, span)
      const completed = (): Promise<number> => {
        jump()
        return count(arena, `SELECT count(*)::int AS n FROM run WHERE scenario_id = $1 AND how = 'completed'`, [scenario])
      }
      await untilAll(completed, people, { every: 150, what: 'every run to be completed' })
      await checkOnce(arena, scenario, people)
      const early =
        'SELECT count(*)::int AS n FROM chaos_due d JOIN chaos_left s ON s.run_id = d.run_id AND s.step = $1 WHERE s.at < d.due_at'
      equal(await count(arena, early, ['w']), 0, 'early by the time of the database')
      const strayed = await count(arena, `SELECT count(*)::int AS n FROM chaos_left WHERE abs(extract(epoch FROM at - left_at)) > $1`, [60])
      equal(strayed, 0, 'told by the clock of a worker')
      ok(jumps > 4, 'the clocks jumped')
      return `${jumps} jumps of two workers' clocks, ${people} timers, 0 early by the time of the database, each once`
    } finally {
      await arena.close()
    }
  },
}
