// Small things every test world needs. Builders of a room's own rows stand in that room.
import { connect, createServer } from 'node:net'
import fc from 'fast-check'

/** Seed and number of runs of property tests: TEST_SEED repeats a failure, TEST_RUNS makes a longer search. */
export const property = { seed: Number(process.env.TEST_SEED ?? 20260401), numRuns: Number(process.env.TEST_RUNS ?? 200) }

/** Checks a property with the suite's seed; a failure prints seed, path and the smallest counterexample. */
export const check = <T extends [unknown, ...unknown[]]>(rule: fc.IAsyncProperty<T> | fc.IProperty<T>): Promise<void> | void =>
  fc.assert(rule, property)

/** Mulberry32: small, good enough to choose moments, and the same on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A loopback port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

/** Whether a server at a port of loopback says something of itself. */
export const greets = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

/** Waits until `seen` answers something, asking every `every` ms: for other processes, never for our own clock. */
export async function until<T>(seen: () => Promise<T | undefined | false>, { within = 30_000, every = 50, what = 'it' } = {}): Promise<T> {
  const deadline = performance.now() + within
  for (;;) {
    const found = await seen()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadline) throw new Error(`waited ${within} ms for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, every))
  }
}
