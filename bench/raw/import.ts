// Controls for workload 7: the file as it is by COPY into an unlogged table; and parsed, copied to a staging table, then merged by one
// statement into a table with a unique address and a jsonb of the rest. No identity, history, journal, consent or undo.
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import type pg from 'pg'
import { from } from 'pg-copy-streams'

const COLUMNS = 'mail, company, family, given, department, title, phone, prefecture, at, note'

export async function prepareTables(pool: pg.Pool): Promise<void> {
  const columns = COLUMNS.split(', ')
    .map((name) => `${name} text`)
    .join(', ')
  await pool.query(`CREATE UNLOGGED TABLE raw_file (${columns}); CREATE UNLOGGED TABLE raw_stage (${columns});
    CREATE TABLE raw_lead (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail text NOT NULL UNIQUE, rest jsonb NOT NULL, at timestamptz NOT NULL DEFAULT now())`)
}

/** The file as it is. */
export async function copyFile(pool: pg.Pool, path: string, rows: number): Promise<number> {
  const client = await pool.connect()
  try {
    await client.query('TRUNCATE raw_file')
    await pipeline(createReadStream(path), client.query(from('COPY raw_file FROM STDIN WITH (FORMAT csv, HEADER true)')))
    return rows
  } finally {
    client.release()
  }
}

const cell = (text: string): string =>
  text.replace(/[\\\n\r\t]/g, (mark) => (mark === '\\' ? '\\\\' : mark === '\n' ? '\\n' : mark === '\r' ? '\\r' : '\\t'))

/** Parsed, staged, merged. */
export async function mergeFile(pool: pg.Pool, path: string, rows: number): Promise<number> {
  const client = await pool.connect()
  try {
    await client.query('TRUNCATE raw_stage')
    const parser = createReadStream(path).pipe(parse({ from_line: 2 }))
    const lines = async function* (): AsyncGenerator<string> {
      let text = ''
      for await (const record of parser as AsyncIterable<string[]>) {
        text += `${record.map(cell).join('\t')}\n`
        if (text.length < 65_536) continue
        yield text
        text = ''
      }
      if (text) yield text
    }
    await pipeline(lines, client.query(from('COPY raw_stage FROM STDIN')))
    await client.query(`INSERT INTO raw_lead (mail, rest) SELECT DISTINCT ON (lower(mail)) lower(mail), to_jsonb(s) - 'mail' FROM raw_stage s WHERE mail LIKE '%@%'
      ON CONFLICT (mail) DO UPDATE SET rest = raw_lead.rest || excluded.rest`)
    return rows
  } finally {
    client.release()
  }
}
