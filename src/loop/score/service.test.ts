import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import { bucketOf, type Subject } from '#kernel/db/buckets.ts'
import { append, claim, eventId, makePulses, settle, takeNews } from '#kernel/journal.ts'
import type { JsonObject } from '#kernel/json.ts'
import { newsOf, type Pass } from '#kernel/pass.ts'
import { facts } from '#loop/identify/facts.ts'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { check } from '../../../test/world.ts'
import { facts as scoreFacts } from './facts.ts'
import { fillPage, jobs } from './fill/jobs.ts'
import { loadScores } from './ledger/queries.ts'
import { add, addPoints, publish, saveDraft, why } from './manage/service.ts'
import { FIRST_SETTINGS, type ScoreRule, type ScoreSettings } from './rules/contract.ts'
import { react } from './service.ts'
import { holdVersions } from './versions/service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ ports: { facts: [...facts, ...scoreFacts] }, jobs })
})
afterAll(() => db.close())
beforeEach(() => db.clock.advance(DAY))

let serial = 0
const ruleId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const behaviour = (n: number, event: string, points: number, more: Partial<Extract<ScoreRule, { kind: 'behaviour' }>> = {}): ScoreRule => ({
  id: ruleId(n),
  kind: 'behaviour',
  label: event,
  match: { event, filters: [] },
  points,
  limit: { kind: 'each' },
  expiresDays: null,
  ...more,
})

async function rules(model: string, list: ScoreRule[], settings: ScoreSettings = FIRST_SETTINGS): Promise<void> {
  await db.tx((ctx) => saveDraft(ctx, { name: model, rules: list, settings }))
  await db.tx((ctx) => publish(ctx, { name: model, startsScenarios: false }))
  await db.drain()
}

async function person(attrs: { prefecture?: string } = {}): Promise<Subject> {
  return db.tx(async (ctx) => {
    const id = ctx.id()
    const subject = { id, bucket: bucketOf(id) }
    await sql`INSERT INTO person (bucket, id, identified_at, created_at, prefecture) VALUES (${subject.bucket}, ${id}, ${ctx.now}, ${ctx.now}, ${attrs.prefecture ?? null})`.execute(
      ctx.db,
    )
    await makePulses(ctx, [subject])
    await append(ctx, [{ subject, id: eventId('t', String(++serial)), name: 'lead.created', occurredAt: ctx.now, props: {} }])
    return subject
  })
}

async function happens(subject: Subject, name: string, props: JsonObject = {}, at: Date = db.clock.now()): Promise<void> {
  await db.tx((ctx) => append(ctx, [{ subject, id: eventId('t', String(++serial)), name, occurredAt: at, props }]))
}

/** The score stage alone, as the reactor calls it. */
async function turn(): Promise<void> {
  for (let n = 1; n > 0; )
    n = await db.tx(async (begun) => {
      const people = await claim(
        begun,
        Array.from({ length: 256 }, (_, i) => i),
        100,
      )
      if (!people.length) return 0
      const { ctx, news } = await takeNews(begun, people)
      const due = new Map<string, Date>()
      const pass: Pass = {
        at: ctx.now,
        people,
        news,
        changed: new Map(),
        wake: (id, at) => void (at < (due.get(id) ?? new Date(8e15)) && due.set(id, at)),
      }
      await react(ctx, pass)
      await settle(
        ctx,
        people.map((subject) => ({
          subject,
          dueAt: due.get(subject.id) ?? null,
          eventIds: newsOf(pass, subject.id).map((one) => one.eventId),
        })),
      )
      return people.length
    })
}

const score = async (subject: Subject, model = 'main') => {
  const live = await db.read((ctx) =>
    ctx.db.selectFrom('score_model').select('live_version').where('name', '=', model).executeTakeFirstOrThrow(),
  )
  return (await db.read((ctx) => loadScores(ctx.db, [subject]))).find((row) => row.model === model && row.version === live.live_version)
}
const told = async (subject: Subject, name: string) =>
  (
    await db.house.pool.query('SELECT props, occurred_at FROM journal WHERE person_id = $1 AND name = $2 ORDER BY occurred_at, id', [
      subject.id,
      name,
    ])
  ).rows

