import { afterAll, beforeAll, expect, test } from 'vitest'
import { testHouse } from '../../../../test/house.ts'
import { aSegment, aTemplate, db, openMailing, someLeads } from '../../../../test/mailing.ts'
import * as newsletters from './service.ts'

beforeAll(async () => openMailing(await testHouse()))
afterAll(() => db.close())

const run = (text: string, values: unknown[] = []) => db.house.pool.query(text, values)

/** A newsletter that is being sent, with so many rows of nobody in particular that wait. */
async function sending(n: number): Promise<string> {
  const { id: templateId, versionId } = await aTemplate()
  const include = [await aSegment(await someLeads(1))]
  const { id } = await db.tx((ctx) => newsletters.create(ctx, { name: '大きな号', templateId, include, exclude: [], topicId: null }))
  await run(`UPDATE newsletter SET status = 'sending', started_at = now(), expanded_at = now() WHERE id = $1`, [id])
  await run(
    `INSERT INTO delivery (bucket, person_id, id, what, source, version_id, purpose, status, not_before, created_at)
     SELECT n % 256, gen_random_uuid(), gen_random_uuid(), 'newsletter:' || $1, $1::uuid, $2::uuid, 'marketing', 'queued', now(), now() FROM generate_series(1, $3::int) n`,
    [id, versionId, n],
  )
  return id
}
const goes = (id: string, n: number) =>
  run(
    `UPDATE delivery SET status = 'sent', sent_at = now() WHERE id IN (SELECT id FROM delivery WHERE source = $1 AND status = 'queued' LIMIT $2)`,
    [id, n],
  )
const sent = async (id: string) => {
  const { counts } = await db.read((ctx) => newsletters.get(ctx, { id }))
  expect(counts.waiting + counts.sent).toBe(counts.total)
  return counts.sent
}

test('S11 a large newsletter is counted behind whoever asks, and anew once it has come to its end; a small one each time', async () => {
  const [large, small] = [await sending(20_000), await sending(50)]
  expect([await sent(large), await sent(small)]).toEqual([0, 0])
  await goes(large, 7)
  await goes(small, 7)
  // What was counted before is answered at once; the next count begins with it, or, soon after the last one, with a later question.
  expect([await sent(large), await sent(small)]).toEqual([0, 7])
  await expect.poll(() => sent(large), { timeout: 20_000 }).toBe(7)
  await goes(large, 100_000)
  await run(`UPDATE newsletter SET status = 'finished' WHERE id = $1`, [large])
  expect(await sent(large)).toBe(20_000)
  const { items } = await db.read((ctx) => newsletters.list(ctx, { limit: 50 }))
  expect(items.map(({ id, counts }) => [id, counts.sent])).toEqual(
    expect.arrayContaining([
      [large, 20_000],
      [small, 7],
    ]),
  )
})

test('S11 whoever changes a large newsletter is answered with what holds then', async () => {
  const id = await sending(20_000)
  expect(await sent(id)).toBe(0)
  await goes(id, 7)
  expect((await db.tx((ctx) => newsletters.pause(ctx, { id }))).counts.sent).toBe(7)
  expect(await sent(id)).toBe(7)
})
