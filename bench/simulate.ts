// Row 14: six months of 100,000 leads (2M events) played through a draft, against the same events read in the same order and thrown away.
import { withRead } from '#kernel/db/tx.ts'
import { type Graph, PLAIN } from '#loop/orchestrate/graph/contract.ts'
import { planOf } from '#loop/orchestrate/simulate/plan.ts'
import { playPlan } from '#loop/orchestrate/simulate/run.ts'
import { readEvents } from '#loop/orchestrate/simulate/stream.queries.ts'
import { type Arena, SYSTEM } from '../test/chaos/arena.ts'
import { makeCrowd } from './crowd.ts'
import { type Bench, compare, type Line, rate, type Side, timed } from './measure.ts'
import { openPlace, type Place } from './place.ts'

const UNTIL = new Date('2026-10-01T00:00:00Z')
const FROM = new Date('2026-04-01T00:00:00Z')
const TEMPLATE = '00000000-0000-4000-8000-0000000000aa'
const viewed = (group: string) => ({ event: 'page.viewed', filters: [{ prop: 'pageGroup', op: 'eq' as const, value: group }] })
const mail = (id: string) => ({ kind: 'mail' as const, id, name: '', template: TEMPLATE, purpose: 'marketing' as const })

/** Everybody enters sooner or later; each is asked about what they did, waits, and gets two or three mails. */
const graph: Graph = {
  ...PLAIN,
  triggers: [{ kind: 'event', id: 't', match: viewed('pricing') }],
  entry: { kind: 'every', days: 90 },
  goal: { kind: 'event', match: { event: 'form.submitted', filters: [] } },
  steps: [
    mail('m1'),
    { kind: 'wait', id: 'w', name: '', until: { kind: 'businessDay', days: 3, time: '09:30' } },
    {
      kind: 'condition',
      id: 'q',
      name: '',
      rule: { kind: 'event', match: viewed('cases'), count: { op: 'atLeast', n: 2 }, period: { kind: 'last', n: 30, unit: 'days' } },
      branches: [
        { key: 'yes', name: '', weight: 0, steps: [mail('m2')] },
        { key: 'no', name: '', weight: 0, steps: [] },
      ],
    },
    {
      kind: 'await',
      id: 'a',
      name: '',
      event: { kind: 'event', match: viewed('pricing') },
      within: { amount: 7, unit: 'days' },
      branches: [
        { key: 'happened', name: '', weight: 0, steps: [] },
        { key: 'timedOut', name: '', weight: 0, steps: [mail('m3')] },
      ],
    },
  ],
}

const EACH = 20

/** Twenty events of each lead, spread over the window by hash. */
async function makeHistory(arena: Arena, each: number): Promise<void> {
  const client = await arena.pool.connect()
  try {
    await client.query('SET statement_timeout = 0; SET synchronous_commit = off')
    await client.query(`UPDATE person SET identified_at = $1, created_at = $1`, [FROM])
    await client.query(`UPDATE consent_entry SET at = $1`, [FROM])
    await client.query(`INSERT INTO template (id, name, version_id, created_at, updated_at) VALUES ($1, 'bench', $1, now(), now())`, [
      TEMPLATE,
    ])
    await client.query(
      `INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at, page_group, props)
       SELECT c.bucket, c.id, gen_random_uuid(), CASE WHEN h % 50 = 0 THEN 'form.submitted' ELSE 'page.viewed' END, x.at, x.at,
         (ARRAY['pricing','cases','top','blog','product'])[1 + h % 5], '{"url":"https://www.example.co.jp/page","title":"Page","referrer":"https://search.example/"}'
       FROM (SELECT c.*, k, abs(hashint8(c.i::bigint * 1000 + k)) AS h FROM crowd c, generate_series(1, ${Math.trunc(each)}) k) c,
         LATERAL (SELECT $1::timestamptz + make_interval(secs => (h::float8 / 2147483648) * $2::float8) AS at) x ORDER BY x.at`,
      [FROM, (UNTIL.getTime() - FROM.getTime()) / 1_000],
    )
    await client.query('VACUUM ANALYZE journal')
  } finally {
    client.release(true)
  }
}

const asked = {
  months: 6,
  from: FROM.toISOString(),
  until: UNTIL.toISOString(),
  assumption: 'none' as const,
  parts: [{ key: 'a' as const, scenario: '00000000-0000-4000-8000-0000000000bb', name: 'bench', which: { kind: 'draft' as const }, graph }],
}

function playSide(place: Place, arena: Arena, people: number): Side {
  return {
    name: 'product',
    run: async () => {
      const house = await arena.house()
      return timed([place.postmaster, process.pid], () =>
        withRead(house, SYSTEM, async (ctx) => {
          const played = await playPlan(ctx, await planOf(ctx, asked), async () => undefined)
          if (!played.stages[0]?.sent.length) throw new Error('nothing was played')
          return people * EACH
        }),
      )
    },
  }
}

function readSide(place: Place, arena: Arena, people: number): Side {
  return {
    name: 'raw',
    run: async () => {
      const house = await arena.house()
      return timed([place.postmaster, process.pid], () =>
        withRead(house, SYSTEM, async (ctx) => {
          const { hearing } = await planOf(ctx, asked)
          let events = 0
          for await (const page of readEvents(ctx, hearing, FROM, UNTIL)) events += page.length
          if (!events) throw new Error('nothing was read')
          return people * EACH
        }),
      )
    },
  }
}

export const simulation: Bench = {
  id: '14',
  title: 'Time machine',
  async run({ small }): Promise<Line[]> {
    const people = small ? 5_000 : 100_000
    const place = await openPlace()
    const arena = await place.arena()
    try {
      await makeCrowd(arena, people)
      await makeHistory(arena, EACH)
      const { a, b } = await compare(playSide(place, arena, people), readSide(place, arena, people), small ? 2 : 3)
      const ratio = a.perCpu / b.perCpu
      const seconds = (people * EACH) / a.perWall
      return [
        {
          id: '14',
          what: `time machine: 6 months of ${rate(people)} leads, ${rate(people * EACH)} events, through a draft with 3 mails and a question`,
          product: `${seconds.toFixed(1)} s · ${rate(a.perWall)}/s`,
          control: `reading them in order: ${rate(b.perWall)}/s`,
          ratio: `${ratio.toFixed(2)} (spread ${Math.round(Math.max(a.spread, b.spread) * 100)} %)`,
          goal: '< 60 s',
          reached: small ? null : seconds < 60,
        },
      ]
    } finally {
      await arena.close()
      await place.close()
    }
  },
}
