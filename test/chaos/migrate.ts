// A process that migrates DATABASE_URL and ends: something to kill in the middle of a migration.
import pg from 'pg'
import { migrate } from '#kernel/db/migrate.ts'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 })
await migrate(pool)
await pool.end()
