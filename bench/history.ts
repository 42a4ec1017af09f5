// A company's past: a year of events by skewed names on skewed people, the same for the same numbers. Plain SQL: not what is measured.
import { FIRST_SETTINGS } from '#loop/score/rules/contract.ts'
import type { Arena } from '../test/chaos/arena.ts'
import { makeCrowd } from './crowd.ts'

const STRIDE = 2_000_000
const PAGES = "(ARRAY['pricing','products','cases','blog','contact','careers','docs','events'])"

/**
 * Makes `leads` leads with scores and `events` events behind them within the year before now, oldest first as they would have come.
 * 45 % page views, 15 % mails sent, 10 % opened, 3 % clicked, visits, links, downloads, forms, and 40 names of one's own; a few people
 * did much, the busiest a thousandth of everything.
 */
export async function makeHistory(arena: Arena, { leads, events }: { leads: number; events: number }): Promise<void> {
  await makeCrowd(arena, leads)
  const client = await arena.pool.connect()
  const run = (text: string) => client.query(text)
  try {
    await run(
      "SET statement_timeout = 0; SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'; SET max_parallel_workers_per_gather = 0",
    )
    await client.query(
      `INSERT INTO score_version (model, version, state, rules, settings, made_at, made_by, live_at)
        SELECT 'main', 1, 'live', '[]', $1, now(), 'bench', now() ON CONFLICT DO NOTHING`,
      [JSON.stringify(FIRST_SETTINGS)],
    )
    await run(`UPDATE score_model SET live_version = 1 WHERE name = 'main' AND live_version IS NULL`)
    await run(`INSERT INTO score (bucket, person_id, model, version, attribute_plus, attribute_minus, behaviour_plus, behaviour_minus, total, recent, heat, heat_since, changed_at)
      SELECT c.bucket, c.id, 'main', m.live_version, c.i * 31 % 200, 0, 0, 0, c.i * 31 % 200, 0, 'cold', now(), now() FROM crowd c, score_model m WHERE m.name = 'main' ORDER BY 1, 2`)
    // Indexes are made at the end: rows come in the order of time, keys in that of people.
    await run('ALTER TABLE journal DROP CONSTRAINT journal_pkey; DROP INDEX journal_lna')
    await run('SELECT setseed(0.2026)')
    for (let from = 0; from < events; from += STRIDE) await run(eventsOf({ leads, events, from, to: Math.min(events, from + STRIDE) }))
    await run('ALTER TABLE journal ADD CONSTRAINT journal_pkey PRIMARY KEY (bucket, person_id, id)')
    await run('CREATE INDEX journal_lna ON journal (bucket, person_id, name, occurred_at)')
    for (const table of ['journal', 'person', 'score', 'pulse']) await run(`VACUUM (ANALYZE) ${table}`)
    await run('CHECKPOINT')
  } finally {
    client.release(true)
  }
}

function eventsOf({ leads, events, from, to }: { leads: number; events: number; from: number; to: number }): string {
  return `INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at, page_group, props)
    SELECT c.bucket, c.id, md5('event ' || e.i)::uuid, e.name, e.at, e.at, CASE WHEN e.name = 'page.viewed' AND e.page = 'pricing' THEN 'pricing' END,
      CASE WHEN e.name = 'page.viewed' THEN jsonb_build_object('url', 'https://example.co.jp/' || e.page || '/' || e.i % 50, 'title', 'ページ ' || e.page)
        WHEN e.name LIKE 'mail.%' THEN jsonb_build_object('delivery', e.i % 9000, 'agent', CASE WHEN e.i % 20 = 0 THEN 'machine' ELSE 'human' END)
        ELSE jsonb_build_object('plan', e.page, 'seats', e.i % 40) END
    FROM (SELECT i, who, date_trunc('milliseconds', now() - (${events} - i) * (interval '365 days' / ${events})) AS at, ${PAGES}[1 + (page * page * 8)::int % 8] AS page,
        CASE WHEN r < 0.45 THEN 'page.viewed' WHEN r < 0.60 THEN 'mail.sent' WHEN r < 0.70 THEN 'mail.opened' WHEN r < 0.73 THEN 'mail.clicked'
          WHEN r < 0.83 THEN 'session.started' WHEN r < 0.88 THEN 'link.clicked' WHEN r < 0.90 THEN 'file.downloaded' WHEN r < 0.905 THEN 'form.submitted'
          ELSE 'custom.c' || floor(page * page * 40)::int END AS name
      FROM (SELECT i, CASE WHEN i % 1000 = 0 THEN 0 ELSE floor(${leads} * random() ^ 1.5)::int END AS who, random() AS r, random() AS page
        FROM generate_series(${from}::bigint, ${to - 1}::bigint) i OFFSET 0) drawn) e
    JOIN crowd c ON c.i = e.who`
}
