// Everything that can happen to a few people at once: visits, forms, imports, the API, stops, merges, their undoing, changes by hand, reactors.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Subject } from '#kernel/db/buckets.ts'
import { codeOf, Refusal } from '#kernel/errors.ts'
import { append, eventId } from '#kernel/journal.ts'
import { adoptionsOf, mergeByHand, undoAdoption } from '#loop/identify/adopt/service.ts'
import { updateLead } from '#loop/identify/change/service.ts'
import { addressHash } from '#loop/identify/consent/service.ts'
import { type IdentifyAct, identify, resolveDevices, stopMail } from '#loop/identify/service.ts'
import { turn, turnUntilQuiet } from '#loop/reactor/service.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'
import { property, seeded } from './world.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

const MAILS = Array.from({ length: 5 }, (_, n) => `storm${n}@example.jp`)
const EXTERNALS = ['E-1', 'E-2', 'E-3']
const DEVICES = Array.from({ length: 6 }, (_, n) => `storm-device-${n}`)
const ROUNDS = 25
const AT_ONCE = 8
/** What may be answered to somebody who comes second; anything else that is thrown is a fault. */
const FAIR = new Set([
  'mail.taken',
  'lead.unknown',
  'lead.gone',
  'lead.erased',
  'adoption.gone',
  'adoption.later',
  'merge.same',
  'identify.busy',
])

const draw = seeded(property.seed)
const one = <T>(of: readonly T[]): T => of[Math.floor(draw() * of.length)] as T
let views = 0

async function view(device: string): Promise<void> {
  await db.tx(async (ctx) => {
    const subject = (await resolveDevices(ctx, [{ device, at: ctx.now, historic: false }])).get(device) as Subject
    await append(ctx, [{ subject, id: eventId('storm', `${++views}`), name: 'page.viewed', occurredAt: ctx.now, via: device, props: {} }])
  })
}

const act = (given: Partial<IdentifyAct>) => db.tx((ctx) => identify(ctx, [{ route: 'form', at: ctx.now, ...given }]))

async function leads(): Promise<Subject[]> {
  return (await db.house.pool.query('SELECT bucket, id FROM person WHERE identified_at IS NOT NULL ORDER BY id')).rows
}

const deeds: readonly (() => Promise<unknown>)[] = [
  () => view(one(DEVICES)),
  () => view(one(DEVICES)),
  () => act({ device: one(DEVICES), mail: one(MAILS), consent: { basis: 'consent', text: 'x' } }),
  () => act({ mail: one(MAILS), externalId: one(EXTERNALS), route: 'import', historic: true, consent: { basis: 'card', text: 'x' } }),
  () => act({ device: one(DEVICES), externalId: one(EXTERNALS), route: 'api', onlyEmpty: true, mail: one(MAILS) }),
  () => act({ externalId: one(EXTERNALS), route: 'api', fields: { title: '部長' } }),
  () => db.tx((ctx) => stopMail(ctx, { address: one(MAILS), reason: draw() < 0.7 ? 'unsubscribe' : 'complaint', at: ctx.now })),
  () => turn(db.house),
  async () => {
    const all = await leads()
    if (all.length > 1) await db.tx((ctx) => mergeByHand(ctx, { keep: one(all), lose: one(all) }))
  },
  async () => {
    const all = await leads()
    const who = all.length ? one(all) : null
    const open = who ? (await db.read((ctx) => adoptionsOf(ctx, who.id))).filter((each) => each.undoneAt === null) : []
    if (open.length) await db.tx((ctx) => undoAdoption(ctx, one(open).id))
  },
  async () => {
    const all = await leads()
    if (all.length) await db.tx((ctx) => updateLead(ctx, { id: one(all).id, mail: one(MAILS) }))
  },
]

const count = async (query: string, values: unknown[] = []) => Number((await db.house.pool.query(query, values)).rows[0]?.n)

test(`TRK-03 GEN-04 CRM-09 a storm on a few people loses no event, leaves nobody in two places and no stopped address sendable (seed ${property.seed})`, async () => {
  const faults: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, () =>
        one(deeds)().catch((error: unknown) => {
          if (!(error instanceof Refusal && FAIR.has(error.code)))
            faults.push(
              `${codeOf(error)} ${(error as Error).message}\n${(error as Error).stack
                ?.split('\n')
                .filter((l) => l.includes('/src/'))
                .join('\n')}`,
            )
        }),
      ),
    )
    db.clock.advance(1_000)
  }
  await turnUntilQuiet(db.house)
  expect(faults).toEqual([])
  expect(await count("SELECT count(*) AS n FROM journal WHERE name = 'page.viewed'"), 'no view is lost or doubled').toBe(views)
  expect(
    await count(
      'SELECT count(*) AS n FROM journal j WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.bucket = j.bucket AND p.id = j.person_id)',
    ),
  ).toBe(0)
  expect(
    await count(
      'SELECT count(*) AS n FROM identity i WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.bucket = i.bucket AND p.id = i.person_id)',
    ),
  ).toBe(0)
  expect(
    await count(
      'SELECT count(*) AS n FROM person p WHERE NOT EXISTS (SELECT 1 FROM pulse q WHERE q.bucket = p.bucket AND q.person_id = p.id)',
    ),
  ).toBe(0)
  expect(await count('SELECT count(*) AS n FROM news')).toBe(0)
  expect(await count('SELECT count(*) AS n FROM pulse WHERE parked_reason IS NOT NULL')).toBe(0)
  const twice = await db.house.pool.query(
    'SELECT mail, array_agg(id) AS ids FROM person WHERE mail IS NOT NULL GROUP BY 1 HAVING count(*) > 1',
  )
  expect(twice.rows, 'one address, one lead').toEqual([])
  const strays = await db.house.pool.query(
    `SELECT p.mail FROM person p WHERE p.mail IS NOT NULL AND NOT EXISTS (SELECT 1 FROM identity i WHERE i.kind = 'mail' AND i.value = p.mail AND i.person_id = p.id)`,
  )
  expect(strays.rows, 'who is reached by an address holds it').toEqual([])
  for (const mail of MAILS) {
    const sendable = await count(
      'SELECT count(*) AS n FROM person p JOIN suppression s ON s.address_hash = $2 WHERE p.mail = $1 AND p.mail_stop < s.level',
      [mail, addressHash(db.house, mail)],
    )
    expect(sendable, mail).toBe(0)
  }
})
