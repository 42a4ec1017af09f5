import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { bucketOf, type Subject } from '#kernel/db/buckets.ts'
import { append, eventId, makePulses, type NewEvent } from '#kernel/journal.ts'
import { facts } from '#loop/identify/facts.ts'
import { hears } from '#loop/loop.ts'
import { facts as scoreFacts } from '#loop/score/facts.ts'
import { archive } from '#loop/segment/archive/service.ts'
import { jobs } from '#loop/segment/fill/jobs.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import * as service from '#loop/segment/service.ts'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { turn, turnUntilQuiet } from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ ports: { facts: [...facts, ...scoreFacts], personTables: [], hears }, jobs })
})
afterAll(() => db.close())
beforeEach(() => db.clock.advance(DAY))

let serial = 0
const quiet = () => turnUntilQuiet(db.house)

async function lead(prefecture: string | null = null): Promise<Subject> {
  const subject = await db.tx(async (ctx) => {
    const id = ctx.id()
    const made = { id, bucket: bucketOf(id) }
    await sql`INSERT INTO person (bucket, id, identified_at, created_at, prefecture, family_name, given_name)
      VALUES (${made.bucket}, ${id}, ${ctx.now}, ${ctx.now}, ${prefecture}, '見本', '一郎')`.execute(ctx.db)
    await makePulses(ctx, [made])
    await append(ctx, [{ subject: made, id: eventId('t', String(++serial)), name: 'lead.created', occurredAt: ctx.now, props: {} }])
    return made
  })
  await quiet()
  return subject
}

async function happens(subject: Subject, name: string, more: Partial<NewEvent> = {}): Promise<void> {
  await db.tx((ctx) => append(ctx, [{ subject, id: eventId('t', String(++serial)), name, occurredAt: ctx.now, props: {}, ...more }]))
  await quiet()
}

async function segment(rule: Rule, more: { audience?: 'leads' | 'everyone' } = {}): Promise<string> {
  const made = await db.tx((ctx) =>
    service.create(ctx, { name: `Segment ${++serial}`, description: '', audience: 'leads', startsScenarios: false, rule, ...more }),
  )
  await db.drain()
  await quiet()
  return made.id
}

const views = (n: number, days: number): Rule => ({
  kind: 'event',
  match: { event: 'page.viewed', filters: [{ prop: 'url', op: 'contains', value: '/pricing' }] },
  count: { op: 'atLeast', n },
  period: { kind: 'last', n: days, unit: 'days' },
})
const silence: Rule = {
  kind: 'event',
  match: { event: 'page.viewed', filters: [] },
  count: { op: 'atMost', n: 0 },
  period: { kind: 'last', n: 30, unit: 'days' },
}
const isIn = async (id: string, who: Subject) =>
  (await db.read((ctx) => service.members(ctx, { id, limit: 200 }))).items.some((member) => member.id === who.id)
const told = async (who: Subject, id: string) =>
  (
    await db.house.pool.query(
      `SELECT name, occurred_at, props FROM journal WHERE person_id = $1 AND props->>'segment' = $2 ORDER BY occurred_at`,
      [who.id, id],
    )
  ).rows
const pricing = { props: { url: 'https://example.co.jp/pricing' } }

