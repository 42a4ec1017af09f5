import { Socket } from 'node:net'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { until } from '../../../test/world.ts'
import { copyOut } from './copyOut.ts'
import { Wire, wireFor } from './wire.ts'

let world: TestDatabase
beforeAll(async () => {
  world = await testDatabase()
})
afterAll(() => world.close())

async function onClient<T>(work: (client: Client) => Promise<T>, stream: () => Socket = wireFor): Promise<T> {
  const client = new Client({ connectionString: world.url, stream })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const read = async (client: Client, text: string): Promise<string> => {
  const parts: Buffer[] = []
  await copyOut(client, text, (bytes) => {
    parts.push(Buffer.from(bytes))
    return undefined
  })
  return Buffer.concat(parts).toString()
}

/** Lines of every length about the edges of a read, and some that take several. */
const LENGTHS = [0, 1, 3, 8_180, 8_192, 65_530, 65_536, 300_000]
const lines = (count: number): string =>
  Array.from({ length: count }, (_, i) => `${'行'.repeat((LENGTHS[i % LENGTHS.length] ?? 0) / 3)}${i}\n`).join('')
const askLines = (count: number): string =>
  `COPY (SELECT repeat('行', (ARRAY[${LENGTHS}])[i % ${LENGTHS.length} + 1] / 3) || i FROM generate_series(0, ${count - 1}) i) TO STDOUT`

test('GEN-15 rows of every length come out of a COPY whole and in order, and the client is free again', async () => {
  await onClient(async (client) => {
    expect(await read(client, askLines(200))).toBe(lines(200))
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    expect(await read(client, 'COPY (SELECT 1 WHERE false) TO STDOUT')).toBe('')
  })
})

/** A wire that delivers a few bytes at a time: every message comes in pieces, its head too. */
class Drops extends Socket {
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    const [bytes] = args
    if (event !== 'data' || !Buffer.isBuffer(bytes)) return super.emit(event, ...args)
    for (let at = 0; at < bytes.length; at += 3) super.emit('data', Buffer.from(bytes.subarray(at, at + 3)))
    return true
  }
}

test('GEN-15 rows come out whole however the wire cuts them, and what the server says between them is heard', async () => {
  const said: (string | undefined)[] = []
  await onClient(
    async (client) => {
      client.on('notice', (notice) => said.push(notice.message))
      await client.query(
        `CREATE FUNCTION pg_temp.told(i int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'row %', i; RETURN i; END $$`,
      )
      expect(await read(client, 'COPY (SELECT pg_temp.told(i) FROM generate_series(1, 5) i) TO STDOUT')).toBe('1\n2\n3\n4\n5\n')
      expect((await client.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }])
    },
    () => new Drops(),
  )
  expect(said).toEqual(['row 1', 'row 2', 'row 3', 'row 4', 'row 5'])
})

test('GEN-15 a COPY that fails amid its rows, or at once, is an error like any other, and the client goes on', async () => {
  await onClient(async (client) => {
    await expect(read(client, 'COPY (SELECT 1 / (90000 - i) FROM generate_series(1, 100000) i) TO STDOUT')).rejects.toMatchObject({
      code: '22012',
    })
    await expect(read(client, 'COPY nothing_here TO STDOUT')).rejects.toMatchObject({ code: '42P01' })
    expect((await client.query('SELECT 3 AS three')).rows).toEqual([{ three: 3 }])
  })
})

const pidOf = async (client: Client): Promise<number | undefined> =>
  (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid

/** A table of 100 MB, whose first bytes are taken over only once the returned is called. */
function held(client: Client): { begun: Promise<void>; goOn(): void; whole: Promise<number> } {
  const begun = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  let length = 0
  const whole = copyOut(client, "COPY (SELECT repeat('x', 100000) FROM generate_series(1, 1000) i) TO STDOUT", (bytes) => {
    length += bytes.length
    begun.resolve()
    return gate.promise
  }).then(() => length)
  return { begun: begun.promise, goOn: gate.resolve, whole }
}

const waiting = (pid: number | undefined) =>
  until(
    async () =>
      (await world.house.pool.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'ClientWrite'", [pid])).rowCount ||
      undefined,
  )

test('GEN-15 a connection that breaks amid the rows is an error, not an end', async () => {
  await onClient(async (client) => {
    client.on('error', () => undefined)
    const pid = await pidOf(client)
    const { begun, goOn, whole } = held(client)
    await begun
    await world.house.pool.query('SELECT pg_terminate_backend($1)', [pid])
    goOn()
    await expect(whole).rejects.toThrow()
  })
})

test.for([
  ['a socket of ours', wireFor],
  ['one of Node’s, as under TLS', () => new Socket()],
] as const)(
  'GEN-15 who takes rows over slowly makes the server wait, so a table of any size takes no memory here: %s',
  async ([, stream]) => {
    await onClient(async (client) => {
      const pid = await pidOf(client)
      const { begun, goOn, whole } = held(client)
      await begun
      await waiting(pid)
      goOn()
      expect(await whole).toBe(100_001_000)
      expect((await client.query('SELECT 4 AS four')).rows).toEqual([{ four: 4 }])
    }, stream)
  },
)

test('GEN-15 a fault of who takes the rows over is the fault of the whole, at once or later', async () => {
  for (const fault of [
    () => {
      throw new Error('no room')
    },
    () => Promise.reject(new Error('no room')),
  ])
    await onClient(async (client) => {
      client.on('error', () => undefined)
      await expect(copyOut(client, askLines(200), fault)).rejects.toThrow('no room')
      await expect(client.query('SELECT 5')).rejects.toThrow()
    })
})

test('GEN-15 the pools’ connections hear into one place, and a COPY takes its rows over where they lie; under TLS Node’s socket stays', async () => {
  expect([wireFor({ ssl: {} }) instanceof Wire, wireFor({ ssl: false }) instanceof Wire]).toEqual([false, true])
  const client = await world.house.pool.connect()
  const places = new Set<unknown>()
  await copyOut(client, askLines(200), (bytes) => {
    places.add(bytes.buffer)
    return undefined
  })
  client.release()
  expect(places.size).toBe(1)
})

test('GEN-15 connections that share the place they hear into mix nothing up', async () => {
  const ask = (client: Client) =>
    client.query<{ text: string }>("SELECT repeat($1 || '行', 90000) AS text", [`${client.host}${pids.get(client)}`])
  const pids = new Map<Client, number | undefined>()
  const clients = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const client = new Client({ connectionString: world.url, stream: wireFor })
      await client.connect()
      pids.set(client, await pidOf(client))
      return client
    }),
  )
  const [copier, ...others] = clients as [Client, ...Client[]]
  const [rows, ...texts] = await Promise.all([read(copier, askLines(200)), ...others.map(ask)])
  expect(rows).toBe(lines(200))
  for (const [i, client] of others.entries()) expect(texts[i]?.rows[0]?.text).toBe(`${client.host}${pids.get(client)}行`.repeat(90_000))
  await Promise.all(clients.map((client) => client.end()))
})
