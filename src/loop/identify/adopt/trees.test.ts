import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Subject } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { property } from '../../../../test/world.ts'
import { recordChoices } from '../consent/service.ts'
import { identify, resolveDevices, resolveSubject, stopMail } from '../service.ts'
import { personTables } from '../tables.ts'
import { mergePages } from './jobs.ts'
import { mergeByHand, undoAdoption } from './service.ts'

let db: TestDatabase
// Half of the merges go in pages: whoever has more than five events.
beforeAll(async () => {
  db = await testDatabase({ ports: { personTables, facts: [], pagedFrom: 5 }, jobs: [mergePages] })
})
afterAll(() => db.close())

let serial = 0
async function someone(events: number): Promise<Subject> {
  const n = ++serial
  const device = `tree-${n}`
  return db.tx(async (ctx) => {
    await resolveDevices(ctx, [{ device, at: ctx.now, historic: false }])
    const [made] = await identify(ctx, [
      {
        device,
        mail: `tree${n}@example.co.jp`,
        route: 'form',
        at: ctx.now,
        fields: { familyName: `姓${n}`, ...(n % 2 ? { title: `役職${n}` } : {}), ...(n % 3 ? { companyName: `会社${n}` } : {}) },
        attrs: n % 2 ? { size: n } : {},
        tags: [`t${n}`],
      },
    ])
    const subject = made?.subject as Subject
    await append(
      ctx,
      Array.from({ length: events }, (_, i) => ({
        subject,
        id: eventId('tree', `${n}-${i}`),
        name: 'page.viewed',
        occurredAt: ctx.now,
        via: device,
        props: {},
      })),
    )
    return subject
  })
}

/** Fields, events, keys of everybody; what merging itself writes down is left out. */
async function picture(ids: readonly string[]): Promise<string> {
  const ask = async (query: string) => (await db.house.pool.query(query, [ids])).rows
  return JSON.stringify({
    people: await ask(`SELECT to_jsonb(p) - 'version' - 'last_seen_at' - 'mail_stop' AS row FROM person p WHERE id = ANY($1) ORDER BY id`),
    events: await ask(
      `SELECT person_id, id, name, origin_person_id FROM journal WHERE person_id = ANY($1) AND name NOT IN ('lead.adopted', 'lead.released', 'consent.withdrawn') ORDER BY 1, 2`,
    ),
    keys: await ask('SELECT kind, value, person_id FROM identity WHERE person_id = ANY($1) ORDER BY 1, 2'),
  })
}
const stops = async (ids: readonly string[]) =>
  new Map(
    (await db.house.pool.query('SELECT id, mail_stop FROM person WHERE id = ANY($1)', [ids])).rows.map((row) => [
      row.id as string,
      Number(row.mail_stop),
    ]),
  )
const refused = async (ids: readonly string[]) =>
  (
    await db.house.pool.query(`SELECT person_id FROM consent_state WHERE person_id = ANY($1) AND purpose = 'phone' AND NOT given`, [ids])
  ).rows.map((row) => row.person_id as string)

test('D4 GEN-09 whatever tree of merges is made and taken apart, in pages too: fields, events and devices are as before, every old id leads on, consent only gets stricter', async () => {
  const step = fc.record({ keep: fc.nat(4), lose: fc.nat(4), act: fc.constantFrom('merge', 'merge', 'stop', 'phone') })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 5 }),
      fc.array(step, { minLength: 1, maxLength: 6 }),
      async (sizes, steps) => {
        const people: Subject[] = []
        for (const size of sizes) people.push(await someone(size))
        const ids = people.map((one) => one.id)
        const before = await picture(ids)
        const made: string[] = []
        for (const { keep, lose, act } of steps) {
          db.clock.advance(60_000)
          const find = (n: number) => db.read((ctx) => resolveSubject(ctx, ids[n % ids.length] as string))
          const [one, other] = [await find(keep), await find(lose)]
          if (!one || !other) throw new Error('an old id leads nowhere')
          if (act === 'stop')
            await db.tx((ctx) =>
              stopMail(ctx, { address: `tree${serial - (keep % ids.length)}@example.co.jp`, reason: 'unsubscribe', at: ctx.now }),
            )
          else if (act === 'phone')
            await db.tx((ctx) =>
              recordChoices(ctx, [{ subject: one, purpose: 'phone', given: false, basis: 'refused', route: 'hand', at: ctx.now }]),
            )
          else if (one.id !== other.id) {
            await db.tx((ctx) => mergeByHand(ctx, { keep: one, lose: other, chosen: keep % 2 ? ['title', 'familyName'] : [] }))
            await mergePages.run(db.house, {})
            const { rows } = await db.house.pool.query(
              'SELECT id FROM adoption WHERE old_id = $1 AND undone_at IS NULL ORDER BY at DESC LIMIT 1',
              [other.id],
            )
            made.push(rows[0].id)
          }
        }
        const strictest = await stops(ids)
        const saidNo = await refused(ids)
        for (const id of made.reverse()) {
          db.clock.advance(60_000)
          await db.tx((ctx) => undoAdoption(ctx, id))
          await mergePages.run(db.house, {})
        }
        expect(await picture(ids)).toBe(before)
        for (const [id, level] of await stops(ids)) expect(level).toBeGreaterThanOrEqual(strictest.get(id) ?? 0)
        expect(await refused(ids)).toEqual(expect.arrayContaining(saidNo))
        for (const id of ids) expect((await db.read((ctx) => resolveSubject(ctx, id)))?.id).toBe(id)
      },
    ),
    { seed: property.seed, numRuns: Math.min(15, property.numRuns) },
  )
})