describe('live membership', () => {
  test('M1 a flip that nothing reads makes no pass of its own; one that another rule reads is told', async () => {
    const first = await segment(views(1, 7))
    const passes = async (who: Subject): Promise<number> => {
      await db.tx((ctx) =>
        append(ctx, [{ subject: who, id: eventId('t', String(++serial)), name: 'page.viewed', occurredAt: ctx.now, ...pricing }]),
      )
      let n = 0
      while (await turn(db.house)) n++
      return n
    }
    const unread = await lead()
    expect(await passes(unread)).toBe(1)
    expect(await told(unread, first)).toMatchObject([{ name: 'segment.entered' }])
    const readers: (() => Promise<() => Promise<unknown>>)[] = [
      async () => {
        const reader = await segment({ kind: 'segment', segment: first, isIn: true })
        return () => db.tx((ctx) => archive(ctx, { id: reader }))
      },
      async () => {
        const rule = {
          kind: 'event',
          match: { event: 'segment.entered', filters: [{ prop: 'segment', op: 'eq', value: first }] },
          count: { op: 'atLeast', n: 1 },
          period: { kind: 'last', n: 7, unit: 'days' },
        }
        const reader = await segment(rule as Rule)
        return () => db.tx((ctx) => archive(ctx, { id: reader }))
      },
    ]
    for (const begin of readers) {
      const end = await begin()
      expect(await passes(await lead())).toBe(2)
      await end()
      await db.drain()
      await quiet()
    }
  })

  test('M1 what a room hears by its name is told without asking the rules', async () => {
    const event = (name: string): NewEvent => ({
      subject: { bucket: 0, id: '' },
      id: '',
      name,
      occurredAt: db.clock.now(),
      props: {},
    })
    const names = ['form.submitted', 'handoff.made', 'deal.won'].map(event)
    // There is nothing that the rules could be read from.
    const isHeard = await hears({} as Ctx, names)
    expect(names.map(isHeard)).toEqual([true, true, true])
    await expect(hears({} as Ctx, [event('segment.entered')])).rejects.toThrow()
  })

  test('M1 QUA-15 the third price page lets a lead in; one second before the window lapses they are in, at the very second they are out', async () => {
    const id = await segment(views(3, 7))
    const who = await lead()
    await happens(who, 'page.viewed', pricing)
    const first = db.clock.now()
    db.clock.advance(DAY)
    await happens(who, 'page.viewed', pricing)
    expect(await isIn(id, who)).toBe(false)
    await happens(who, 'page.viewed', pricing)
    expect(await isIn(id, who)).toBe(true)
    db.clock.set(new Date(first.getTime() + 7 * DAY - 1_000))
    await quiet()
    expect(await isIn(id, who)).toBe(true)
    db.clock.set(new Date(first.getTime() + 7 * DAY + 60_000))
    await quiet()
    expect(await isIn(id, who)).toBe(false)
    const events = await told(who, id)
    expect(events.map((row) => row.name)).toEqual(['segment.entered', 'segment.left'])
    expect(events[1].occurred_at).toEqual(new Date(first.getTime() + 7 * DAY))
    expect(events[0].props.because[0]).toMatchObject({ seen: 3, isIn: true })
    const why = await db.read((ctx) => service.why(ctx, { id, person: who.id }))
    expect(why).toMatchObject({
      isIn: false,
      because: [{ seen: 2 }],
      stays: [{ leftAt: new Date(first.getTime() + 7 * DAY).toISOString() }],
    })
  })

  test('M1 silence lets a lead in by time alone, an event ends it, and silence comes again', async () => {
    const id = await segment(silence)
    const who = await lead()
    expect(await isIn(id, who)).toBe(true)
    await happens(who, 'page.viewed')
    const seen = db.clock.now()
    expect(await isIn(id, who)).toBe(false)
    db.clock.set(new Date(seen.getTime() + 30 * DAY - 1_000))
    await quiet()
    expect(await isIn(id, who)).toBe(false)
    db.clock.advance(1_000)
    await quiet()
    expect(await isIn(id, who)).toBe(true)
    expect((await told(who, id)).at(-1).occurred_at).toEqual(new Date(seen.getTime() + 30 * DAY))
  })

  test('QUA-15 a nested rule over field, score and another segment; preview, list and compiled count agree', async () => {
    const inner = await segment({ kind: 'fact', fact: 'prefecture', is: { op: 'eq', value: '東京都' } })
    const rule: Rule = {
      kind: 'and',
      rules: [
        { kind: 'segment', segment: inner, isIn: true },
        { kind: 'not', rule: views(1, 7) },
        { kind: 'fact', fact: 'score.main.total', is: { op: 'lte', value: 0 } },
      ],
    }
    const id = await segment(rule)
    const [tokyo, osaka, busy] = [await lead('東京都'), await lead('大阪府'), await lead('東京都')]
    await happens(busy, 'page.viewed', pricing)
    expect([await isIn(id, tokyo), await isIn(id, osaka), await isIn(id, busy)]).toEqual([true, false, false])
    const preview = await db.tx((ctx) => service.preview(ctx, { rule, audience: 'leads' }))
    const members = await db.read((ctx) => service.members(ctx, { id, limit: 200 }))
    expect(preview.count).toBe(members.items.length)
    expect(preview.sample.map((one) => one.id).sort()).toEqual(members.items.map((one) => one.id).sort())
    await db.house.pool.query(`UPDATE person SET prefecture = '福岡県' WHERE id = $1`, [tokyo.id])
    await happens(tokyo, 'field.changed')
    expect(await isIn(id, tokyo)).toBe(false)
    expect((await db.read((ctx) => service.list(ctx))).items.find((one) => one.id === id)?.members).toBe(members.items.length - 1)
  })

  test('historic events count, but what they cause is historic too', async () => {
    const id = await segment(views(1, 7))
    const who = await lead()
    await happens(who, 'page.viewed', { ...pricing, historic: true })
    expect(await isIn(id, who)).toBe(true)
    const rows = await db.house.pool.query(
      `SELECT historic FROM journal WHERE person_id = $1 AND name = 'segment.entered' AND props->>'segment' = $2`,
      [who.id, id],
    )
    expect(rows.rows).toEqual([{ historic: true }])
  })
})

