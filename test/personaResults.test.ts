// How a mail did with each persona: the readers behind every number, and what chance alone would explain.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { create as createNewsletter } from '#loop/deliver/newsletter/service.ts'
import { OPEN_CAPS } from '#loop/deliver/outbox/caps/decide.ts'
import { save as saveCaps } from '#loop/deliver/outbox/caps/service.ts'
import { queue } from '#loop/deliver/outbox/service.ts'
import { sendDue } from '#loop/deliver/sender/lanes.ts'
import { compile } from '#loop/deliver/template/kitchen.ts'
import { REPORT_PEOPLE } from '#loop/deliver/template/report/contract.ts'
import * as report from '#loop/deliver/template/report/service.ts'
import { make } from '#loop/deliver/template/service.ts'
import { identify } from '#loop/identify/service.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { type Persona, profile } from '#loop/segment/personas/contract.ts'
import * as personas from '#loop/segment/personas/service.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'

let db: TestDatabase
let template = ''
let version = ''
let before: unknown[] = []
let tokyo: Persona
let osaka: Persona
let empty: Persona
const EACH = 60
const of = (prefecture: string): Promise<Subject[]> =>
  db.tx(async (ctx) =>
    (
      await identify(
        ctx,
        Array.from({ length: EACH }, (_, i) => ({
          mail: `${prefecture === '東京都' ? 'tokyo' : prefecture === '大阪府' ? 'osaka' : 'else'}${i}@example.co.jp`,
          fields: { prefecture, familyName: `見本${i}` },
          at: ctx.now,
          route: 'form' as const,
        })),
      )
    ).map((one) => one.subject),
  )
const persona = (name: string, prefecture: string) =>
  db.tx((ctx) =>
    personas.create(ctx, {
      name,
      profile: profile.parse({}),
      rule: { kind: 'fact', fact: 'prefecture', is: { op: 'eq', value: prefecture } },
    }),
  )

beforeAll(async () => {
  db = await testHouse()
  await db.tx((ctx) => saveCaps(ctx, OPEN_CAPS))
  await db.tx((ctx) => updateCompany(ctx, { legalName: '株式会社見本', senderEmail: 'news@mihon.example' }))
  const draft = { subject: 'ご案内', preheader: '', blocks: [] }
  const compiled = await compile(draft)
  const made = await db.tx((ctx) => make(ctx, { name: '見本', draft }, compiled))
  template = made.id
  version = made.versionId
  before = await shown()
  tokyo = await persona('東京の購買', '東京都')
  osaka = await persona('大阪の情シス', '大阪府')
  empty = await persona('福岡の人', '福岡県')
  const people = [...(await of('東京都')), ...(await of('大阪府')), ...(await of('北海道'))]
  await db.drain()
  await turnUntilQuiet(db.house)
  await db.drain()
  await turnUntilQuiet(db.house)
  await db.tx((ctx) =>
    queue(
      ctx,
      people.map((subject) => ({ subject, what: `notice:p:${subject.id}`, templateVersion: version, purpose: 'transactional' as const })),
    ),
  )
  await sendDue(db.house)
  const clicked = [...people.slice(0, 30), ...people.slice(EACH, EACH + 6), ...people.slice(2 * EACH, 2 * EACH + 12)].map((one) => one.id)
  await db.tx((ctx) =>
    sql`UPDATE delivery SET opened_at = ${ctx.now}, clicked_at = ${ctx.now} WHERE person_id = ANY(${clicked}::uuid[])`.execute(ctx.db),
  )
})
afterAll(() => db.close())

const shown = async (newsletterId?: string) =>
  (await db.read((ctx) => report.personas(ctx, { id: template, ...(newsletterId ? { newsletterId } : {}) }))).items

test('NUR-20 a mail’s results by persona: sample, rates, and better or worse than all others only where chance is not enough; every number opens its people', async () => {
  expect(before).toEqual([])
  const items = await shown()
  expect(items.map((one) => [one.personaId, one.name, one.figures.sent, one.figures.clicked, one.against.clicked])).toEqual([
    [tokyo.id, '東京の購買', 60, 30, 'better'],
    [osaka.id, '大阪の情シス', 60, 6, 'worse'],
    [empty.id, '福岡の人', 0, 0, 'few'],
    [null, '', 60, 12, 'same'],
  ])
  expect(items[0]?.rates.clicked).toMatchObject({ share: 0.5 })
  for (const one of items)
    for (const what of REPORT_PEOPLE) {
      const list = await db.read((ctx) => report.people(ctx, { id: template, of: what, personaId: one.personaId ?? 'none', limit: 200 }))
      expect(list.items.length, `${one.name} ${what}`).toBe(one.figures[what as 'sent'])
    }
})

test('NUR-20 of one newsletter only its own mails count, and a newsletter of another template is none of this one’s', async () => {
  const segment = (await db.read((ctx) => personas.list(ctx))).items[0]?.segmentId ?? ''
  const made = await db.tx((ctx) =>
    createNewsletter(ctx, { name: '見本', templateId: template, include: [segment], exclude: [], topicId: null }),
  )
  await db.tx((ctx) =>
    sql`UPDATE delivery SET source = ${made.id}::uuid WHERE (bucket, person_id) IN (SELECT bucket, id FROM person WHERE mail LIKE 'tokyo1%')`.execute(
      ctx.db,
    ),
  )
  const items = await shown(made.id)
  expect(items.map((one) => one.figures.sent)).toEqual([11, 0, 0, 0])
  const list = await db.read((ctx) => report.people(ctx, { id: template, of: 'sent', newsletterId: made.id, limit: 50 }))
  expect(list.items.length).toBe(11)
  await expect(shown('00000000-0000-7000-8000-000000000001')).rejects.toMatchObject({ code: 'newsletter.missing' })
})
