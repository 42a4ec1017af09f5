// Control for workload 2: POST → insert, membership and notify in one statement → LISTEN. What the machine can do at least.
import { createServer } from 'node:http'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 8 })
await pool.query(`
  CREATE TABLE IF NOT EXISTS raw_seen (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, at timestamptz DEFAULT now());
  CREATE TABLE IF NOT EXISTS raw_member (who text PRIMARY KEY, since timestamptz DEFAULT now())`)

createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', async () => {
    const { anonymousId } = JSON.parse(Buffer.concat(parts).toString()) as { anonymousId: string }
    await pool.query({
      name: 'floor',
      text: `WITH e AS (INSERT INTO raw_seen (who) VALUES ($1)), m AS (INSERT INTO raw_member (who) VALUES ($1) ON CONFLICT (who) DO UPDATE SET since = now()) SELECT pg_notify('raw', $1)`,
      values: [anonymousId],
    })
    response.writeHead(200, { 'content-length': '2' }).end('{}')
  })
}).listen(Number(process.env.PORT), '127.0.0.1', () => process.stdout.write('ready\n'))
