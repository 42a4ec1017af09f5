// Control for workload 5: claim, advance and history of waiting rows in sets of 500, as bare SQL. Advances all that is due, then looks again.
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
await client.connect()
process.stdout.write('ready\n')
for (;;) {
  const { rowCount } = await client.query({
    name: 'advance',
    text: `WITH due AS (SELECT bucket, id FROM raw_run WHERE status = 'active' AND due_at <= now() ORDER BY bucket, id LIMIT 500 FOR UPDATE SKIP LOCKED),
      moved AS (UPDATE raw_run r SET step = 'end', status = 'ended', due_at = NULL FROM due WHERE r.bucket = due.bucket AND r.id = due.id RETURNING r.bucket, r.id)
      INSERT INTO raw_step (bucket, run_id, step, at) SELECT bucket, id, 'wait', now() FROM moved`,
  })
  if (!rowCount) await pause(100)
}
