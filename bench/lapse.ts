// Workload M1: the windows of a crowd lapse at one instant. How long until the last of them is out (or in) by the product, beside the same
// rows written bucket by bucket in hand-written SQL that knows the rule.
import pg from 'pg'
import { withTx } from '#kernel/db/tx.ts'
import { FIRST_SETTINGS } from '#loop/score/rules/contract.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { DEFAULT_BACKUP } from '../src/backup/contract.ts'
import { saveSettings } from '../src/backup/service.ts'
import { type Arena, SYSTEM } from '../test/chaos/arena.ts'
import { until } from '../test/world.ts'
import { makeHistory } from './history.ts'
import { type Bench, cpuOf, type Line, median } from './measure.ts'
import { openPlace, type Place } from './place.ts'

const SEGMENT = '00000000-0000-4000-8000-0000000000a1'
const VISIT = 'custom.visit'
const WINDOW = "interval '7 days'"

/** What lapses: a membership that ends, one that begins by silence, the points of a window. */
type Kind = 'leaves' | 'enters' | 'cools'

const visits = (op: 'atLeast' | 'atMost', n: number): Rule => ({
  kind: 'event',
  match: { event: VISIT, filters: [] },
  count: { op, n },
  period: { kind: 'last', n: 7, unit: 'days' },
})
const RULES: Readonly<Record<Exclude<Kind, 'cools'>, Rule>> = { leaves: visits('atLeast', 1), enters: visits('atMost', 0) }
const POINTS = '00000000-0000-4000-8000-0000000000b1'

/** Each of the crowd came once, all at one instant a week ago, and once before; the rows are those that judging them then would have left. */
async function arm(arena: Arena, kind: Kind): Promise<Date> {
  const client = await arena.pool.connect()
  const run = (text: string, values: unknown[] = []) => client.query(text, values)
  try {
    await run("SET statement_timeout = 0; SET synchronous_commit = off; SET work_mem = '256MB'; SET maintenance_work_mem = '256MB'")
    await run(`DELETE FROM journal WHERE name = ANY($1)`, [[VISIT, 'segment.left', 'segment.entered', 'score.changed', 'heat.changed']])
    await run('TRUNCATE membership, segment_stay, segment_version, segment, score_entry, news CASCADE')
    const { rows } = await run(`SELECT date_trunc('milliseconds', now()) AS at`)
    const at: Date = rows[0].at
    for (const [n, age] of [WINDOW, "interval '40 days'"].entries())
      await run(
        `INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at) SELECT bucket, id, md5('visit ' || i || '/${n}')::uuid, '${VISIT}', $1::timestamptz - ${age}, $1::timestamptz - ${age} FROM crowd ORDER BY i`,
        [at],
      )
    await (kind === 'cools' ? armScores(run, at) : armSegment(run, kind, at))
    await run('UPDATE pulse SET due_at = NULL')
    for (const table of ['journal', 'membership', 'segment_stay', 'pulse', 'score', 'score_entry']) await run(`VACUUM (ANALYZE) ${table}`)
    await run('CHECKPOINT')
    return at
  } finally {
    client.release(true)
  }
}

type Run = (text: string, values?: unknown[]) => Promise<pg.QueryResult>

async function armSegment(run: Run, kind: Exclude<Kind, 'cools'>, at: Date): Promise<void> {
  const isIn = kind === 'leaves'
  await run(
    `INSERT INTO segment (id, name, audience, live_version, created_at, created_by, changed_at) VALUES ($1, 'crowd', 'leads', 1, now(), 'bench', now())`,
    [SEGMENT],
  )
  await run(
    `INSERT INTO segment_version (segment_id, version, audience, rule, state, starts_scenarios, made_at, made_by, live_at) VALUES ($1, 1, 'leads', $2, 'live', false, now(), 'bench', now())`,
    [SEGMENT, JSON.stringify(RULES[kind])],
  )
  await run('UPDATE segment_stamp SET stamp = stamp + 1')
  await run(
    `INSERT INTO membership (bucket, person_id, segment_id, version, is_in, since, next_change_at, because) SELECT bucket, id, $1, 1, $3, $2::timestamptz - ${WINDOW}, $2, '[]' FROM crowd ORDER BY bucket, id`,
    [SEGMENT, at, isIn],
  )
  if (isIn)
    await run(
      `INSERT INTO segment_stay (bucket, person_id, segment_id, entered_at, id, because) SELECT bucket, id, $1, $2::timestamptz - ${WINDOW}, md5('stay ' || i)::uuid, '[]' FROM crowd ORDER BY bucket, id`,
      [SEGMENT, at],
    )
}

