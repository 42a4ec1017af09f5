// Workload 5: everybody's wait is over at once. Steps per CPU-second, against bare SQL that claims, moves and writes history in sets, and
// against graphile-worker with one job per step. And how late a step starts when people come due one after the other.
import { withTx } from '#kernel/db/tx.ts'
import { type Graph, PLAIN } from '#loop/orchestrate/graph/contract.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { type Arena, SYSTEM } from '../test/chaos/arena.ts'
import type { Product } from '../test/product.ts'
import { until } from '../test/world.ts'
import { makeCrowd } from './crowd.ts'
import { type Bench, compareAll, type Line, type Result, rate, type Sample, type Side, timed } from './measure.ts'
import { openPlace, type Place, startRaw } from './place.ts'

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

/** A step in the middle only moves the run; the last one ends it, which the journal is told, and with it the plan its lead was in. */
const CASES = [
  {
    id: '5',
    what: 'waits due at once, on to the next step',
    graph: graphOf(minutes('w', 1), minutes('x', 10_000)),
    goal: 0.2,
    ends: false,
  },
  {
    id: '5 end',
    what: 'waits due at once, each the last of its run: told to the journal, and the plan of its lead ends with it',
    graph: graphOf(minutes('w', 1)),
    goal: 0.2,
    ends: true,
  },
]
/** Of steps done by graphile-worker, one job each. */
const GOAL_OF_JOBS = 3
/** How late a step may start, in ms at p95. */
const LATEST = 2_000

async function publish(arena: Arena, graph: Graph): Promise<string> {
  return withTx(await arena.house(), SYSTEM, async (ctx) => {
    const made = await scenarios.create(ctx, { name: 'bench', starter: 'blank', language: 'ja' }, {})
    const saved = await scenarios.save(ctx, { id: made.id, name: 'bench', graph, revision: made.revision })
    await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
    return made.id
  })
}

const finds = async (arena: Arena, text: string, values: unknown[] = []): Promise<boolean> =>
  (await arena.pool.query(text, values)).rowCount === 0

/**
 * Writes what is due in one transaction, and measures from its commit until nothing is left to do: nobody can begin before, and making
 * it is not paid for.
 */
async function fromCommit(arena: Arena, { clear, arm, values, isDone, pids, count }: Run): Promise<Sample> {
  await arena.pool.query(clear)
  const client = await arena.pool.connect()
  try {
    await client.query('SET statement_timeout = 0')
    await client.query('BEGIN')
    await client.query(arm, [...values])
    return await timed(pids, async () => {
      await client.query('COMMIT')
      await until(isDone, { within: 3_600_000, every: 100 })
      return count
    })
  } finally {
    client.release()
  }
}

interface Run {
  readonly clear: string
  readonly arm: string
  readonly values: readonly unknown[]
  readonly isDone: () => Promise<boolean>
  readonly pids: readonly number[]
  readonly count: number
}

/** Everybody at the wait, due now or one after the other within so many seconds: the rows a reaction would have written. */
const ARM = `INSERT INTO run (bucket, person_id, id, scenario_id, version, status, step, arrived_at, due_at, heard, steps, trigger_id, cause_id, hop, entered_at)
  SELECT bucket, id, gen_random_uuid(), $1, 1, 'active', 'w', now() - interval '2 minutes', clock_timestamp() + i * $2::float8 * interval '1 millisecond', NULL, 0, 't',
    gen_random_uuid(), 0, now() - interval '2 minutes'
  FROM crowd WHERE i < $3 ORDER BY bucket, id`

/** So many are enough to warm a side up. */
const WARM = 20_000

/** Everybody is in a plan, as whoever is on the way through a scenario. */
const PLANNED = "UPDATE lead_touch SET plan = 'scenario' WHERE plan IS NULL"

/** Steps of so many people, and of fewer to warm up. */
const sideOf = (name: string, people: number, run: (count: number) => Promise<Sample>): Side => ({
  name,
  run: () => run(people),
  warm: () => run(Math.min(people, WARM)),
})

