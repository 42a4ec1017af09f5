import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import { subjectOf } from '#kernel/db/buckets.ts'
import { append, eventId } from '#kernel/journal.ts'
import { facts } from '#loop/identify/facts.ts'
import { identify } from '#loop/identify/service.ts'
import { jobs as scoreJobs } from '#loop/score/fill/jobs.ts'
import { publish, saveDraft } from '#loop/score/manage/service.ts'
import { FIRST_SETTINGS, type ScoreRule } from '#loop/score/rules/contract.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { deals, ofScore } from './service.ts'

const VIEW = '00000000-0000-4000-8000-000000000001'
const TOKYO = '00000000-0000-4000-8000-000000000002'
const RULES: ScoreRule[] = [
  {
    id: VIEW,
    kind: 'behaviour',
    label: '料金ページ',
    match: { event: 'page.viewed', filters: [] },
    points: 10,
    limit: { kind: 'cap', times: 3 },
    expiresDays: 30,
  },
  { id: TOKYO, kind: 'attribute', label: '東京', fact: 'prefecture', is: { op: 'in', values: ['東京都'] }, points: 5 },
]

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ ports: { facts }, jobs: scoreJobs })
  await db.tx((ctx) => saveDraft(ctx, { name: 'main', rules: RULES, settings: FIRST_SETTINGS }))
  await db.tx((ctx) => publish(ctx, { name: 'main', startsScenarios: false }))
  await db.drain()
})
afterAll(() => db.close())

let serial = 0
/** A decided deal: pages seen so many days before (or, negative, after) its outcome. */
async function decided(won: boolean, views: readonly number[], prefecture = '大阪府'): Promise<string> {
  return db.tx(async (ctx) => {
    const at = new Date(ctx.now.getTime() - 100 * DAY)
    const mail = `proof${++serial}@example.co.jp`
    const [made] = await identify(ctx, [
      { route: 'import', historic: true, at: new Date(at.getTime() - 200 * DAY), mail, fields: { prefecture } },
    ])
    const subject = subjectOf(made?.subject.id ?? '')
    await append(
      ctx,
      views.map((days, i) => ({
        subject,
        id: eventId('proof', `${serial}/${i}`),
        name: 'page.viewed',
        occurredAt: new Date(at.getTime() - days * DAY),
        historic: true,
        props: {},
      })),
    )
    const id = ctx.id()
    await ctx.db
      .insertInto('deal')
      .values({
        id,
        name: `商談${serial}`,
        stage: 'proposal',
        state: won ? 'won' : 'lost',
        lost_reason: won ? null : 'timing',
        opened_at: at,
        stage_since: at,
        closed_at: at,
        made_by: 'test',
        changed_at: at,
      } as never)
      .execute()
    await ctx.db
      .insertInto('deal_person')
      .values({ ...{ bucket: subject.bucket, person_id: subject.id }, deal_id: id, main: true, added_at: at } as never)
      .execute()
    return subject.id
  })
}

test('QUA-12 M3 says “not enough data” while few deals are decided', async () => {
  await decided(true, [1, 2])
  await decided(false, [])
  const proof = await db.read((ctx) => ofScore(ctx, { name: 'main', of: 'live' }))
  expect(proof).toMatchObject({ enough: false, won: 1, lost: 1, bands: [], live: null, draft: null })
  expect(proof.rules.map((rule) => rule.suggested)).toEqual([null, null])
})

test('QUA-12 M3 only what was known before the outcome counts: later views, expired ones and changed fields do not', async () => {
  for (let i = 0; i < 24; i++) {
    await decided(true, i < 20 ? [1, 2, 3, 4] : [])
    await decided(false, i < 4 ? [5] : [-1, -2, 40])
  }
  const leaked = await decided(false, [])
  await db.tx(async (ctx) => {
    const { subject } =
      (await identify(ctx, [{ route: 'api', at: ctx.now, mail: `proof${serial}@example.co.jp`, fields: { prefecture: '東京都' } }]))[0] ??
      {}
    expect(subject?.id).toBe(leaked)
  })
  const proof = await db.read((ctx) => ofScore(ctx, { name: 'main', of: 'live' }))
  expect(proof).toMatchObject({ enough: true, won: 25, lost: 26 })
  const [view, tokyo] = proof.rules
  expect(view).toMatchObject({ with: { n: 25, won: 21 }, without: { n: 26, won: 4 }, proven: 'helps' })
  expect(view?.suggested).toBeGreaterThan(20)
  expect(tokyo).toMatchObject({ with: { n: 0 }, unknown: 1, proven: 'few', suggested: null })
  // Three views at most count, so the best band ends at 30 points.
  expect(proof.bands[0]).toMatchObject({ to: 30 })
  expect(proof.live?.auc?.low).toBeGreaterThan(0.6)
})

test('QUA-12 M3 every number of the proof opens its deals, page by page', async () => {
  const proof = await db.read((ctx) => ofScore(ctx, { name: 'main', of: 'live' }))
  const all = async (asked: { from?: number; to?: number; rule?: string; held?: 'yes' | 'no' | 'unknown' }) => {
    const found: { id: string; won: boolean; score: number }[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await db.read((ctx) =>
        deals(ctx, { name: 'main', of: 'live', held: 'yes', ...asked, limit: 7, ...(cursor ? { cursor } : {}) }),
      )
      found.push(...page.items)
      if (page.next === null) break
      cursor = page.next
    }
    expect(new Set(found.map((one) => one.id)).size).toBe(found.length)
    return { n: found.length, won: found.filter((one) => one.won).length }
  }
  for (const { from, to, n, won } of proof.bands) expect(await all({ from, to })).toEqual({ n, won })
  for (const { ruleId: rule, with: having, without, unknown } of proof.rules) {
    expect(await all({ rule, held: 'yes' })).toEqual({ n: having.n, won: having.won })
    expect(await all({ rule, held: 'no' })).toEqual({ n: without.n, won: without.won })
    expect((await all({ rule, held: 'unknown' })).n).toBe(unknown)
  }
  await expect(db.read((ctx) => deals(ctx, { name: 'gone', of: 'live', held: 'yes', limit: 7 }))).rejects.toMatchObject({
    code: 'score.unknown',
  })
})

test('QUA-11 M3 a draft is held against the rules in force on the same deals before anyone switches', async () => {
  const worse = RULES.map((rule) => (rule.id === VIEW ? { ...rule, points: -10 } : rule))
  await db.tx((ctx) => saveDraft(ctx, { name: 'main', rules: worse, settings: FIRST_SETTINGS }))
  const proof = await db.read((ctx) => ofScore(ctx, { name: 'main', of: 'draft' }))
  expect(proof.draft?.auc?.value).toBeLessThan(0.5)
  expect(proof.live?.auc?.value).toBeGreaterThan(0.5)
  expect(proof.rules[0]).toMatchObject({ points: -10, proven: 'helps' })
})