/** Five points each that leave the window of a week. */
async function armScores(run: Run, at: Date): Promise<void> {
  const settings = { ...FIRST_SETTINGS, recentDays: 7, heatBy: 'recent', hotAt: 50, warmAt: 5 }
  const rules = [
    {
      id: POINTS,
      kind: 'behaviour',
      label: '',
      match: { event: VISIT, filters: [] },
      points: 5,
      limit: { kind: 'each' },
      expiresDays: null,
    },
  ]
  await run('UPDATE score_version SET settings = $1, rules = $2', [JSON.stringify(settings), JSON.stringify(rules)])
  await run('UPDATE score_stamp SET stamp = stamp + 1')
  await run(
    `INSERT INTO score_entry (bucket, person_id, model, version, rule_id, event_id, kind, delta, at)
      SELECT bucket, id, 'main', 1, $1, md5('visit ' || i || '/' || n)::uuid, 'behaviour', 5, $2::timestamptz - CASE n WHEN 0 THEN ${WINDOW} ELSE interval '40 days' END FROM crowd, generate_series(0, 1) n ORDER BY bucket, id`,
    [POINTS, at],
  )
  await run(
    `UPDATE score SET behaviour_plus = 10, total = attribute_plus + 10, recent = 5, heat = 'warm', heat_since = $1::timestamptz - ${WINDOW}, next_change_at = $1`,
    [at],
  )
}

interface Took {
  readonly wall: number
  readonly cpu: number
}

/** The instant comes for everybody with one commit. */
const lapse = (arena: Arena, at: Date) => arena.pool.query('UPDATE pulse SET due_at = $1', [at])

/** Until the product has done what it does after its start. */
async function quiet(pids: readonly number[]): Promise<void> {
  let before = Number.NEGATIVE_INFINITY
  const isQuiet = async () => {
    const cpu = cpuOf(pids)
    const used = cpu - before
    before = cpu
    return used < 50
  }
  await until(isQuiet, { every: 1_000, within: 120_000, what: 'the product to come to rest' })
}

async function product(place: Place, arena: Arena, at: Date): Promise<Took> {
  const app = await arena.product({ env: { NODE_ENV: 'production' } })
  const pids = [app.pid, place.postmaster]
  try {
    await quiet(pids)
    await lapse(arena, at)
    const [from, cpu] = [performance.now(), cpuOf(pids)]
    const due = () => arena.pool.query('SELECT 1 FROM pulse WHERE due_at <= $1 LIMIT 1', [at])
    await until(async () => !(await due()).rowCount, { within: 1_800_000, every: 100, what: 'the last of the crowd' })
    return { wall: performance.now() - from, cpu: cpuOf(pids) - cpu }
  } finally {
    await app.stop()
  }
}

const DUE = `due AS (SELECT p.bucket, p.person_id FROM pulse p WHERE p.bucket = $1 AND (p.due_at <= $2) IS TRUE ORDER BY 1, 2 FOR UPDATE),
  rested AS (UPDATE pulse p SET due_at = NULL FROM due d WHERE p.bucket = d.bucket AND p.person_id = d.person_id)`
