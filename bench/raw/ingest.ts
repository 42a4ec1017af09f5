// Control for workloads 1 and 1b: the least a server can do and still answer after the commit. One table, one unnest insert
// for all that came in while the last one was written.
import Fastify from 'fastify'
import pg from 'pg'

interface Waiting {
  readonly ids: string[]
  readonly names: string[]
  readonly props: string[]
  done(error?: unknown): void
}

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 })
await pool.query(`
  CREATE TABLE IF NOT EXISTS raw_event (seq bigint GENERATED ALWAYS AS IDENTITY, id text PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL DEFAULT now(), props jsonb NOT NULL);
  CREATE INDEX IF NOT EXISTS raw_event_name ON raw_event (name, at); CREATE INDEX IF NOT EXISTS raw_event_at ON raw_event USING brin (at)`)

let queue: Waiting[] = []
let running = 0

async function flush(): Promise<void> {
  if (running >= 2 || queue.length === 0) return
  const batch = queue
  queue = []
  running++
  try {
    const flat = (pick: (each: Waiting) => string[]): string[] => batch.flatMap(pick)
    await pool.query({
      name: 'insert',
      text: 'INSERT INTO raw_event (id, name, props) SELECT * FROM unnest($1::text[], $2::text[], $3::jsonb[]) ON CONFLICT DO NOTHING',
      values: [flat((each) => each.ids), flat((each) => each.names), flat((each) => each.props)],
    })
    for (const each of batch) each.done()
  } catch (error) {
    for (const each of batch) each.done(error)
  } finally {
    running--
    void flush()
  }
}

interface Event {
  readonly messageId: string
  readonly event: string
}

const app = Fastify()
app.post<{ Body: Event & { batch?: Event[] } }>('/event', (request) => {
  const events = request.body.batch ?? [request.body]
  return new Promise((resolve, reject) => {
    queue.push({
      ids: events.map((event) => event.messageId),
      names: events.map((event) => event.event),
      props: events.map((event) => JSON.stringify(event)),
      done: (error) => (error ? reject(error) : resolve({ success: true })),
    })
    void flush()
  })
})
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
process.stdout.write('ready\n')
