// Control for workload 5: graphile-worker, one job for each step. A job does what the bare SQL does, for one row.
import { run } from 'graphile-worker'

await run({
  connectionString: process.env.DATABASE_URL ?? '',
  concurrency: 20,
  maxPoolSize: 20,
  taskList: {
    step: async (payload, { withPgClient }) => {
      const { bucket, id } = payload as { bucket: number; id: string }
      await withPgClient((client) =>
        client.query({
          name: 'advance',
          text: `WITH moved AS (UPDATE raw_run SET step = 'end', status = 'ended', due_at = NULL WHERE bucket = $1 AND id = $2 RETURNING bucket, id)
            INSERT INTO raw_step (bucket, run_id, step, at) SELECT bucket, id, 'wait', now() FROM moved`,
          values: [bucket, id],
        }),
      )
    },
  },
})
process.stdout.write('ready\n')
