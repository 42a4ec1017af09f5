import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeOf } from '#kernel/errors.ts'
import type { Graph } from '#loop/orchestrate/graph/contract.ts'
import { PLAIN } from '#loop/orchestrate/graph/contract.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import * as segments from '#loop/segment/service.ts'
import type { TestDatabase } from '../../test/database.ts'
import { testHouse } from '../../test/house.ts'
import { readScenario, writeScenario } from './scenarioText.ts'

let here: TestDatabase
let elsewhere: TestDatabase
let id = ''
beforeAll(async () => {
  here = await testHouse()
  id = await aScenario(here)
  elsewhere = await testHouse()
})
afterAll(async () => {
  await here.close()
  await elsewhere.close()
})

const segmentIn = (db: TestDatabase) =>
  db.tx((ctx) =>
    segments.create(ctx, {
      name: '熱い見込み客',
      description: '',
      audience: 'leads',
      startsScenarios: false,
      rule: { kind: 'fact', fact: 'prefecture', is: { op: 'eq', value: '東京都' } },
    }),
  )

/** Branches in branches, a webhook with a secret in its path, and a segment it refers to. */
const graphOf = (segment: string): Graph => ({
  ...PLAIN,
  triggers: [{ kind: 'segment', id: 't', segment, on: 'entered' }],
  entry: { kind: 'every', days: 30 },
  steps: [
    { kind: 'wait', id: 'w', name: '翌営業日 9:30', until: { kind: 'businessDay', days: 1, time: '09:30' } },
    {
      kind: 'split',
      id: 's',
      name: '',
      branches: [
        { key: 'a', name: '', weight: 50, steps: [{ kind: 'webhook', id: 'h', name: '', url: 'https://hooks.example.jp/secret-token' }] },
        { key: 'b', name: '', weight: 50, steps: [{ kind: 'tag', id: 'g', name: '', tag: '検討中: はい', remove: false }] },
      ],
    },
  ],
})

async function aScenario(db: TestDatabase): Promise<string> {
  const segment = await segmentIn(db)
  const made = await db.tx((ctx) => scenarios.create(ctx, { name: '展示会 フォロー', starter: 'blank', language: 'ja' }, {}))
  await db.tx((ctx) => scenarios.save(ctx, { id: made.id, name: made.name, graph: graphOf(segment.id), revision: made.revision }))
  return made.id
}

test('GEN-15 NUR-02 a scenario goes out as a text that people can read and comes back as the same draft; secrets and ids of this company stay here', async () => {
  const { text, fileName } = await here.read((ctx) => readScenario(ctx, { id }))
  expect(fileName).toBe('展示会-フォロー.scenario.yaml')
  expect(text).toContain('segment: "@segments/熱い見込み客"')
  expect(text).toContain('name: 翌営業日 9:30')
  expect(text).not.toMatch(/secret-token|[0-9a-f]{8}-[0-9a-f]{4}-/)
  const again = await here.tx((ctx) => writeScenario(ctx, { text }))
  expect(again).toMatchObject({ name: '展示会 フォロー', missing: [] })
  const [first, second] = await here.read(async (ctx) => [await scenarios.get(ctx, { id }), await scenarios.get(ctx, { id: again.id })])
  const hidden = (graph: Graph) => JSON.stringify(graph).replace(/https:[^"]*/, '')
  expect(hidden(second?.draft as Graph)).toBe(hidden(first?.draft as Graph))
  expect(second?.state).toBe('draft')
})

test('GEN-15 in another company what is not there is left empty and named, and what is there by the same name is taken', async () => {
  const { text } = await here.read((ctx) => readScenario(ctx, { id }))
  const lacking = await elsewhere.tx((ctx) => writeScenario(ctx, { text }))
  expect(lacking.missing).toEqual([expect.stringMatching(/^@segments\/熱い見込み客/)])
  const draft = await elsewhere.read((ctx) => scenarios.get(ctx, { id: lacking.id }))
  expect(draft.draft.triggers).toMatchObject([{ kind: 'segment', segment: '' }])
  expect(draft.problems.map((problem) => problem.code)).toContain('noSegment')
})

test('I4 texts that are no scenario are refused with their line or place, aliases that unfold without end too', async () => {
  const bombs = ['a: &a [x, x]', 'b: &b [*a, *a, *a]', 'c: &c [*b, *b, *b]', 'd: [*c, *c, *c]'].join('\n')
  for (const text of [
    '',
    'just words',
    '- a\n- b',
    'name: [',
    bombs,
    '__proto__: {x: 1}\nname: a',
    'name: a\ngraph: {steps: 5}',
    'name: a\nname: b',
  ]) {
    const error = await here.tx((ctx) => writeScenario(ctx, { text })).catch((each: unknown) => each)
    expect(codeOf(error), text).toBe('scenario.text')
  }
})