describe('points', () => {
  test('QUA-01 the rule table gives the sums of the book: 資料請求 1, メルマガ登録 2, page 10, seminar 20, 資料 30', async () => {
    await rules('main', [
      behaviour(1, 'form.submitted', 1, { match: { event: 'form.submitted', filters: [{ prop: 'form', op: 'eq', value: 'request' }] } }),
      behaviour(2, 'form.submitted', 2, { match: { event: 'form.submitted', filters: [{ prop: 'form', op: 'eq', value: 'newsletter' }] } }),
      behaviour(3, 'page.viewed', 10),
      behaviour(4, 'seminar.attended', 20),
      behaviour(5, 'file.downloaded', 30),
    ])
    const sums: number[] = []
    const who = await person()
    for (const [event, props] of [
      ['form.submitted', { form: 'request' }],
      ['form.submitted', { form: 'newsletter' }],
      ['page.viewed', {}],
      ['seminar.attended', {}],
      ['file.downloaded', {}],
    ] as const) {
      db.clock.advance(1_000)
      await happens(who, event, props)
      await turn()
      sums.push((await score(who))?.total ?? 0)
    }
    expect(sums).toEqual([1, 3, 13, 33, 63])
    expect(await told(who, 'heat.changed')).toMatchObject([{ props: { from: 'cold', to: 'warm' } }, { props: { from: 'warm', to: 'hot' } }])
  })

  test('QUA-02 QUA-03 an attribute scores while it holds, minus points stand apart, and changing it scores at once', async () => {
    await rules('main', [
      { id: ruleId(1), kind: 'attribute', label: '東京', fact: 'prefecture', is: { op: 'eq', value: '東京都' }, points: 15 },
      { id: ruleId(2), kind: 'attribute', label: '不明', fact: 'prefecture', is: { op: 'empty' }, points: -5 },
      behaviour(3, 'mail.unsubscribed', -20),
    ])
    const who = await person()
    await turn()
    expect(await score(who)).toMatchObject({ attributePlus: 0, attributeMinus: -5, total: -5 })
    await db.house.pool.query(`UPDATE person SET prefecture = '東京都' WHERE id = $1`, [who.id])
    await happens(who, 'field.changed', { fields: ['prefecture'] })
    await happens(who, 'mail.unsubscribed')
    await turn()
    expect(await score(who)).toMatchObject({ attributePlus: 15, attributeMinus: 0, behaviourMinus: -20, total: -5 })
    const ledger = await db.read((ctx) => why(ctx, { person: who.id, name: 'main' }))
    expect(ledger.lines.filter((line) => line.counts).reduce((sum, line) => sum + line.points, 0)).toBe(ledger.columns.total)
    expect(ledger.lines.find((line) => !line.counts)).toMatchObject({ points: -5, fact: 'prefecture' })
  })

  test('QUA-06 the recent score falls by itself, exactly when the event is 30 days old, and heat with it', async () => {
    await rules('main', [behaviour(1, 'page.viewed', 40)], { ...FIRST_SETTINGS, heatBy: 'recent', hotAt: 80, warmAt: 40 })
    const who = await person()
    await happens(who, 'page.viewed')
    db.clock.advance(DAY)
    await happens(who, 'page.viewed')
    await turn()
    expect(await score(who)).toMatchObject({ recent: 80, total: 80, heat: 'hot' })
    db.clock.advance(29 * DAY - 1_000)
    await turn()
    expect(await score(who)).toMatchObject({ recent: 80, heat: 'hot' })
    db.clock.advance(1_000)
    await turn()
    expect(await score(who)).toMatchObject({ recent: 40, total: 80, heat: 'warm', heatSince: db.clock.now() })
    expect((await told(who, 'score.changed')).at(-1)).toMatchObject({ props: { was: { recent: 80 }, is: { recent: 40, total: 80 } } })
  })

  test('QUA-06 QUA-08 with a half-life a rank falls by itself at the exact instant, and the journal tells it', async () => {
    const ranks = [
      { name: 'A' as const, label: '提案', at: 30 },
      { name: 'B' as const, label: '比較', at: 15 },
    ]
    await rules('main', [behaviour(1, 'page.viewed', 40)], {
      ...FIRST_SETTINGS,
      halfLifeDays: 10,
      heatBy: 'decayed',
      hotAt: 35,
      warmAt: 20,
      ranks,
    })
    const who = await person()
    await happens(who, 'page.viewed')
    await turn()
    expect(await score(who)).toMatchObject({ total: 40, heat: 'hot', rank: 'A', rankSince: db.clock.now() })
    const begun = db.clock.now().getTime()
    const whenB = begun + Math.floor(10 * DAY * Math.log2(40 / 30)) + 1
    db.clock.set(new Date(whenB - 1))
    await turn()
    expect(await score(who)).toMatchObject({ rank: 'A', heat: 'warm' })
    db.clock.set(new Date(whenB))
    await turn()
    expect(await score(who)).toMatchObject({ rank: 'B', rankSince: new Date(whenB), total: 40 })
    db.clock.advance(60 * DAY)
    await turn()
    expect(await score(who)).toMatchObject({ rank: null, heat: 'cold' })
    expect((await told(who, 'rank.changed')).map(({ props }) => [props['from'], props['to']])).toEqual([
      [null, 'A'],
      ['A', 'B'],
      ['B', null],
    ])
    expect((await db.read((ctx) => why(ctx, { person: who.id, name: 'main' }))).decayed).toBeLessThan(1)
  })

  test('QUA-07 several named scores stand beside each other', async () => {
    await db.tx((ctx) => add(ctx, { name: 'estate', label: '不動産業界' }))
    await rules('main', [behaviour(1, 'page.viewed', 1)])
    await rules('estate', [
      behaviour(1, 'page.viewed', 65, { match: { event: 'page.viewed', filters: [{ prop: 'url', op: 'contains', value: '/estate' }] } }),
    ])
    const who = await person()
    await happens(who, 'page.viewed', { url: 'https://example.co.jp/estate/1' })
    await happens(who, 'page.viewed', { url: 'https://example.co.jp/estate/2' })
    await happens(who, 'page.viewed', { url: 'https://example.co.jp/' })
    await turn()
    expect([(await score(who))?.total, (await score(who, 'estate'))?.total]).toEqual([3, 130])
  })

  test('QUA-01 once and cap count the earliest events, late ones included; a machine never scores', async () => {
    await rules('main', [
      behaviour(1, 'mail.opened', 5, { limit: { kind: 'once' }, expiresDays: 10 }),
      behaviour(2, 'page.viewed', 1, { limit: { kind: 'cap', times: 3 } }),
    ])
    const who = await person()
    await happens(who, 'mail.opened', { agent: 'machine' })
    for (let i = 0; i < 5; i++) await happens(who, 'page.viewed')
    await happens(who, 'mail.opened')
    await turn()
    expect((await score(who))?.total).toBe(8)
    await happens(who, 'mail.opened', {}, new Date(db.clock.now().getTime() - 9 * DAY))
    await turn()
    expect((await score(who))?.total).toBe(8)
    db.clock.advance(DAY)
    await turn()
    expect((await score(who))?.total).toBe(3)
  })

  test('points given by hand or by a scenario are lines of the ledger too', async () => {
    await rules('main', [behaviour(1, 'page.viewed', 1)])
    const who = await person()
    await db.tx((ctx) => addPoints(ctx, { person: who.id, name: 'main', points: 25, reason: '展示会で面談' }))
    await turn()
    expect(await db.read((ctx) => why(ctx, { person: who.id, name: 'main' }))).toMatchObject({
      columns: { total: 25 },
      lines: [{ label: '展示会で面談', points: 25 }],
    })
  })
})