describe('editing', () => {
  test('a new rule is computed beside the old while both are kept true, then flips at once; entries by the edit say so', async () => {
    const id = await segment(views(2, 7))
    const [one, two] = [await lead(), await lead()]
    await happens(one, 'page.viewed', pricing)
    await happens(two, 'page.viewed', pricing)
    await happens(two, 'page.viewed', pricing)
    const since = (await db.read((ctx) => service.why(ctx, { id, person: two.id }))).since
    db.clock.advance(DAY)
    await db.tx((ctx) => service.change(ctx, { id, rule: views(1, 7), startsScenarios: false }))
    const late = await lead()
    await happens(late, 'page.viewed', pricing)
    expect([await isIn(id, one), await isIn(id, two), await isIn(id, late)]).toEqual([false, true, false])
    await db.drain()
    await quiet()
    expect([await isIn(id, one), await isIn(id, two), await isIn(id, late)]).toEqual([true, true, true])
    expect(await told(one, id)).toMatchObject([{ name: 'segment.entered', props: { byEdit: true, version: 2 } }])
    expect(await told(two, id)).toHaveLength(1)
    expect((await db.read((ctx) => service.why(ctx, { id, person: two.id }))).since).toBe(since)
    const rows = await db.house.pool.query('SELECT DISTINCT version FROM membership WHERE segment_id = $1', [id])
    expect(rows.rows).toEqual([{ version: 2 }])
  })

  test('a rule that asks what its field cannot answer is refused with the place of it; segments may not read themselves', async () => {
    const wrong: Rule = { kind: 'and', rules: [views(1, 7), { kind: 'fact', fact: 'prefecture', is: { op: 'gt', value: 3 } }] }
    await expect(db.tx((ctx) => service.preview(ctx, { rule: wrong, audience: 'leads' }))).rejects.toMatchObject({
      kind: 'invalid',
      errors: [{ field: 'rule.1' }],
    })
    const a = await segment(views(1, 7))
    const b = await segment({ kind: 'segment', segment: a, isIn: true })
    await expect(
      db.tx((ctx) => service.change(ctx, { id: a, rule: { kind: 'segment', segment: b, isIn: true }, startsScenarios: false })),
    ).rejects.toMatchObject({ code: 'segment.cycle' })
    await expect(db.tx((ctx) => archive(ctx, { id: a }))).rejects.toMatchObject({ code: 'segment.read' })
  })

  test('an archived segment leaves nothing that wakes anybody', async () => {
    const id = await segment(views(1, 7))
    const who = await lead()
    await happens(who, 'page.viewed', pricing)
    await db.tx((ctx) => archive(ctx, { id }))
    await db.drain()
    const left = await db.house.pool.query('SELECT 1 FROM membership WHERE segment_id = $1', [id])
    expect(left.rows).toHaveLength(0)
    db.clock.advance(8 * DAY)
    expect(await quiet()).toBeLessThan(5)
  })
})
