// N1: workers killed while thousands of people wait, branch and go on. Each step is done once, none before its time, nobody is stuck.
import { deepEqual, equal } from 'node:assert/strict'
import { withTx } from '#kernel/db/tx.ts'
import { append, eventId } from '#kernel/journal.ts'
import { identify } from '#loop/identify/service.ts'
import { type Graph, PLAIN } from '#loop/orchestrate/graph/contract.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import type { Product } from '../product.ts'
import { until } from '../world.ts'
import { type Arena, openArena, SYSTEM } from './arena.ts'
import type { Row } from './row.ts'

const BEGIN = 'custom.chaos_begin'
const PAGE = 500

const points = (id: string, amount: number) => ({ kind: 'points' as const, id, name: id, score: 'main', amount })
const graph: Graph = {
  triggers: [{ kind: 'event', id: 't', match: { event: BEGIN, filters: [] } }],
  entry: { kind: 'once' },
  ...PLAIN,
  steps: [
    {
      kind: 'split',
      id: 's',
      name: '',
      branches: [
        { key: 'a', name: '', weight: 50, steps: [points('left', 3)] },
        { key: 'b', name: '', weight: 50, steps: [points('right', 5)] },
      ],
    },
    // So long that nobody's is over before everybody waits, however busy the machine: `armAll` sets when they are.
    { kind: 'wait', id: 'w', name: '', until: { kind: 'for', amount: 30, unit: 'days', businessHours: false } },
    points('after', 7),
    { kind: 'tag', id: 'tag', name: '', tag: 'through', remove: false },
  ],
}

export async function makeScenario(arena: Arena): Promise<string> {
  return withTx(await arena.house(), SYSTEM, async (ctx) => {
    const made = await scenarios.create(ctx, { name: 'chaos', starter: 'blank', language: 'ja' }, {})
    const saved = await scenarios.save(ctx, { id: made.id, name: 'chaos', graph, revision: made.revision })
    await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
    return made.id
  })
}

/** Names `people` leads and lets each of them begin. */
export async function beginAll(arena: Arena, people: number): Promise<void> {
  const house = await arena.house()
  for (let from = 0; from < people; from += PAGE) {
    await withTx(house, SYSTEM, async (ctx) => {
      const acts = Array.from({ length: Math.min(PAGE, people - from) }, (_, at) => ({
        mail: `lead${from + at}@example.co.jp`,
        at: ctx.now,
        route: 'hand' as const,
      }))
      const outcomes = await identify(ctx, acts)
      await append(
        ctx,
        outcomes.map(({ subject }, at) => ({
          subject,
          id: eventId('chaos', `begin-${from + at}`),
          name: BEGIN,
          occurredAt: ctx.now,
          props: {},
        })),
      )
    })
  }
}

/** How long nobody may have gone on before somebody is said to be stuck. */
const STUCK = 120_000

/** Waits until so many have come so far, however long that takes on a busy machine, but never while nobody moves for two minutes. */
export async function untilAll(so: () => Promise<number>, many: number, { every, what }: { every: number; what: string }): Promise<void> {
  for (let far = await so(); far !== many; ) {
    const before = far
    const moved = async (): Promise<boolean> => {
      far = await so()
      return far !== before
    }
    await until(moved, { within: STUCK, every, what: `${what}: ${before} of ${many}, and nobody moves` })
  }
}

export const count = async (arena: Arena, text: string, values: unknown[]): Promise<number> =>
  (await arena.pool.query<{ n: number }>(text, values)).rows[0]?.n ?? 0

/** Waits until the clock of the waits is set: everybody stands at the wait, due at an instant of chance within `span` seconds. */
export async function armAll(arena: Arena, scenario: string, people: number, span: number): Promise<void> {
  const waiting = `SELECT count(*)::int AS n FROM run WHERE scenario_id = $1 AND status = 'active' AND step = 'w'`
  await untilAll(() => count(arena, waiting, [scenario]), people, { every: 1_000, what: 'everybody to wait' })
  await arena.pool.query('CREATE TABLE chaos_due (run_id uuid PRIMARY KEY, due_at timestamptz NOT NULL)')
  await arena.pool.query(
    `WITH armed AS (UPDATE run SET due_at = clock_timestamp() + (('x' || right(id::text, 6))::bit(24)::int % 1000) * $2::float8 / 1000 * interval '1 second' WHERE scenario_id = $1 RETURNING id, due_at)
     INSERT INTO chaos_due SELECT id, due_at FROM armed`,
    [scenario, span],
  )
}

