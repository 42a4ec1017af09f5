import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { DAY } from '#kernel/clock.ts'
import { facts } from '#loop/identify/facts.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { jobs } from '../fill/jobs.ts'
import { FIRST_SETTINGS, type ScoreRule } from '../rules/contract.ts'
import { add, dropDraft, list, publish, saveDraft } from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ ports: { facts }, jobs })
})
afterAll(() => db.close())
beforeEach(() => db.clock.advance(DAY))

const table = (points: number): ScoreRule[] => [
  {
    id: '00000000-0000-4000-8000-000000000001',
    kind: 'behaviour',
    label: '',
    match: { event: 'page.viewed', filters: [] },
    points,
    limit: { kind: 'each' },
    expiresDays: null,
  },
]
const write = (name: string, points: number, basedOn?: string | null) =>
  db.tx((ctx) => saveDraft(ctx, { name, rules: table(points), settings: FIRST_SETTINGS, ...(basedOn !== undefined && { basedOn }) }))
const pointsOf = async (name: string) => (await db.read(list)).items.find((one) => one.name === name)?.draft?.rules[0]?.points
const CHANGED = { code: 'score.changed' }

test('QUA-01 a draft that a colleague saved since is not overwritten, thrown away or published unseen', async () => {
  const { revision: none } = await db.tx((ctx) => add(ctx, { name: 'two_hands', label: '二人' }))
  expect(none).toBeNull()
  const first = await write('two_hands', 1, none)
  expect(first.draft?.revision).toBe(first.revision)
  const colleague = await write('two_hands', 2, first.revision)
  for (const basedOn of [first.revision, none]) {
    await expect(write('two_hands', 3, basedOn)).rejects.toMatchObject(CHANGED)
    await expect(db.tx((ctx) => dropDraft(ctx, { name: 'two_hands', basedOn }))).rejects.toMatchObject(CHANGED)
    await expect(db.tx((ctx) => publish(ctx, { name: 'two_hands', startsScenarios: false, basedOn }))).rejects.toMatchObject(CHANGED)
  }
  expect(await pointsOf('two_hands')).toBe(2)
  // Whoever has seen it may put theirs over it, and whoever asks nothing is not asked.
  await write('two_hands', 4, colleague.revision)
  await write('two_hands', 5)
  expect(await pointsOf('two_hands')).toBe(5)
})

test('QUA-01 rules thrown away and written again are others, and rules put in force are those that were seen', async () => {
  await db.tx((ctx) => add(ctx, { name: 'again', label: 'もう一度' }))
  const first = await write('again', 1)
  await db.tx((ctx) => dropDraft(ctx, { name: 'again', basedOn: first.revision }))
  const second = await write('again', 2, null)
  expect(second.draft?.version).toBe(first.draft?.version)
  await expect(write('again', 3, first.revision)).rejects.toMatchObject(CHANGED)
  const filling = await db.tx((ctx) => publish(ctx, { name: 'again', startsScenarios: false, basedOn: second.revision }))
  expect(filling).toMatchObject({ revision: second.revision, live: null, draft: null })
  await db.drain()
  expect((await db.read(list)).items.find((one) => one.name === 'again')).toMatchObject({
    revision: second.revision,
    live: { revision: second.revision },
  })
  await write('again', 3, second.revision)
})

test('QUA-01 of two who save at the same moment one is told of the other', async () => {
  const { revision } = await db.tx((ctx) => add(ctx, { name: 'at_once', label: '同時' }))
  const outcomes = await Promise.allSettled([write('at_once', 1, revision), write('at_once', 2, revision)])
  expect(outcomes.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(outcomes.find((one) => one.status === 'rejected')).toMatchObject({ reason: CHANGED })
})
