// S1, S3, S5, S9: nobody is forgotten, nobody gets two, and a stop that was answered is a stop.
import { deepEqual, equal, ok } from 'node:assert/strict'
import { mailToken, tokenKeys } from '#loop/deliver/feedback/token.ts'
import type { Product } from '../product.ts'
import type { Sink } from '../sink.ts'
import { until } from '../world.ts'
import { type Arena, openArena } from './arena.ts'
import { addressOf, LANES, makeMailing, settled, startMailing, startServer, statesOf, toServer } from './mailing.ts'
import type { Ground, Row } from './row.ts'

interface Stage {
  readonly arena: Arena
  readonly sink: Sink
  readonly mailing: string
}

async function onStage(ground: Ground, seed: number, people: number, sink: Sink, run: (stage: Stage) => Promise<string>): Promise<string> {
  const arena = await openArena(ground, seed)
  try {
    return await run({ arena, sink, mailing: await makeMailing(arena, people) })
  } finally {
    await arena.close()
    await sink.close()
  }
}

/** Copies per recipient beyond the first, as the receiving server saw them. */
export function extraCopies(sink: Sink): string[] {
  const times = Map.groupBy(
    sink.taken.flatMap((mail) => mail.to),
    (address) => address,
  )
  return [...times].filter(([, all]) => all.length > 1).map(([address, all]) => `${address} ×${all.length}`)
}

/** Whoever is `sent` was taken by the server once. */
async function sentAreTaken({ arena, sink, mailing }: Stage): Promise<void> {
  const { rows } = await arena.pool.query<{ address: string }>(`SELECT address FROM delivery WHERE source = $1 AND status = 'sent'`, [
    mailing,
  ])
  const taken = new Set(sink.taken.flatMap((mail) => mail.to))
  deepEqual(
    rows.filter((row) => !taken.has(row.address)),
    [],
    'marked as sent, yet the server never saw them',
  )
}