function ourSide(place: Place, arena: Arena, worker: Product, { scenario, ends }: { scenario: string; ends: boolean }, most: number): Side {
  return sideOf('product', most, async (people) => {
    const sample = await fromCommit(arena, {
      clear: `TRUNCATE run_step, run; ${ends ? PLANNED : ''}`,
      arm: ARM,
      values: [scenario, 0, people],
      isDone: async () =>
        (await finds(arena, `SELECT 1 FROM run WHERE scenario_id = $1 AND status = 'active' AND due_at <= now() LIMIT 1`, [scenario])) &&
        (await finds(arena, 'SELECT 1 FROM news LIMIT 1')),
      pids: [worker.pid, place.postmaster],
      count: people,
    })
    const { rows } = await arena.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM run_step WHERE step = 'w'")
    if (rows[0]?.n !== people) throw new Error('a step was not done once')
    const told = ends && (await finds(arena, 'SELECT 1 FROM lead_touch WHERE plan IS NULL LIMIT 1'))
    if (told) throw new Error('no plan ended')
    return sample
  })
}

const RAW_RUNS = `INSERT INTO raw_run (bucket, id, status, step, due_at) SELECT bucket, id, 'active', 'wait', now() FROM crowd WHERE i < $1 ORDER BY bucket, id`
const RAW_DONE = "SELECT 1 FROM raw_run WHERE status = 'active' AND due_at <= now() LIMIT 1"

function rawSide(place: Place, arena: Arena, pid: number, most: number): Side {
  return sideOf('raw', most, (people) =>
    fromCommit(arena, {
      clear: 'TRUNCATE raw_run, raw_step',
      arm: RAW_RUNS,
      values: [people],
      isDone: () => finds(arena, RAW_DONE),
      pids: [place.postmaster, pid],
      count: people,
    }),
  )
}

/** Steps by jobs: the same rows, each with a job of its own, due now. */
function jobsSide(place: Place, arena: Arena, pid: number, most: number): Side {
  return sideOf('graphile-worker', most, (people) =>
    fromCommit(arena, {
      clear: 'TRUNCATE raw_run, raw_step',
      arm: `WITH rows AS (${RAW_RUNS} RETURNING bucket, id)
          SELECT graphile_worker.add_jobs(ARRAY(SELECT ('step', json_build_object('bucket', bucket, 'id', id), NULL, NULL, NULL, NULL, NULL, NULL)::graphile_worker.job_spec FROM rows))`,
      values: [people],
      isDone: () => finds(arena, RAW_DONE),
      pids: [place.postmaster, pid],
      count: people,
    }),
  )
}

/** How long after its time each step is taken, when somebody comes due every few milliseconds. */
async function lateness(arena: Arena, scenario: string, people: number, everyMs: number): Promise<Line> {
  await arena.pool.query('TRUNCATE run_step, run')
  await arena.pool.query(ARM, [scenario, everyMs, people])
  const within = people * everyMs + 60_000
  const isDone = () => finds(arena, "SELECT 1 FROM run WHERE scenario_id = $1 AND status = 'active' AND step = 'w' LIMIT 1", [scenario])
  await until(isDone, { within, every: 250 })
  const { rows } = await arena.pool.query<{ p50: number; p95: number; early: number }>(
    `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY late) AS p50, percentile_cont(0.95) WITHIN GROUP (ORDER BY late) AS p95, count(*) FILTER (WHERE late < 0)::int AS early
     FROM (SELECT extract(epoch FROM left_at - (because ->> 'until')::timestamptz)::float8 * 1000 AS late FROM run_step WHERE step = 'w') s`,
  )
  const { p50, p95, early } = rows[0] ?? { p50: 0, p95: Number.POSITIVE_INFINITY, early: 0 }
  if (early) throw new Error(`${early} steps were taken before their time`)
  return {
    id: '5 late',
    what: `scenario: from due to taken, ${rate(1000 / everyMs)} people come due each second`,
    product: `p95 ${Math.round(p95)} ms`,
    control: '',
    ratio: `p50 ${Math.round(p50)} ms`,
    goal: `p95 ≤ ${LATEST} ms`,
    reached: p95 <= LATEST,
  }
}

