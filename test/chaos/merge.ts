// D4 with kills: merges and their undoing, of people with very many rows too, while the product is killed in the middle.
import { deepEqual, equal } from 'node:assert/strict'
import { withTx } from '#kernel/db/tx.ts'
import { identify } from '#loop/identify/service.ts'
import type { Product } from '../product.ts'
import { until } from '../world.ts'
import { type Arena, openArena, SYSTEM } from './arena.ts'
import type { Row } from './row.ts'

/** Leads with events of their own; the first has more than go in one transaction. */
async function makeLeads(arena: Arena, n: number, many: number): Promise<string[]> {
  const house = await arena.house()
  const made = await withTx(house, SYSTEM, (ctx) =>
    identify(
      ctx,
      Array.from({ length: n }, (_, i) => ({
        route: 'import' as const,
        at: ctx.now,
        historic: true,
        mail: `merge${i}@example.co.jp`,
        fields: { familyName: `見本${i}` },
      })),
    ),
  )
  for (const [i, { subject }] of made.entries())
    await arena.pool.query(
      `INSERT INTO journal (bucket, person_id, id, name, occurred_at, received_at) SELECT $1, $2, gen_random_uuid(), 'custom.chaos', now(), now() FROM generate_series(1, $3::int)`,
      [subject.bucket, subject.id, i === 0 ? many : 20],
    )
  return made.map(({ subject }) => subject.id)
}

async function picture(arena: Arena): Promise<string> {
  const events = await arena.pool.query(
    `SELECT person_id, count(*)::int AS n, count(origin_person_id)::int AS moved FROM journal WHERE name = 'custom.chaos' GROUP BY 1 ORDER BY 1`,
  )
  const keys = await arena.pool.query('SELECT kind, value, person_id FROM identity ORDER BY 1, 2')
  const people = await arena.pool.query('SELECT id, mail, family_name FROM person ORDER BY 1')
  return JSON.stringify([events.rows, keys.rows, people.rows])
}

async function ask(product: Product, key: string, path: string, body: object): Promise<number> {
  const answer = await fetch(`${product.url}/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  }).catch(() => null)
  await answer?.arrayBuffer().catch(() => null)
  return answer?.status ?? 0
}

const quiet = (arena: Arena) =>
  until(async () => (await arena.pool.query('SELECT 1 FROM merge_run WHERE finished_at IS NULL')).rows.length === 0, {
    within: 240_000,
    what: 'the pages',
  })

export const killedMerges: Row = {
  id: 'D4',
  title: 'D4 GEN-09 merges and their undoing survive kills in the middle: in the end everything is as before, and every old id leads on',
  async run(ground, scale, seed) {
    const { leads, many, kills } = scale === 'full' ? { leads: 40, many: 400_000, kills: 60 } : { leads: 6, many: 52_000, kills: 3 }
    const arena = await openArena(ground, seed)
    try {
      const ids = await makeLeads(arena, leads, many)
      const key = await arena.key('admin')
      const before = await picture(arena)
      let product = await arena.product()
      for (let kill = 0; kill < kills; kill++) {
        const [keep, lose] = kill === 0 ? [ids[1], ids[0]] : [ids[Math.floor(arena.draw() * leads)], ids[Math.floor(arena.draw() * leads)]]
        const asked = ask(product, key, '/duplicates/merge', { keep, lose, chosen: [] })
        await new Promise((resolve) => setTimeout(resolve, 50 + arena.draw() * 600))
        await product.kill()
        await asked
        product = await arena.product()
      }
      await quiet(arena)
      const { rows } = await arena.pool.query<{ id: string }>('SELECT id FROM adoption WHERE undone_at IS NULL ORDER BY at DESC, id DESC')
      for (const [i, { id }] of rows.entries()) {
        const asked = ask(product, key, `/leads/adoptions/${id}/undo`, {})
        if (i % 2 === 0) {
          await new Promise((resolve) => setTimeout(resolve, 20 + arena.draw() * 300))
          await product.kill()
          await asked
          product = await arena.product()
        } else await asked
        await quiet(arena)
        const open = await arena.pool.query('SELECT 1 FROM adoption WHERE id = $1 AND undone_at IS NULL', [id])
        if (open.rows.length)
          equal(await ask(product, key, `/leads/adoptions/${id}/undo`, {}), 200, 'an undo that was cut off can be asked again')
        await quiet(arena)
      }
      equal(await picture(arena), before, 'as before')
      const parked = await arena.pool.query('SELECT person_id FROM pulse WHERE parked_reason IS NOT NULL')
      deepEqual(parked.rows, [], 'nobody stays parked')
      await product.stop()
      return `${rows.length} merges made and undone over ${kills + Math.ceil(rows.length / 2)} kills, one of ${many} events in pages: 0 differences`
    } finally {
      await arena.close()
    }
  },
}