/** The timeline of whoever was sent a mail says so once, though its sender may have died between the record and the telling. */
async function sentAreTold({ arena, mailing }: Stage): Promise<void> {
  const left = async () =>
    (await arena.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM mail_departure')).rows[0]?.n === 0 || undefined
  await until(left, { within: 60_000, what: 'all mails that left to be told of' })
  const { rows } = await arena.pool.query<{ times: number }>(
    `SELECT count(j.id)::int AS times FROM delivery d LEFT JOIN journal j ON j.bucket = d.bucket AND j.person_id = d.person_id AND j.name = 'mail.sent' AND j.props->>'delivery' = d.id::text
     WHERE d.source = $1 AND d.status = 'sent' GROUP BY d.bucket, d.person_id, d.id HAVING count(j.id) <> 1`,
    [mailing],
  )
  deepEqual(rows, [], 'sent, yet not told of once')
}

/** A process that only sends, to this server. */
const worker = (arena: Arena, sink: Sink): Promise<Product> => arena.product({ run: 'worker', env: toServer(sink.port) })

/** Two workers, and what kills them in turn; it answers how many kills fell while mail went out. */
export async function killer(arena: Arena, sink: Sink): Promise<(kills: number) => Promise<number>> {
  const workers = [await worker(arena, sink), await worker(arena, sink)]
  return async (kills) => {
    let amid = 0
    for (let kill = 0; kill < kills; kill++) {
      const before = sink.taken.length
      // The next kill falls while mails are on the wire, at a moment of chance; towards the end there may be none left.
      amid += await until(async () => sink.taken.length > before && 1, { within: 20_000 }).catch(() => 0)
      await new Promise((resolve) => setTimeout(resolve, arena.draw() * 200))
      await workers[kill % 2]?.kill()
      workers[kill % 2] = await worker(arena, sink)
    }
    return amid
  }
}

export const killedSending: Row = {
  id: 'S1',
  title:
    'S1 NUR-04 workers killed in the middle of a newsletter lose nobody and send nobody two; what cannot be known is listed and bounded',
  async run(ground, scale, seed) {
    // So slow that mail goes out until the last kill: what is on the wire at a kill does not depend on it.
    const { people, kills, answerMs, restMs } =
      scale === 'full'
        ? { people: 30_000, kills: 200, answerMs: 250, restMs: 600_000 }
        : { people: 2_500, kills: 10, answerMs: 25, restMs: 180_000 }
    return onStage(ground, seed, people, await startServer(undefined, answerMs), async (stage) => {
      const { arena, sink, mailing } = stage
      const kill = await killer(arena, sink)
      await startMailing(arena, mailing, people)
      const amid = await kill(kills)
      const states = await settled(arena, mailing, people, restMs)
      deepEqual(extraCopies(sink), [], 'copies beyond the first')
      await sentAreTaken(stage)
      await sentAreTold(stage)
      const unknown = states['unknown'] ?? 0
      ok(unknown <= kills * LANES, `${unknown} unknown after ${kills} kills at ${LANES} connections`)
      equal((states['sent'] ?? 0) + unknown, people, `every lead is sent or unknown: ${JSON.stringify(states)}`)
      return `${kills} kills (${amid} amid the sending), ${people} mails: ${states['sent']} sent, ${unknown} unknown (bound ${kills * LANES}), 0 extra, 0 lost`
    })
  },
}

export const stoppedWorker: Row = {
  id: 'S3',
  title: 'S3 a worker that stood still while its lease ran out marks and sends nothing more of what it held',
  async run(ground, scale, seed) {
    const { people, still } = scale === 'full' ? { people: 10_000, still: 300_000 } : { people: 600, still: 18_000 }
    return onStage(ground, seed, people, await startServer(undefined, 25), async (stage) => {
      const { arena, sink, mailing } = stage
      const first = await worker(arena, sink)
      await startMailing(arena, mailing, people)
      await until(async () => sink.taken.length > 20)
      first.signal('SIGSTOP')
      const second = await worker(arena, sink)
      await new Promise((resolve) => setTimeout(resolve, still))
      first.signal('SIGCONT')
      const states = await settled(arena, mailing, people)
      deepEqual(extraCopies(sink), [], 'copies beyond the first')
      await sentAreTaken(stage)
      ok((states['unknown'] ?? 0) <= LANES, 'unknown are at most the mails that were on the wire')
      await Promise.all([first.stop(), second.stop()])
      return `stood still ${still / 1000} s: ${JSON.stringify(states)}, 0 extra`
    })
  },
}

export const oneRefused: Row = {
  id: 'S5',
  title: 'S5 one recipient refused in five hundred: the others get theirs once, and the one is counted as refused',
  async run(ground, _scale, seed) {
    const refused = addressOf(137)
    const people = 500
    const sink = await startServer((recipient) => (recipient === refused ? 'rcpt550' : 'none'))
    return onStage(ground, seed, people, sink, async (stage) => {
      const { arena, mailing } = stage
      await worker(arena, sink)
      await startMailing(arena, mailing, people)
      const states = await settled(arena, mailing, people)
      deepEqual(states, { sent: people - 1, refused: 1 })
      deepEqual(extraCopies(sink), [])
      const { rows } = await arena.pool.query<{ address: string }>(
        `SELECT p.mail AS address FROM delivery d JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id WHERE d.source = $1 AND d.status = 'refused'`,
        [mailing],
      )
      deepEqual(rows, [{ address: refused }])
      return `${people - 1} sent, 1 refused`
    })
  },
}

interface Stop {
  readonly address: string
  /** When the unsubscribe was answered, by Date.now(). */
  readonly answeredAt: number
}

/** One click; false when the server asked to repeat it (503), which is no answer yet. */
async function press(url: string): Promise<boolean> {
  const answer = await fetch(url, { method: 'POST', body: 'List-Unsubscribe=One-Click', redirect: 'manual' })
  await answer.arrayBuffer()
  ok(answer.status === 200 || answer.status === 503, `the one-click POST was answered with ${answer.status}`)
  return answer.status === 200
}

/** Presses the one-click button of each lead at a random moment within `span` ms, as a mail program does: POST, no cookies. */
async function pressAll(stage: Stage, web: Product, span: number): Promise<Stop[]> {
  const { arena, mailing } = stage
  const keys = tokenKeys(await arena.house())
  const { rows } = await arena.pool.query<{ id: string; person_id: string; mail: string }>(
    `SELECT d.id, d.person_id, p.mail FROM delivery d JOIN person p ON p.bucket = d.bucket AND p.id = d.person_id WHERE d.source = $1`,
    [mailing],
  )
  const presses = rows.map((row) => ({ row, at: arena.draw() * span })).sort((a, b) => a.at - b.at)
  const from = Date.now()
  return Promise.all(
    presses.map(async ({ row, at }) => {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, from + at - Date.now())))
      const url = `${web.url}/u/${mailToken(keys, { personId: row.person_id, deliveryId: row.id })}`
      await until(() => press(url), { within: 60_000, every: 200, what: 'the unsubscribe to be answered' })
      return { address: row.mail, answeredAt: Date.now() }
    }),
  )
}

export const stopRace: Row = {
  id: 'S9',
  title: 'S9 GEN-01 once an unsubscribe is answered no mail to that address begins, although both race',
  async run(ground, scale, seed) {
    const people = scale === 'full' ? 10_000 : 400
    return onStage(ground, seed, people, await startServer(undefined, 5), async (stage) => {
      const { arena, sink, mailing } = stage
      const web = await arena.product({ run: 'web' })
      await startMailing(arena, mailing, people)
      const sender = await worker(arena, sink)
      await until(async () => Object.values(await statesOf(arena, mailing)).reduce((sum, n) => sum + n, 0) === people, {
        what: 'the newsletter to be expanded',
      })
      const stops = await pressAll(stage, web, people * 5)
      const states = await settled(arena, mailing, people)
      const { rows } = await arena.pool.query<{ address: string; marked: number }>(
        `SELECT address, extract(epoch FROM marked_at)::float8 * 1000 AS marked FROM delivery WHERE source = $1 AND marked_at IS NOT NULL`,
        [mailing],
      )
      const marked = new Map(rows.map((row) => [row.address, row.marked]))
      deepEqual(
        stops.filter((stop) => (marked.get(stop.address) ?? 0) > stop.answeredAt),
        [],
        'marked after the unsubscribe was answered',
      )
      const begun = new Map(sink.taken.flatMap((mail) => mail.to.map((address) => [address, mail.begunAt] as const)))
      deepEqual(
        stops.filter((stop) => (begun.get(stop.address) ?? 0) > stop.answeredAt + 1_000),
        [],
        'begun long after the unsubscribe was answered',
      )
      deepEqual(extraCopies(sink), [])
      await Promise.all([web.stop(), sender.stop()])
      return `${people} races: ${JSON.stringify(states)}, 0 late`
    })
  },
}