const EVENT = (name: string, from: string) =>
  `INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at, props) SELECT bucket, person_id, gen_random_uuid(), '${name}', $2, now(),
    jsonb_build_object('segment', '${SEGMENT}', 'name', 'crowd', 'version', 1, 'because', '[]'::jsonb) FROM ${from}`
const COUNTED = `(SELECT count(*) FROM journal j WHERE j.bucket = d.bucket AND j.person_id = d.person_id AND j.name = '${VISIT}' AND j.occurred_at > $2::timestamptz - ${WINDOW})`

/** What one writes by hand, for the people of one bucket. */
const HAND: Readonly<Record<Kind, string>> = {
  leaves: `WITH ${DUE}, out AS (SELECT d.* FROM due d WHERE ${COUNTED} < 1 OFFSET 0),
    gone AS (DELETE FROM membership m USING out o WHERE m.bucket = o.bucket AND m.person_id = o.person_id AND m.segment_id IS NOT DISTINCT FROM '${SEGMENT}'),
    closed AS (UPDATE segment_stay h SET left_at = $2, left_because = '[]' FROM out o WHERE h.bucket = o.bucket AND h.person_id = o.person_id AND h.left_at IS NULL RETURNING h.bucket, h.person_id)
    ${EVENT('segment.left', 'closed')}`,
  enters: `WITH ${DUE}, inside AS (SELECT d.* FROM due d WHERE ${COUNTED} < 1 OFFSET 0),
    put AS (UPDATE membership m SET is_in = true, since = $2, next_change_at = NULL FROM inside o WHERE m.bucket = o.bucket AND m.person_id = o.person_id AND m.segment_id IS NOT DISTINCT FROM '${SEGMENT}'),
    opened AS (INSERT INTO segment_stay (bucket, person_id, segment_id, entered_at, id, because) SELECT bucket, person_id, '${SEGMENT}', $2, gen_random_uuid(), '[]' FROM inside RETURNING bucket, person_id)
    ${EVENT('segment.entered', 'opened')}`,
  cools: `WITH ${DUE}, sums AS (SELECT d.bucket, d.person_id, e.* FROM due d CROSS JOIN LATERAL (SELECT coalesce(sum(e.delta), 0) AS total,
      coalesce(sum(e.delta) FILTER (WHERE e.at > $2::timestamptz - ${WINDOW}), 0) AS recent FROM score_entry e WHERE e.bucket = d.bucket AND e.person_id = d.person_id AND e.model = 'main' AND e.version = 1 AND e.ended_at IS NULL) e),
    put AS (UPDATE score s SET recent = x.recent, heat = 'cold', heat_since = now(), next_change_at = NULL, changed_at = now() FROM sums x
      WHERE s.bucket = x.bucket AND s.person_id = x.person_id AND s.model = 'main' AND s.version = 1 RETURNING s.bucket, s.person_id),
    cooled AS (${EVENT('heat.changed', 'put')})
    ${EVENT('score.changed', 'put')}`,
}

/** Two connections, as the product has two lanes. */
async function byHand(place: Place, arena: Arena, kind: Kind, at: Date): Promise<Took> {
  await lapse(arena, at)
  const pids = [process.pid, place.postmaster]
  const [from, cpu] = [performance.now(), cpuOf(pids)]
  const lane = async (parity: number): Promise<void> => {
    const client = new pg.Client({
      connectionString: arena.databaseUrl,
      options: '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off',
    })
    await client.connect()
    for (let bucket = parity; bucket < 256; bucket += 2) await client.query({ name: kind, text: HAND[kind], values: [bucket, at] })
    await client.end()
  }
  await Promise.all([lane(0), lane(1)])
  return { wall: performance.now() - from, cpu: cpuOf(pids) - cpu }
}

