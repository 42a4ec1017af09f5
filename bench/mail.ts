// Workloads 6 and 6b: mails per CPU-second with render, links, pixel, DKIM, SMTP and the delivery's own rows written, against
// nodemailer's pool that only signs and sends; and what a ten (`--full`: a hundred) times larger newsletter costs in memory.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { EMPTY_MAIL } from '#loop/deliver/sender/contract.ts'
import type { Arena } from '../test/chaos/arena.ts'
import { makeNewsletter, prepareCompany, startMailing, statesOf, toSink } from '../test/chaos/mailing.ts'
import { callApi } from '../test/chaos/sender.ts'
import type { Product } from '../test/product.ts'
import { until } from '../test/world.ts'
import { makeCrowd, segmentOfCrowd } from './crowd.ts'
import { monthly } from './letter.ts'
import { type Bench, type BenchOptions, compare, type Line, memoryOf, rate, type Side, timed } from './measure.ts'
import { openPlace, type Place, startRaw } from './place.ts'

/** Lines of both sides: as many as the product opens when nobody says otherwise. */
const LINES = EMPTY_MAIL.connections

interface Words {
  readonly html: string
  readonly text: string
}

/** The words of the newsletter as one recipient reads them, so that both sides carry the same. */
async function wordsOf(arena: Arena): Promise<Words> {
  const { rows } = await arena.pool.query<Words>('SELECT html, body_text AS text FROM template_version ORDER BY created_at DESC LIMIT 1')
  const filled = (source = '') =>
    source.replaceAll('{{ click }}', `https://mail.mihon.example/c/${'x'.repeat(64)}`).replaceAll(/\{[{%].*?[%}]\}/gs, '株式会社見本')
  return { html: filled(rows[0]?.html), text: filled(rows[0]?.text) }
}

function nodemailer(sink: number, words: Words): { child: ChildProcess; send(count: number): Promise<void> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'raw/nodemailer.ts')], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      LINES: String(LINES),
      SINK: String(sink),
      WORDS: Buffer.from(JSON.stringify(words)).toString('base64'),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const said = (word: string): Promise<void> =>
    new Promise((resolve) => {
      const hear = (chunk: Buffer): void => {
        if (!String(chunk).includes(word)) return
        child.stdout?.off('data', hear)
        resolve()
      }
      child.stdout?.on('data', hear)
    })
  const ready = said('ready')
  return {
    child,
    send: async (count) => {
      await ready
      const done = said('done')
      child.stdin?.write(`${count}\n`)
      await done
    },
  }
}

interface Stage {
  readonly place: Place
  readonly arena: Arena
  readonly product: Product
  readonly sink: { readonly port: number; stop(): Promise<void> }
}

async function openStage(people: number): Promise<Stage> {
  const place = await openPlace()
  const arena = await place.arena()
  await prepareCompany(arena, LINES)
  await makeCrowd(arena, people)
  const sink = await startRaw('sink', {})
  const product = await arena.product({ env: { ...toSink(sink.port), NODE_ENV: 'production' } })
  await callApi(product, await arena.key('admin'), 'POST', '/mail/dkim', { domain: 'mihon.example', selector: 's1' })
  return { place, arena, product, sink }
}

async function closeStage({ place, arena, sink }: Stage): Promise<void> {
  await arena.close()
  await sink.stop()
  await place.close()
}

/** Waits until the product itself says that a newsletter is through. Rows are counted outside of what is measured: four times a second that was a tenth of it. */
const through = (arena: Arena, id: string, within = 600_000): Promise<unknown> =>
  until(
    async () => {
      const { rows } = await arena.pool.query<{ status: string }>('SELECT status FROM newsletter WHERE id = $1', [id])
      return rows[0]?.status === 'finished' || undefined
    },
    { within, every: 100, what: 'the newsletter to be through' },
  )

