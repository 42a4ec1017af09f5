import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { update as updateProfile } from '#access/company/service.ts'
import { DAY } from '#kernel/clock.ts'
import { bySubject, type Subject, subjectOf } from '#kernel/db/buckets.ts'
import { queue } from '#loop/deliver/outbox/service.ts'
import { mergeByHand } from '#loop/identify/adopt/service.ts'
import { armFor, unitOf } from '#loop/identify/arm/decide.ts'
import { loadUnits } from '#loop/identify/arm/queries.ts'
import { heldOut, readHoldout } from '#loop/identify/arm/service.ts'
import { merge as mergeCompanies, undoMerge } from '#loop/identify/companies/change/merge.ts'
import { create as createCompany } from '#loop/identify/companies/change/service.ts'
import { identify } from '#loop/identify/service.ts'
import { restore, trash } from '#loop/identify/trash/service.ts'
import { type Graph, PLAIN, type Step } from '#loop/orchestrate/graph/contract.ts'
import * as entering from '#loop/orchestrate/people/service.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import { armOf } from '#loop/orchestrate/step/arm.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { companyEntrants } from './queries.ts'
import * as lift from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
  await db.tx((ctx) =>
    updateProfile(ctx, {
      legalName: '株式会社見本',
      address: '東京都',
      contactEmail: 'info@mihon.example',
      senderEmail: 'news@mihon.example',
    }),
  )
})
afterAll(() => db.close())

let serial = 0
const addresses = (n: number): string[] => Array.from({ length: n }, () => `lead${++serial}@person${serial}.example.jp`)
const leads = (mails: readonly string[]): Promise<Subject[]> =>
  db.tx(async (ctx) => {
    const consent = { basis: 'consent' as const, text: '同意します' }
    const found = await identify(
      ctx,
      mails.map((mail) => ({ mail, at: ctx.now, route: 'form' as const, consent })),
    )
    return found.map((one) => one.subject)
  })
const companies = (n: number): Promise<string[]> =>
  db.tx(async (ctx) => {
    const ids: string[] = []
    for (let i = 0; i < n; i++) ids.push((await createCompany(ctx, { name: `見本工業${++serial}` } as never)).id)
    return ids
  })
const put = (people: readonly Subject[], company: (i: number) => string | null) =>
  db.tx((ctx) =>
    sql`UPDATE person p SET company_id = x.c FROM unnest(${people.map((one) => one.bucket)}::smallint[], ${people.map((one) => one.id)}::uuid[],
      ${people.map((_, i) => company(i))}::uuid[]) x(b, i, c) WHERE p.bucket = x.b AND p.id = x.i`.execute(ctx.db),
  )
/** A won deal of each of these, `days` after now. */
const wins = (people: readonly Subject[], amount: number, days = 1) =>
  db.tx(async (ctx) => {
    const at = new Date(ctx.now.getTime() + days * DAY)
    for (const { bucket, id } of people) {
      const deal = ctx.id()
      await sql`INSERT INTO deal (id, name, amount, stage, state, opened_at, stage_since, closed_at, made_by, changed_at)
        VALUES (${deal}, 'x', ${amount}, 'won', 'won', ${ctx.now}, ${ctx.now}, ${at}, 'test', ${ctx.now})`.execute(ctx.db)
      await sql`INSERT INTO deal_person (bucket, person_id, deal_id, main, added_at) VALUES (${bucket}, ${id}, ${deal}, true, ${ctx.now})`.execute(
        ctx.db,
      )
    }
  })
const held = async (people: readonly Subject[]) => db.read((ctx) => heldOut(ctx, people))

async function scenario(more: Partial<Graph>): Promise<string> {
  const tag: Step = { kind: 'tag', id: 't', name: 't', tag: 't', remove: false }
  const graph: Graph = {
    ...PLAIN,
    triggers: [{ kind: 'event', id: 'e', match: { event: 'custom.never', filters: [] } }],
    entry: { kind: 'once' },
    steps: [tag],
    ...more,
  }
  return db.tx(async (ctx) => {
    const made = await scenarios.create(ctx, { name: 's', starter: 'blank', language: 'ja' }, {})
    const saved = await scenarios.save(ctx, { id: made.id, name: 's', graph, revision: made.revision })
    await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
    return made.id
  })
}

