// Workload 5: everybody's wait is over at once. Steps per CPU-second, against bare SQL that claims, moves and writes history in sets.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { withTx } from '#kernel/db/tx.ts'
import { type Graph, PLAIN } from '#loop/orchestrate/graph/contract.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { type Arena, SYSTEM } from '../test/chaos/arena.ts'
import { until } from '../test/world.ts'
import { makeCrowd } from './crowd.ts'
import { type Bench, compare, cpuOf, type Line, rate, type Side, timed } from './measure.ts'
import { openPlace, type Place } from './place.ts'

const minutes = (id: string, amount: number): Graph['steps'][number] => ({
  kind: 'wait',
  id,
  name: '',
  until: { kind: 'for', amount, unit: 'minutes', businessHours: false },
})
const graphOf = (...steps: Graph['steps']): Graph => ({
  triggers: [{ kind: 'event', id: 't', match: { event: 'custom.bench', filters: [] } }],
  entry: { kind: 'each' },
  ...PLAIN,
  steps,
})

/** A step in the middle only moves the run; the last one ends it, which the journal tells and every room of the loop hears. */
const CASES = [
  { id: '5', what: 'waits due at once, on to the next step', graph: graphOf(minutes('w', 1), minutes('x', 10_000)), goal: 0.2 },
  {
    id: '5 end',
    what: 'waits due at once, each the last of its run: told to the journal and heard by the whole loop',
    graph: graphOf(minutes('w', 1)),
    goal: 0.2,
  },
]

async function publish(arena: Arena, graph: Graph): Promise<string> {
  return withTx(await arena.house(), SYSTEM, async (ctx) => {
    const made = await scenarios.create(ctx, { name: 'bench', starter: 'blank', language: 'ja' }, {})
    const saved = await scenarios.save(ctx, { id: made.id, name: 'bench', graph, revision: made.revision })
    await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
    return made.id
  })
}

/** Puts everybody at the wait, due now: the rows a reaction would have written, without paying for 100,000 entries first. */
async function arm(arena: Arena, scenario: string): Promise<void> {
  await arena.pool.query('DELETE FROM run_step; DELETE FROM run')
  await arena.pool.query(
    `INSERT INTO run (bucket, person_id, id, scenario_id, version, status, step, arrived_at, due_at, heard, steps, trigger_id, cause_id, hop, entered_at)
     SELECT bucket, id, gen_random_uuid(), $1, 1, 'active', 'w', now() - interval '2 minutes', now() - interval '1 second', NULL, 0, 't', gen_random_uuid(), 0, now() - interval '2 minutes'
     FROM crowd ORDER BY bucket, id`,
    [scenario],
  )
}

const count = async (arena: Arena, text: string): Promise<number> => (await arena.pool.query<{ n: number }>(text)).rows[0]?.n ?? 0

/** The worker is started when all is armed, and its own start is taken off. */
function ourSide(place: Place, arena: Arena, scenario: string, people: number): Side {
  return {
    name: 'product',
    run: async () => {
      await arm(arena, scenario)
      const worker = await arena.product({ run: 'worker', env: { NODE_ENV: 'production' } })
      const born = cpuOf([worker.pid])
      try {
        const sample = await timed([worker.pid, place.postmaster], async () => {
          await until(async () => (await count(arena, `SELECT count(*)::int AS n FROM run WHERE status = 'active' AND step = 'w'`)) === 0, {
            within: 600_000,
            every: 100,
          })
          return people
        })
        if (born > 0 && (await count(arena, 'SELECT count(*)::int AS n FROM run_step')) !== people)
          throw new Error('a step was not done once')
        return sample
      } finally {
        await worker.stop()
      }
    },
  }
}

function rawSide(place: Place, arena: Arena, people: number): Side {
  return {
    name: 'raw',
    run: async () => {
      await arena.pool.query('TRUNCATE raw_run, raw_step')
      await arena.pool.query(
        `INSERT INTO raw_run (bucket, id, status, step, due_at) SELECT bucket, id, 'active', 'wait', now() FROM crowd ORDER BY bucket, id`,
      )
      return timed([place.postmaster, process.pid], async () => {
        const child = spawn(process.execPath, [join(import.meta.dirname, 'raw/steps.ts')], {
          env: { ...process.env, DATABASE_URL: arena.databaseUrl },
          stdio: 'ignore',
        })
        await new Promise((resolve) => child.on('exit', resolve))
        return people
      })
    },
  }
}

export const steps: Bench = {
  id: '5',
  title: 'Scenario steps due at once',
  async run({ small, full }): Promise<Line[]> {
    const people = small ? 20_000 : full ? 1_000_000 : 100_000
    const place = await openPlace()
    const arena = await place.arena()
    try {
      await makeCrowd(arena, people)
      await arena.pool.query(`
        CREATE TABLE raw_run (bucket smallint, id uuid, status text, step text, due_at timestamptz, PRIMARY KEY (bucket, id));
        CREATE INDEX raw_due ON raw_run (bucket, due_at) WHERE status = 'active';
        CREATE TABLE raw_step (bucket smallint, run_id uuid, step text, at timestamptz)`)
      const lines: Line[] = []
      for (const one of CASES) {
        const scenario = await publish(arena, one.graph)
        const { a, b } = await compare(ourSide(place, arena, scenario, people), rawSide(place, arena, people), small ? 2 : 3)
        const ratio = a.perCpu / b.perCpu
        lines.push({
          id: one.id,
          what: `scenario: ${rate(people)} ${one.what}`,
          product: `${rate(a.perCpu)}/CPU-s · ${rate(a.perWall)}/s`,
          control: `${rate(b.perCpu)}/CPU-s · ${rate(b.perWall)}/s`,
          ratio: `${ratio.toFixed(2)} (spread ${Math.round(Math.max(a.spread, b.spread) * 100)} %)`,
          goal: `≥ ${one.goal}`,
          reached: ratio >= one.goal,
        })
      }
      return lines
    } finally {
      await arena.close()
      await place.close()
    }
  },
}
