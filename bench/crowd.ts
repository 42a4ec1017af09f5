// Many leads at once, written as plain SQL: the crowd a workload takes place in, not what it measures.
import type { PoolClient } from 'pg'
import type { Arena } from '../test/chaos/arena.ts'

/**
 * Makes `n` active leads with consent, the same ones each time. Lead i (from 0) holds the device `visitor-<i>` and the address `lead<i>@example.co.jp`.
 * @param bare only their rows: nobody finds them by device, address or consent, and a million is made in a minute
 */
export async function makeCrowd(arena: Arena, n: number, bare = false): Promise<void> {
  const client = await arena.pool.connect()
  try {
    await client.query('SET statement_timeout = 0; SET synchronous_commit = off')
    await client.query(`CREATE TABLE crowd AS SELECT i, md5('crowd ' || i)::uuid AS id FROM generate_series(0, ${n - 1}) i`)
    await client.query('ALTER TABLE crowd ADD COLUMN bucket smallint')
    await client.query(`UPDATE crowd SET bucket = ('x' || right(id::text, 2))::bit(8)::int`)
    await client.query(`
      INSERT INTO person (bucket, id, identified_at, created_at, family_name, company_name, mail, mail_typed, mail_basis, sort_name, search_text, prefecture, industry)
      SELECT bucket, id, now(), now(), '見本' || i, '株式会社サンプル' || i % 5000, 'lead' || i || '@example.co.jp', 'lead' || i || '@example.co.jp', 1, 'lead' || i, 'lead' || i,
        (ARRAY['東京都','大阪府','愛知県','福岡県'])[1 + i % 4], (ARRAY['it','manufacturing','retail'])[1 + i % 3]
      FROM crowd ORDER BY bucket, id`)
    await client.query('INSERT INTO pulse (bucket, person_id) SELECT bucket, id FROM crowd ORDER BY bucket, id')
    if (!bare) await makeKnown(client)
    await client.query('ANALYZE')
  } finally {
    client.release(true)
  }
}

/** By what leads are found, and what they agreed to. */
async function makeKnown(client: PoolClient): Promise<void> {
  await client.query(
    `INSERT INTO identity (kind, value, bucket, person_id, since) SELECT 'device', 'visitor-' || i, bucket, id, now() FROM crowd`,
  )
  await client.query(
    `INSERT INTO identity (kind, value, bucket, person_id, since) SELECT 'mail', 'lead' || i || '@example.co.jp', bucket, id, now() FROM crowd`,
  )
  await client.query(
    `INSERT INTO consent_entry (bucket, person_id, id, purpose, given, basis, at, route, actor) SELECT bucket, id, id, 'marketing', true, 'published', now(), 'bench', 'bench' FROM crowd ORDER BY bucket, id`,
  )
  await client.query(
    `INSERT INTO consent_state (bucket, person_id, purpose, topic_id, given, basis, entry_id, at) SELECT bucket, id, 'marketing', '00000000-0000-0000-0000-000000000000', true, 'published', id, now() FROM crowd ORDER BY bucket, id`,
  )
}

/** A live segment with the first `n` of the crowd; answers its id. */
export async function segmentOfCrowd(arena: Arena, n: number): Promise<string> {
  const { rows } = await arena.pool.query<{ id: string }>(
    `INSERT INTO segment (id, name, audience, live_version, created_at, created_by, changed_at) SELECT g, g::text, 'leads', 1, now(), 'bench', now() FROM gen_random_uuid() g RETURNING id`,
  )
  const id = rows[0]?.id ?? ''
  await arena.pool.query(
    `INSERT INTO membership (bucket, person_id, segment_id, version, is_in, since, because) SELECT bucket, id, $1::uuid, 1, true, now(), '[]' FROM crowd WHERE i < $2 ORDER BY bucket, id`,
    [id, n],
  )
  return id
}