interface Ground {
  readonly place: Place
  readonly arena: Arena
  readonly worker: Product
  readonly people: number
  readonly rounds: number
}

async function stepsAtOnce({ place, arena, worker, people, rounds }: Ground): Promise<Line[]> {
  const lines: Line[] = []
  for (const one of CASES) {
    const scenario = await publish(arena, one.graph)
    const raw = await startRaw('steps', { DATABASE_URL: arena.databaseUrl })
    try {
      const [a, b] = await compareAll(
        [ourSide(place, arena, worker, { scenario, ends: one.ends }, people), rawSide(place, arena, raw.pid, people)],
        rounds,
      )
      if (a && b) lines.push(lineOf({ ...one, what: `scenario: ${rate(people)} ${one.what}` }, a, b))
    } finally {
      await raw.stop()
    }
  }
  return lines
}

/** Jobs are slow enough that so many tell their rate. */
const MOST_JOBS = 50_000

async function besideJobs({ place, arena, worker, people, rounds }: Ground): Promise<Line> {
  const scenario = await publish(arena, CASES[0]?.graph ?? graphOf())
  const count = Math.min(people, MOST_JOBS)
  const jobs = await startRaw('jobs', { DATABASE_URL: arena.databaseUrl })
  try {
    const [a, b] = await compareAll(
      [ourSide(place, arena, worker, { scenario, ends: false }, count), jobsSide(place, arena, jobs.pid, count)],
      rounds,
    )
    if (!a || !b) throw new Error('a side was not measured')
    return lineOf(
      { id: '5 jobs', what: `scenario: ${rate(count)} waits due at once, beside graphile-worker with a job for each`, goal: GOAL_OF_JOBS },
      a,
      b,
    )
  } finally {
    await jobs.stop()
  }
}

function lineOf({ id, what, goal }: { id: string; what: string; goal: number }, a: Result, b: Result): Line {
  const ratio = a.perCpu / b.perCpu
  return {
    id,
    what,
    product: `${rate(a.perCpu)}/CPU-s · ${rate(a.perWall)}/s`,
    control: `${rate(b.perCpu)}/CPU-s · ${rate(b.perWall)}/s`,
    ratio: `${ratio.toFixed(2)} (spread ${Math.round(Math.max(a.spread, b.spread) * 100)} %)`,
    goal: `≥ ${goal}`,
    reached: ratio >= goal,
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
      await makeCrowd(arena, people, true)
      await arena.pool.query(
        `INSERT INTO lead_touch (bucket, person_id, touched_at, worked_at, since) SELECT bucket, id, now(), now(), now() FROM crowd ORDER BY bucket, id`,
      )
      await arena.pool.query(`
        CREATE TABLE raw_run (bucket smallint, id uuid, status text, step text, due_at timestamptz, PRIMARY KEY (bucket, id));
        CREATE INDEX raw_due ON raw_run (bucket, due_at) WHERE status = 'active';
        CREATE TABLE raw_step (bucket smallint, run_id uuid, step text, at timestamptz)`)
      const worker = await arena.product({ run: 'worker', env: { NODE_ENV: 'production' } })
      const ground = { place, arena, worker, people, rounds: small ? 2 : 3 }
      const lines = [...(await stepsAtOnce(ground)), await besideJobs(ground)]
      const spread = await publish(arena, CASES[0]?.graph ?? graphOf())
      return [...lines, await lateness(arena, spread, Math.min(people, small ? 4_000 : 20_000), 1)]
    } finally {
      await arena.close()
      await place.close()
    }
  },
}