/** Everybody of the crowd has changed, at the very instant, once. */
async function demandExact(arena: Arena, kind: Kind, at: Date, people: number): Promise<void> {
  const asked: Readonly<Record<Kind, string>> = {
    leaves: `SELECT (SELECT count(*) FROM segment_stay WHERE left_at = $1)::int AS n, (SELECT count(*) FROM membership)::int AS other,
      (SELECT count(*) FROM journal WHERE name = 'segment.left' AND occurred_at = $1)::int AS told`,
    enters: `SELECT (SELECT count(*) FROM segment_stay WHERE entered_at = $1 AND left_at IS NULL)::int AS n, (SELECT count(*) FROM membership WHERE NOT is_in OR since <> $1)::int AS other,
      (SELECT count(*) FROM journal WHERE name = 'segment.entered' AND occurred_at = $1)::int AS told`,
    cools: `SELECT (SELECT count(*) FROM score WHERE recent = 0 AND heat = 'cold')::int AS n, (SELECT count(*) FROM score WHERE next_change_at IS NOT NULL)::int AS other,
      (SELECT count(*) FROM journal WHERE name = 'heat.changed' AND occurred_at >= $1)::int AS told`,
  }
  const { rows } = await arena.pool.query<{ n: number; other: number; told: number }>(asked[kind], [at])
  const { n, other, told } = rows[0] ?? { n: -1, other: -1, told: -1 }
  if (n !== people || other || told < people)
    throw new Error(`${kind}: ${n} of ${people} changed at the instant, ${told} were told of, ${other} were not`)
}

/** No daily backup beside it. */
async function keepStill(arena: Arena): Promise<void> {
  await withTx(await arena.house(), SYSTEM, (ctx) => saveSettings(ctx, { ...DEFAULT_BACKUP, on: false }))
}

export const lapses: Bench = {
  id: 'M1',
  title: 'A crowd whose windows lapse at one instant',
  async run({ small, full }): Promise<Line[]> {
    const people = full ? 1_000_000 : small ? 10_000 : 100_000
    const place = await openPlace()
    const arena = await place.arena()
    try {
      await makeHistory(arena, { leads: people, events: people * 2 })
      await keepStill(arena)
      const lines: Line[] = []
      for (const kind of ['leaves', 'enters', 'cools'] as const)
        lines.push(await lineOf(place, arena, { kind, people, rounds: full ? 1 : 3 }))
      return lines
    } finally {
      await arena.close()
      await place.close()
    }
  },
}

const WORDS: Readonly<Record<Kind, string>> = {
  leaves: 'leave a segment',
  enters: 'enter one by silence',
  cools: 'lose their recent points',
}

async function lineOf(place: Place, arena: Arena, { kind, people, rounds }: { kind: Kind; people: number; rounds: number }): Promise<Line> {
  const [ours, raw]: [Took[], Took[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    for (const isOurs of [true, false]) {
      const at = await arm(arena, kind)
      const took = isOurs ? await product(place, arena, at) : await byHand(place, arena, kind, at)
      await demandExact(arena, kind, at, people)
      ;(isOurs ? ours : raw).push(took)
      process.stderr.write(
        `  ${kind} ${isOurs ? 'product' : 'by hand'}: ${(took.wall / 1000).toFixed(1)} s, ${((took.cpu * 1000) / people).toFixed(0)} µs CPU each\n`,
      )
    }
  }
  const [wall, cpu] = [median(ours.map((one) => one.wall)), median(ours.map((one) => one.cpu))]
  const [rawWall, rawCpu] = [median(raw.map((one) => one.wall)), median(raw.map((one) => one.cpu))]
  const said = (ms: number, cpuMs: number): string => `${(ms / 1000).toFixed(1)} s, ${((cpuMs * 1000) / people).toFixed(0)} µs CPU each`
  return {
    id: 'M1',
    what: `${people} people ${WORDS[kind]} at one instant`,
    product: said(wall, cpu),
    control: said(rawWall, rawCpu),
    ratio: `${(cpu / rawCpu).toFixed(1)}× CPU, ${(wall / rawWall).toFixed(1)}× wall`,
    goal: '≤ 60 s a million',
    reached: wall <= (people * 60) / 1000,
  }
}