describe('M7 the control group of the company', () => {
  test('M7 whoever is held gets no marketing mail, with the reason, colleagues alike; what they asked for goes out', async () => {
    const people = await leads(addresses(120))
    const firms = await companies(40)
    await put(people, (i) => firms[i % 40] ?? null)
    await db.tx((ctx) => lift.setHoldout(ctx, { share: 30 }))
    const templateVersion = await db.tx(async (ctx) => ctx.id())
    const send = (purpose: 'marketing' | 'transactional') =>
      db.tx((ctx) =>
        queue(
          ctx,
          people.map((subject) => ({ subject, what: `notice:${purpose}:1`, templateVersion, purpose })),
        ),
      )
    const answers = await send('marketing')
    const out = answers.filter(({ reason }) => reason === 'held_out').map(({ subject }) => subject.id)
    expect(out.length).toBeGreaterThan(12)
    expect(out.length).toBeLessThan(72)
    expect(new Set(out)).toEqual(new Set(await held(people)))
    expect(answers.filter(({ reason }) => reason !== 'held_out').every(({ reason }) => reason === null)).toBe(true)
    for (let firm = 0; firm < 40; firm++)
      expect(new Set(people.filter((_, i) => i % 40 === firm).map(({ id }) => out.includes(id))).size).toBe(1)
    expect((await send('transactional')).every(({ reason }) => reason === null)).toBe(true)
  })

  test('M7 the database draws as the engine does, for companies and for people alone', async () => {
    const people = await leads(addresses(60))
    const firms = await companies(20)
    await put(people, (i) => (i % 2 ? (firms[i % 20] ?? null) : null))
    const salt = 'a salt : with ’ signs'
    const found = await db.read((ctx) =>
      sql<{ id: string; held: boolean }>`SELECT x.person_id AS id, x.held FROM (${companyEntrants(35, salt, ctx.now)}) x
        WHERE x.person_id = ANY(${people.map(({ id }) => id)}::uuid[])`.execute(ctx.db),
    )
    const units = await db.read((ctx) => loadUnits(ctx.db, people))
    expect(found.rows).toHaveLength(60)
    for (const row of found.rows) expect(row.held).toBe(armFor(salt, units.get(row.id) ?? '', 35) === 'held')
    expect(found.rows.some((row) => row.held) && found.rows.some((row) => !row.held)).toBe(true)
  })

  test('M7 an arm outlasts another import, a merge of colleagues, the trash, and turning the group off and on', async () => {
    const mails = addresses(80)
    const people = await leads(mails)
    const firms = await companies(20)
    await put(people, (i) => (i < 60 ? (firms[i % 20] ?? null) : null))
    const before = await held(people)
    expect(before.size).toBeGreaterThan(0)
    expect((await leads(mails)).map(({ id }) => id)).toEqual(people.map(({ id }) => id))
    expect(await held(people)).toEqual(before)
    for (let i = 0; i < 10; i++) {
      const [keep, lose] = [people[i], people[i + 20]] as [Subject, Subject]
      await db.tx((ctx) => mergeByHand(ctx, { keep, lose }))
    }
    const left = people.filter((_, i) => i < 20 || i >= 30)
    expect(await held(left)).toEqual(new Set([...before].filter((id) => left.some((one) => one.id === id))))
    const some = left.slice(0, 10).sort(bySubject)
    await db.tx((ctx) => trash(ctx, some, { actId: null, by: 'test' }))
    await db.tx((ctx) => restore(ctx, some, { actId: null, by: 'test' }))
    expect(await held(some)).toEqual(new Set([...before].filter((id) => some.some((one) => one.id === id))))
    const { salt } = await db.read(readHoldout)
    await db.tx((ctx) => lift.setHoldout(ctx, { share: 0 }))
    expect(await held(left)).toEqual(new Set())
    await db.tx((ctx) => lift.setHoldout(ctx, { share: 30 }))
    expect((await db.read(readHoldout)).salt).toBe(salt)
    expect(await held(left)).toEqual(new Set([...before].filter((id) => left.some((one) => one.id === id))))
  })

  test('M7 two companies that become one share the arm of the one that stays, and have their own again when it is undone', async () => {
    const { salt } = await db.read(readHoldout)
    const firms = await companies(30)
    const arm = (id: string) => armFor(salt, unitOf('', id), 30)
    const keep = firms.find((id) => arm(id) === 'treated') ?? ''
    const lose = firms.find((id) => arm(id) === 'held') ?? ''
    const people = await leads(addresses(2))
    await db.tx(async (ctx) => {
      for (const [i, company] of [keep, lose].entries())
        await sql`INSERT INTO company_person (bucket, person_id, company_id, linked_by, since) VALUES (${people[i]?.bucket}, ${people[i]?.id}, ${company}, 'hand', ${ctx.now})`.execute(
          ctx.db,
        )
    })
    await put(people, (i) => (i ? lose : keep))
    expect((await held(people)).size).toBe(1)
    const { merge } = await db.tx((ctx) => mergeCompanies(ctx, { id: keep, lose }))
    expect((await held(people)).size).toBe(0)
    await db.tx((ctx) => undoMerge(ctx, { id: merge }))
    expect([...(await held(people))]).toEqual([people[1]?.id])
  })

  test('M7 a planted lift of the company is measured since the share was set; with every change it begins anew', async () => {
    await db.tx((ctx) => lift.setHoldout(ctx, { share: 40 }))
    const people = await leads(addresses(500))
    const out = await held(people)
    const [treated, control] = [people.filter(({ id }) => !out.has(id)), people.filter(({ id }) => out.has(id))]
    await wins(
      treated.filter((_, i) => i % 2 === 0),
      1_000_000,
    )
    await wins(
      control.filter((_, i) => i % 10 === 0),
      1_000_000,
    )
    db.clock.advance(2 * DAY)
    const report = await db.read((ctx) => lift.company(ctx, { level: '95' }))
    expect(report).toMatchObject({ share: 40, lift: { verdict: 'helps', yenVerdict: 'helps', more: null } })
    expect(report.lift?.treated.deals).toBe(Math.ceil(treated.length / 2))
    expect(report.lift?.held.deals).toBe(Math.ceil(control.length / 10))
    expect(report.lift?.yen?.value).toBeCloseTo((report.lift?.deals?.value ?? 0) * 1_000_000, -5)
    await db.tx((ctx) => lift.setHoldout(ctx, { share: 20 }))
    const anew = await db.read((ctx) => lift.company(ctx, { level: '95' }))
    expect(anew.lift).toMatchObject({ verdict: 'few', treated: { deals: 0 }, held: { deals: 0 } })
    expect(anew.past[0]).toMatchObject({ share: 40 })
    await db.tx((ctx) => lift.setHoldout(ctx, { share: 0 }))
    expect(await db.read((ctx) => lift.company(ctx, { level: '95' }))).toMatchObject({ share: 0, lift: null })
  })
})