describe('rule versions', () => {
  test('QUA-11 new rules are computed beside the old, flip at once, and tell whose score changed; hot since stays', async () => {
    await rules('main', [behaviour(1, 'page.viewed', 70)])
    const who = await person()
    await happens(who, 'page.viewed')
    await turn()
    const hotSince = (await score(who))?.heatSince
    await db.tx((ctx) => saveDraft(ctx, { name: 'main', rules: [behaviour(1, 'page.viewed', 90)], settings: FIRST_SETTINGS }))
    await db.tx((ctx) => publish(ctx, { name: 'main', startsScenarios: false }))
    await happens(who, 'page.viewed')
    await turn()
    expect((await score(who))?.total).toBe(140)
    db.clock.advance(1_000)
    await db.drain()
    expect(await score(who)).toMatchObject({ total: 180, heat: 'hot', heatSince: hotSince })
    expect((await told(who, 'score.changed')).at(-1)).toMatchObject({ props: { from: 140, to: 180, byEdit: true } })
    const left = await db.house.pool.query('SELECT DISTINCT version FROM score_entry WHERE person_id = $1', [who.id])
    expect(left.rows).toHaveLength(1)
  })

  test('QUA-04 QUA-13 at random histories the total is the sum of four, the ledger adds up, and a full recompute equals the incremental', async () => {
    const list: ScoreRule[] = [
      behaviour(1, 'page.viewed', 3),
      behaviour(2, 'page.viewed', 7, {
        match: { event: 'page.viewed', filters: [{ prop: 'url', op: 'startsWith', value: '/price' }] },
        limit: { kind: 'cap', times: 2 },
        expiresDays: 5,
      }),
      behaviour(3, 'mail.clicked', 20, { limit: { kind: 'once' }, expiresDays: 2 }),
      behaviour(4, 'mail.unsubscribed', -30, { limit: { kind: 'once' } }),
      { id: ruleId(5), kind: 'attribute', label: '', fact: 'prefecture', is: { op: 'in', values: ['東京都', '大阪府'] }, points: 9 },
      { id: ruleId(6), kind: 'attribute', label: '', fact: 'prefecture', is: { op: 'empty' }, points: -4 },
    ]
    await rules('main', list, { ...FIRST_SETTINGS, recentDays: 3, hotAt: 40, warmAt: 10 })
    const step = fc.record({
      event: fc.constantFrom('page.viewed', 'mail.clicked', 'mail.unsubscribed', 'points.added', 'move'),
      url: fc.constantFrom('/price/a', '/blog', null),
      backHours: fc.integer({ min: 0, max: 24 * 8 }),
      forwardHours: fc.constantFrom(0, 0, 1, 24, 24 * 3),
      prefecture: fc.constantFrom('東京都', '北海道', null),
    })
    await check(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 7 }), async (steps) => {
        const who = await person()
        for (const one of steps) {
          const at = new Date(db.clock.now().getTime() - one.backHours * 3_600_000)
          if (one.event === 'move') {
            await db.house.pool.query('UPDATE person SET prefecture = $2 WHERE id = $1', [who.id, one.prefecture])
            await happens(who, 'field.changed')
          } else
            await happens(who, one.event, one.event === 'points.added' ? { model: 'main', points: 6, reason: 'x' } : { url: one.url }, at)
          if (one.forwardHours) await turn()
          db.clock.advance(one.forwardHours * 3_600_000)
        }
        await turn()
        const incremental = await score(who)
        const sums = await db.house.pool.query(
          'SELECT total, attribute_plus + attribute_minus + behaviour_plus + behaviour_minus AS sum FROM score WHERE person_id = $1',
          [who.id],
        )
        for (const row of sums.rows) expect(row.total).toBe(row.sum)
        const lines = await db.read((ctx) => why(ctx, { person: who.id, name: 'main' }))
        expect(lines.lines.filter((line) => line.counts).reduce((sum, line) => sum + line.points, 0)).toBe(incremental?.total)
        for (let i = 0; i < 2; i++)
          await db.tx(async (ctx) => fillPage(ctx, (await holdVersions(ctx)).find((of) => of.model === 'main' && of.isLive)!, [who]))
        expect({ ...(await score(who)), changedAt: null }).toEqual({ ...incremental, changedAt: null })
      }),
    )
  }, 180_000)
})
