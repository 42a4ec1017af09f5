// S7: the connection breaks after COMMIT was sent and before its answer. Every write path has to be safe to repeat.
import { deepEqual, equal, ok } from 'node:assert/strict'
import { openArena } from './arena.ts'
import { makeMailing, settled, startMailing, startServer, toServer } from './mailing.ts'
import { startProxy } from './proxy.ts'
import type { Row } from './row.ts'
import { makeSite, newLedger, post } from './sender.ts'

/** The same database through the proxy. */
function through(databaseUrl: string, port: number): { url: string; host: string; port: number } {
  const url = new URL(databaseUrl)
  const place = { host: url.searchParams.get('host') ?? url.hostname, port: Number(url.searchParams.get('port') ?? (url.port || 5432)) }
  url.searchParams.delete('host')
  url.searchParams.delete('port')
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return { url: url.href, ...place }
}

export const lostCommits: Row = {
  id: 'S7',
  title: 'S7 connections that break after COMMIT was sent and before its answer lose no event and no mail, and double none',
  async run(ground, scale, seed) {
    const { people, cuts } = scale === 'full' ? { people: 10_000, cuts: 500 } : { people: 600, cuts: 20 }
    const arena = await openArena(ground, seed)
    const sink = await startServer(undefined, 5)
    const proxy = await startProxy(through(arena.databaseUrl, 0), arena.draw)
    try {
      const mailing = await makeMailing(arena, people)
      const { url } = through(arena.databaseUrl, proxy.port)
      const product = await arena.product({ databaseUrl: url, env: toServer(sink.port) })
      const writeKey = await makeSite(product, await arena.key('admin'))
      await startMailing(arena, mailing, people)
      proxy.cutting(0.05)
      const ledger = newLedger()
      let n = 0
      for (let round = 0; proxy.cuts() < cuts && round < cuts * 400; round++) {
        await post(product.url, writeKey, [n++], ledger)
        if (ledger.open.size > 10) await post(product.url, writeKey, [...ledger.open], ledger)
      }
      proxy.cutting(0)
      for (let tries = 0; ledger.open.size && tries < 200; tries++)
        await post(product.url, writeKey, [...ledger.open].slice(0, 100), ledger)
      equal(ledger.open.size, 0, `events were never acknowledged; the product said:\n${product.output().slice(-1_500)}`)
      const states = await settled(arena, mailing, people, 180_000)
      const copies = Map.groupBy(
        sink.taken.flatMap((mail) => mail.to),
        (address) => address,
      )
      deepEqual(
        [...copies].filter(([, all]) => all.length > 1).map(([address]) => address),
        [],
        'copies beyond the first',
      )
      equal((states['sent'] ?? 0) + (states['unknown'] ?? 0), people, JSON.stringify(states))
      const { rows } = await arena.pool.query<{ n: number; times: number }>(
        `SELECT (props->>'n')::int AS n, count(*)::int AS times FROM journal WHERE name = 'custom.chaos' GROUP BY 1`,
      )
      deepEqual(
        rows.filter((row) => row.times !== 1),
        [],
        'events stored more than once',
      )
      const stored = new Set(rows.map((row) => row.n))
      deepEqual(
        [...ledger.acknowledged].filter((each) => !stored.has(each)),
        [],
        'acknowledged events are missing',
      )
      deepEqual([...ledger.strange], [], 'answers that are neither 2xx nor 503')
      ok(proxy.cuts() >= cuts, `only ${proxy.cuts()} cuts`)
      await product.stop()
      return `${proxy.cuts()} cuts, ${ledger.acknowledged.size} events and ${people} mails: ${JSON.stringify(states)}, 0 lost, 0 extra`
    } finally {
      await arena.close()
      await proxy.close()
      await sink.close()
    }
  },
}
