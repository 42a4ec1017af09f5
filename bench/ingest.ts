// Workloads 1 and 1b: accepting events, answered after the commit, against the barest server that does the same.
import type { Arena } from '../test/chaos/arena.ts'
import { makeSite } from '../test/chaos/sender.ts'
import type { Product } from '../test/product.ts'
import { type LoadResult, load, postBytes } from './load.ts'
import { type Bench, compare, type Line, memoryOf, rate, type Sample, type Side, timed } from './measure.ts'
import { type Helper, openPlace, type Place, startRaw } from './place.ts'

const VISITORS = 2_000
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'

let serial = 0
const event = (): object => {
  const n = serial++
  return {
    type: 'track',
    event: 'bench',
    messageId: `bench-${process.pid}-${n}`,
    anonymousId: `visitor-${n % VISITORS}`,
    properties: { n, plan: 'standard', position: 'header' },
    context: { page: { url: 'https://example.jp/pricing' }, userAgent: AGENT },
  }
}

const bodyOf = (per: number): string => JSON.stringify(per === 1 ? event() : { batch: Array.from({ length: per }, event) })

interface Plan {
  readonly per: number
  readonly connections: number
  readonly seconds: number
}

function side(name: string, pids: readonly number[], port: number, path: string, headers: Record<string, string>, plan: Plan): Side {
  return {
    name,
    run: async (): Promise<Sample> => {
      let seen: LoadResult | undefined
      const sample = await timed(pids, async () => {
        seen = await load({
          port,
          connections: plan.connections,
          seconds: plan.seconds,
          request: () => postBytes(path, bodyOf(plan.per), headers),
        })
        if (seen.bad) throw new Error(`${name} refused ${seen.bad} of ${seen.answers} requests`)
        return seen.answers * plan.per
      })
      return { ...sample, p50: seen?.p50 ?? 0, p95: seen?.p95 ?? 0, p99: seen?.p99 ?? 0 }
    },
  }
}

interface Stage {
  readonly place: Place
  readonly arena: Arena
  readonly rawArena: Arena
  readonly product: Product
  readonly raw: Helper
  readonly auth: string
}

async function openStage(): Promise<Stage> {
  const place = await openPlace()
  const [arena, rawArena] = [await place.arena(), await place.arena()]
  const product = await arena.product({ run: 'web', env: { NODE_ENV: 'production' } })
  const writeKey = await makeSite(product, await arena.key('admin'))
  const raw = await startRaw('ingest', { DATABASE_URL: rawArena.databaseUrl, NODE_ENV: 'production' })
  return { place, arena, rawArena, product, raw, auth: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` }
}

async function closeStage(stage: Stage): Promise<void> {
  await stage.raw.stop()
  await stage.arena.close()
  await stage.rawArena.close()
  await stage.place.close()
}

async function line(stage: Stage, id: string, what: string, plan: Plan, goal: number): Promise<Line> {
  const { place, product, raw, auth } = stage
  const path = plan.per === 1 ? '/v1/track' : '/v1/batch'
  const { a, b } = await compare(
    side('product', [product.pid, place.postmaster], product.port, path, { authorization: auth, 'user-agent': AGENT }, plan),
    side('raw', [raw.pid, place.postmaster], raw.port, '/event', { 'user-agent': AGENT }, plan),
  )
  const ratio = a.perCpu / b.perCpu
  const memory = memoryOf(product.pid, 'VmHWM')
  return {
    id,
    what,
    product: `${rate(a.perCpu)}/CPU-s · ${rate(a.perWall)}/s · p99 ${a.p99.toFixed(0)} ms · ${memory.toFixed(0)} MB`,
    control: `${rate(b.perCpu)}/CPU-s · ${rate(b.perWall)}/s · p99 ${b.p99.toFixed(0)} ms`,
    ratio: `${ratio.toFixed(2)} (p99 ${(a.p99 / b.p99).toFixed(1)}×, spread ${Math.round(Math.max(a.spread, b.spread) * 100)} %)`,
    goal: `≥ ${goal}${plan.per === 1 ? ', p99 ≤ 3×, ≤ 200 MB' : ''}`,
    reached: ratio >= goal && (plan.per > 1 || (a.p99 <= 3 * b.p99 && memory <= 200)),
  }
}

export const ingest: Bench = {
  id: '1',
  title: 'Ingest, answered after commit',
  async run({ small }) {
    const seconds = small ? 2 : 6
    const stage = await openStage()
    try {
      return [
        await line(stage, '1', 'ingest, one event per POST', { per: 1, connections: 50, seconds }, 0.5),
        await line(stage, '1b', 'ingest, 100 events per POST', { per: 100, connections: 8, seconds }, 0.4),
      ]
    } finally {
      await closeStage(stage)
    }
  },
}