function ourSide({ arena, product, place }: Stage, segment: string, people: number): Side {
  return {
    name: 'product',
    run: async () => {
      const id = await makeNewsletter(arena, segment, monthly)
      return timed([product.pid, place.postmaster], async () => {
        await startMailing(arena, id, people)
        await through(arena, id)
        return people
      }).finally(async () => {
        const states = await statesOf(arena, id)
        if (states['sent'] !== people) throw new Error(`not all were sent: ${JSON.stringify(states)}`)
      })
    },
  }
}

async function throughput(small: boolean): Promise<Line> {
  const people = small ? 1_500 : 10_000
  const stage = await openStage(people)
  const segment = await segmentOfCrowd(stage.arena, people)
  const ours = ourSide(stage, segment, people)
  await ours.run()
  const control = nodemailer(stage.sink.port, await wordsOf(stage.arena))
  try {
    const { a, b } = await compare(ours, {
      name: 'nodemailer',
      run: () => timed([control.child.pid ?? 0], async () => control.send(people).then(() => people)),
    })
    const ratio = a.perCpu / b.perCpu
    return {
      id: '6',
      what: 'mail: render, links, DKIM, SMTP and delivery rows; control: nodemailer pool + DKIM of the same message ready-made, no rows',
      product: `${rate(a.perCpu)}/CPU-s · ${rate(a.perWall)}/s`,
      control: `${rate(b.perCpu)}/CPU-s · ${rate(b.perWall)}/s`,
      ratio: `${ratio.toFixed(2)} (spread ${Math.round(Math.max(a.spread, b.spread) * 100)} %)`,
      goal: '≥ 3',
      reached: ratio >= 3,
    }
  } finally {
    control.child.kill()
    await closeStage(stage)
  }
}

/** Peak memory of a process that sent one newsletter of this size, and how long its first mail took. */
async function memoryAt(people: number): Promise<{ peak: number; first: number }> {
  const stage = await openStage(people)
  const { arena, product } = stage
  try {
    const id = await makeNewsletter(arena, await segmentOfCrowd(arena, people), monthly)
    const from = performance.now()
    await startMailing(arena, id, people)
    await until(
      async () =>
        (await arena.pool.query(`SELECT FROM delivery WHERE source = $1 AND status = 'sent' LIMIT 1`, [id])).rowCount || undefined,
      { within: 600_000, every: 50, what: 'the first mail' },
    )
    const first = performance.now() - from
    await through(arena, id, 4 * 3_600_000)
    const states = await statesOf(arena, id)
    if (states['sent'] !== people) throw new Error(`not all were sent: ${JSON.stringify(states)}`)
    return { peak: memoryOf(product.pid, 'VmHWM'), first }
  } finally {
    await closeStage(stage)
  }
}

async function memory({ small, full }: BenchOptions): Promise<Line> {
  const [few, many] = small ? [500, 5_000] : [10_000, full ? 1_000_000 : 100_000]
  const low = await memoryAt(few)
  const high = await memoryAt(many)
  const growth = high.peak - low.peak
  return {
    id: '6b',
    what: `memory of a newsletter to ${rate(many)} against ${rate(few)}; first mail after “send”`,
    product: `${high.peak.toFixed(0)} MB peak · first mail ${(high.first / 1000).toFixed(1)} s`,
    control: `${low.peak.toFixed(0)} MB`,
    ratio: `+${growth.toFixed(0)} MB`,
    goal: `≤ +32 MB, ≤ 256 MB, ≤ 5 s${full ? '' : ' (stated for 1M against 10k)'}`,
    reached: growth <= 32 && high.peak <= 256 && high.first <= 5_000,
  }
}

export const mail: Bench = {
  id: '6',
  title: 'Mail',
  run: async ({ small }) => [await throughput(small)],
}

export const mailMemory: Bench = {
  id: '6b',
  title: 'Memory of a newsletter',
  run: async (options) => [await memory(options)],
}