describe('M7 the control group of a scenario', () => {
  const enter = (id: string, people: readonly Subject[]) => db.tx((ctx) => entering.enter(ctx, { id, people: people.map((one) => one.id) }))
  const tagged = async (people: readonly Subject[]) => {
    const query = sql<{ id: string }>`SELECT id FROM person WHERE tags @> '{t}' AND id = ANY(${people.map(({ id }) => id)}::uuid[])`
    return new Set((await db.read((ctx) => query.execute(ctx.db))).rows.map(({ id }) => id))
  }

  test('M7 the arm is the one that was drawn on entering: what is done to the held is nothing, what came of both is measured', async () => {
    const people = await leads(addresses(300))
    const firms = await companies(100)
    await put(people, (i) => firms[i % 100] ?? null)
    const id = await scenario({ holdout: 30 })
    await enter(id, people)
    const draw = (await db.tx(async (ctx) => ctx)).draw
    const arms = people.map((_, i) => armOf({ scenarioId: id, step: null }, unitOf('', firms[i % 100] ?? null), 30, draw))
    const done = await tagged(people)
    expect(people.map(({ id: person }) => done.has(person))).toEqual(arms.map((one) => one === 'treated'))
    const treated = people.filter((_, i) => arms[i] === 'treated')
    const control = people.filter((_, i) => arms[i] === 'held')
    await wins(
      treated.filter((_, i) => i % 2 === 0),
      500_000,
    )
    await wins(
      control.filter((_, i) => i % 12 === 0),
      500_000,
    )
    await wins(treated.slice(0, 20), 9_000_000, 91)
    const { measures, share } = await db.read((ctx) => lift.ofScenario(ctx, { id, days: 90, level: '95' }))
    expect(share).toBe(30)
    expect(measures).toHaveLength(1)
    expect(measures[0]).toMatchObject({
      step: null,
      lift: {
        treated: { people: treated.length, deals: Math.ceil(treated.length / 2) },
        held: { people: control.length, deals: Math.ceil(control.length / 12) },
        verdict: 'helps',
      },
    })
    expect(measures[0]?.lift.treated.units).toBe(new Set(people.flatMap((_, i) => (arms[i] === 'treated' ? [i % 100] : []))).size)
    // Their companies are cleared away: what was drawn stays what was drawn.
    await put(people, () => null)
    const after = await db.read((ctx) => lift.ofScenario(ctx, { id, days: 90, level: '95' }))
    expect(after.measures[0]?.lift).toMatchObject({ treated: { people: treated.length }, held: { people: control.length } })
  })

  test('M7 a deal with several colleagues counts once', async () => {
    const people = await leads(addresses(3))
    const [firm = ''] = await companies(1)
    await put(people, () => firm)
    const id = await scenario({ holdout: 1 })
    await enter(id, people)
    await wins(people.slice(0, 1), 700)
    await db.tx((ctx) =>
      sql`INSERT INTO deal_person (bucket, person_id, deal_id, added_at) SELECT x.b, x.i, d.deal_id, ${ctx.now} FROM deal_person d,
        unnest(${people.slice(1).map((one) => one.bucket)}::smallint[], ${people.slice(1).map((one) => one.id)}::uuid[]) x(b, i)
        WHERE d.person_id = ${people[0]?.id}`.execute(ctx.db),
    )
    const { measures } = await db.read((ctx) => lift.ofScenario(ctx, { id, days: 90, level: '95' }))
    const [all] = measures.map((one) => one.lift)
    expect((all?.treated.deals ?? 0) + (all?.held.deals ?? 0)).toBe(1)
    expect((all?.treated.yen ?? 0) + (all?.held.yen ?? 0)).toBe(700)
    expect(all?.verdict).toBe('noControl')
  })

  test('M7 a holdout step in the middle is measured by itself', async () => {
    const people = await leads(addresses(200))
    const step: Step = {
      kind: 'holdout',
      id: 'h',
      name: '半分',
      share: 50,
      branches: [
        { key: 'treated', name: '', weight: 0, steps: [{ kind: 'tag', id: 'x', name: 'x', tag: 't', remove: false }] },
        { key: 'held', name: '', weight: 0, steps: [] },
      ],
    } as Step
    const id = await scenario({ steps: [step] })
    await enter(id, people)
    const done = await tagged(people)
    await wins(
      people.filter((one, i) => done.has(one.id) && i % 2 === 0),
      1_000,
    )
    const { measures } = await db.read((ctx) => lift.ofScenario(ctx, { id, days: 90, level: '90' }))
    expect(measures).toMatchObject([
      {
        step: 'h',
        name: '半分',
        lift: { verdict: 'helps', level: 0.9, treated: { people: done.size }, held: { people: 200 - done.size, deals: 0 } },
      },
    ])
  })

  test('M7 a scenario that is not there is missing', async () => {
    await expect(
      db.read((ctx) => lift.ofScenario(ctx, { id: subjectOf('0198aaaa-0000-7000-8000-000000000001').id, days: 90, level: '95' })),
    ).rejects.toMatchObject({ kind: 'missing' })
  })
})
