import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Subject } from '#kernel/db/buckets.ts'
import { forward, mergeByHand } from '#loop/identify/adopt/service.ts'
import { testHouse } from '../../../../test/house.ts'
import { aTemplate, db, openMailing, someLeads } from '../../../../test/mailing.ts'
import { sendDue } from '../sender/lanes.ts'
import { meetDeliveries } from './meet.queries.ts'
import { queue } from './service.ts'

beforeAll(async () => openMailing(await testHouse()))
afterAll(() => db.close())

test('CRM-09 mails of two people who become one: nothing is sent twice, nothing is lost, and it can be undone', async () => {
  const template = await aTemplate()
  const [kept, lost] = (await someLeads(2)) as [Subject, Subject]
  const mail = (subject: Subject, what: string) => ({ subject, what, templateVersion: template.versionId, purpose: 'marketing' as const })
  await db.tx((ctx) => queue(ctx, [mail(kept, 'notice:both'), mail(lost, 'notice:own')]))
  await sendDue(db.house)
  await db.tx((ctx) => queue(ctx, [mail(lost, 'notice:both')]))
  await db.tx((ctx) => meetDeliveries(ctx, { from: lost, to: kept, undo: false, also: [] }))
  const rows = async (s: Subject) =>
    (
      await db.read((ctx) =>
        sql<{
          what: string
          status: string
        }>`SELECT split_part(what, '#', 1) AS what, status FROM delivery WHERE bucket = ${s.bucket} AND person_id = ${s.id} ORDER BY 1, 2`.execute(
          ctx.db,
        ),
      )
    ).rows
  expect(await rows(kept)).toEqual([
    { what: 'notice:both', status: 'cancelled' },
    { what: 'notice:both', status: 'sent' },
    { what: 'notice:own', status: 'sent' },
  ])
  expect(await rows(lost)).toEqual([])
  await db.tx((ctx) => meetDeliveries(ctx, { from: kept, to: lost, undo: true, also: [] }))
  expect(await rows(kept)).toEqual([{ what: 'notice:both', status: 'sent' }])
  expect((await rows(lost)).map((r) => r.what)).toEqual(['notice:both', 'notice:own'])
})

test('CRM-09 three who became one after another had the same mail each: those who part again share one name for it, and nothing waits twice', async () => {
  const template = await aTemplate()
  const [last, middle, first] = (await someLeads(3)) as [Subject, Subject, Subject]
  const mail = (subject: Subject) => ({
    subject,
    what: 'notice:three',
    templateVersion: template.versionId,
    purpose: 'marketing' as const,
  })
  await db.tx((ctx) => queue(ctx, [mail(first)]))
  await sendDue(db.house)
  await db.tx((ctx) => queue(ctx, [mail(last), mail(middle)]))
  await db.tx((ctx) => meetDeliveries(ctx, { from: first, to: middle, undo: false, also: [] }))
  await db.tx((ctx) => meetDeliveries(ctx, { from: middle, to: last, undo: false, also: [] }))
  await db.tx((ctx) => meetDeliveries(ctx, { from: last, to: middle, undo: true, also: [first.id] }))
  const rows = async (s: Subject) =>
    (
      await db.house.pool.query<{ what: string; status: string }>('SELECT what, status FROM delivery WHERE person_id = $1 ORDER BY what', [
        s.id,
      ])
    ).rows
  expect(await rows(middle)).toMatchObject([{ what: 'notice:three', status: 'sent' }, { status: 'cancelled' }])
  await db.tx((ctx) => meetDeliveries(ctx, { from: middle, to: first, undo: true, also: [] }))
  expect(await rows(first)).toEqual([{ what: 'notice:three', status: 'sent' }])
  expect((await rows(middle)).map(({ status }) => status)).toEqual(['cancelled'])
})

test('CRM-09 a mail that was on the wire while its person was merged lies with whom they are now, once it has arrived', async () => {
  const template = await aTemplate()
  const [keep, lose] = (await someLeads(2)) as [Subject, Subject]
  await db.tx((ctx) => queue(ctx, [{ subject: lose, what: 'notice:wire', templateVersion: template.versionId, purpose: 'marketing' }]))
  const move = (status: string) => db.house.pool.query("UPDATE delivery SET status = $1 WHERE what = 'notice:wire'", [status])
  await move('transmitting')
  await db.tx((ctx) => mergeByHand(ctx, { keep, lose }))
  await move('sent')
  // As the reactor does, which is told of it under the old id.
  await db.tx((ctx) => forward(ctx, [lose]))
  const { rows } = await db.house.pool.query("SELECT person_id, status FROM delivery WHERE what = 'notice:wire'")
  expect(rows).toEqual([{ person_id: keep.id, status: 'sent' }])
})
