import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '#kernel/db/open.ts'

const WEB_LOCK = 7_212_003

/**
 * One product per data directory: takes a session lock that dies with the process, so a SIGKILL leaves nothing behind.
 * @returns what gives the directory back
 * @throws Error that names the process which has it
 */
export async function holdDirectory(database: Database, dataDir: string): Promise<() => Promise<void>> {
  const client = await database.connect()
  const file = join(dataDir, 'product.pid')
  const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [WEB_LOCK])
  if (!rows[0]?.got) {
    await client.end()
    throw new Error(
      `Hagukumi is running on ${dataDir} already (process ${pidIn(file)}). Stop it first, or set DATA_DIR and PORT to others.`,
    )
  }
  writeFileSync(file, `${process.pid}\n`, { mode: 0o600 })
  return () => client.end()
}

function pidIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