/** Kills one of two workers again and again; gives the seconds it took. */
async function killEvery(arena: Arena, kills: number): Promise<number> {
  const begun = performance.now()
  const workers: Product[] = [await arena.product({ run: 'worker' }), await arena.product({ run: 'worker' })]
  for (let killed = 0; killed < kills; killed++) {
    await new Promise((resolve) => setTimeout(resolve, 100 + arena.draw() * 400))
    const at = killed % 2
    await workers[at]?.kill()
    workers[at] = await arena.product({ run: 'worker' })
  }
  return (performance.now() - begun) / 1000
}

export const killedScenarios: Row = {
  id: 'N1',
  title: 'N1 NUR-02 workers killed while people wait and branch: each step is done once, none before its time, and nobody is stuck',
  async run(ground, scale, seed) {
    const { people, kills } = scale === 'full' ? { people: 50_000, kills: 200 } : { people: 1_500, kills: 10 }
    const arena = await openArena(ground, seed)
    try {
      const scenario = await makeScenario(arena)
      await beginAll(arena, people)
      const completed = () => count(arena, `SELECT count(*)::int AS n FROM run WHERE scenario_id = $1 AND how = 'completed'`, [scenario])
      const seconds = await killEvery(arena, kills / 2)
      // People fall due for as long as the other half of the kills will last, so that none of these finds nothing to break.
      await armAll(arena, scenario, people, Math.ceil(seconds))
      await killEvery(arena, kills / 2)
      const over = await completed()
      await untilAll(completed, people, { every: 250, what: 'every run to be completed' })
      await checkOnce(arena, scenario, people)
      return `${kills} kills (${over} of the ${people} runs were over at the last), all completed, each step once, 0 early, 0 stuck`
    } finally {
      await arena.close()
    }
  },
}

export async function checkOnce(arena: Arena, scenario: string, people: number): Promise<void> {
  const { rows: paths } = await arena.pool.query(
    `SELECT path, count(*)::int AS n FROM (SELECT run_id, string_agg(step, ' ' ORDER BY ordinal) AS path FROM run_step WHERE scenario_id = $1 GROUP BY run_id) p GROUP BY path ORDER BY path`,
    [scenario],
  )
  deepEqual(
    paths.map((row) => row.path),
    ['s left w after tag', 's right w after tag'],
    'steps as they were walked',
  )
  equal(
    paths.reduce((sum, row) => sum + row.n, 0),
    people,
  )
  equal(
    await count(
      arena,
      'SELECT count(*)::int AS n FROM chaos_due d JOIN run_step s ON s.run_id = d.run_id AND s.step = $1 WHERE s.left_at < d.due_at',
      ['w'],
    ),
    0,
    'left the wait early',
  )
  const { rows: entries } = await arena.pool.query<{ sum: number; n: number; people: number }>(
    `SELECT sum, n, count(*)::int AS people FROM (SELECT person_id, sum((props->>'points')::int)::int AS sum, count(*)::int AS n FROM journal WHERE name = 'points.added' GROUP BY person_id) e GROUP BY 1, 2 ORDER BY 1`,
  )
  deepEqual(
    entries.map(({ sum, n }) => ({ sum, n })),
    [
      { sum: 10, n: 2 },
      { sum: 12, n: 2 },
    ],
    'points were given twice or not at all',
  )
  equal(
    entries.reduce((all, row) => all + row.people, 0),
    people,
  )
  equal(await count(arena, `SELECT count(*)::int AS n FROM person WHERE 'through' = ANY(tags)`, []), people, 'people with the tag')
}
