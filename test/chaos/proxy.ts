// A proxy before PostgreSQL that loses the answer to a COMMIT: the statement arrives, its success is never heard of.
import { connect, createServer, type Socket } from 'node:net'

export interface Proxy {
  readonly port: number
  /** Connections cut so far. */
  cuts(): number
  /** From now on a COMMIT's answer is lost with this probability. */
  cutting(share: number): void
  close(): Promise<void>
}

/** Starts the proxy before a server that listens on a unix socket folder (or host) and port. */
export function startProxy(to: { host: string; port: number }, draw: () => number): Promise<Proxy> {
  let share = 0
  let cuts = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = to.host.startsWith('/') ? connect(`${to.host}/.s.PGSQL.${to.port}`) : connect(to.port, to.host)
    let deaf = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.end()
      })
    }
    client.on('data', (chunk) => {
      upstream.write(chunk)
      if (deaf || share === 0 || !chunk.includes('COMMIT') || draw() >= share) return
      deaf = true
      cuts++
    })
    // The answer is waited for, so that the COMMIT has surely happened, and then thrown away together with the connection.
    upstream.on('data', (chunk) => (deaf ? client.destroy() : client.write(chunk)))
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({
        port: typeof address === 'object' && address ? address.port : 0,
        cuts: () => cuts,
        cutting: (to) => {
          share = to
        },
        close: () =>
          new Promise((done) => {
            for (const socket of sockets) socket.destroy()
            server.close(() => done())
          }),
      })
    }),
  )
}
