// A load generator on plain sockets: it costs little itself, so that the two cores are left to what is measured.
import { connect } from 'node:net'
import { quantile } from './measure.ts'

export interface LoadOptions {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** The bytes of the n-th request, headers and all. */
  request(n: number): string
}

export interface LoadResult {
  readonly answers: number
  readonly bad: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** A POST as it goes over the wire. */
export function postBytes(path: string, body: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({
    host: 'localhost',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`)
  return `POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}

/** Each connection sends its next request when the answer to the last one is whole. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const latencies: number[] = []
  const until = performance.now() + options.seconds * 1000
  let [n, bad] = [0, 0]
  const lane = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(options.port, '127.0.0.1')
      socket.setNoDelay(true)
      let [from, pending] = [0, '']
      const next = (): void => {
        if (performance.now() >= until) return void socket.end()
        from = performance.now()
        socket.write(options.request(n++))
      }
      socket.on('connect', next)
      socket.on('data', (chunk) => {
        pending += chunk.toString('latin1')
        const head = pending.indexOf('\r\n\r\n')
        if (head < 0) return
        const length = Number(/content-length: (\d+)/i.exec(pending.slice(0, head))?.[1] ?? 0)
        if (pending.length < head + 4 + length) return
        if (!/^HTTP\/1\.1 2/.test(pending)) bad++
        pending = ''
        latencies.push(performance.now() - from)
        next()
      })
      socket.on('close', () => resolve())
      socket.on('error', reject)
    })
  await Promise.all(Array.from({ length: options.connections }, lane))
  return { answers: latencies.length, bad, p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95), p99: quantile(latencies, 0.99) }
}
