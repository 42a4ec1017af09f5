// What the steps of a scenario write about people. Real database.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Subject } from '#kernel/db/buckets.ts'
import { withTx } from '#kernel/db/tx.ts'
import { append, claim, eventId, settle, takeNews } from '#kernel/journal.ts'
import { facts as identifyFacts } from '#loop/identify/facts.ts'
import { createField } from '#loop/identify/fields/service.ts'
import { identify, loadPeople } from '#loop/identify/service.ts'
import { personTables as identifyTables } from '#loop/identify/tables.ts'
import { SYSTEM, type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { PLAIN, type Step } from '../graph/contract.ts'
import { jobs } from '../jobs.ts'
import { react } from '../run/service.ts'
import * as scenarios from '../service.ts'
import { personTables } from '../tables.ts'
import { sweep } from '../timers/sweep.ts'

let db: TestDatabase
let serial = 0
beforeAll(async () => {
  db = await testDatabase({ ports: { personTables: [...identifyTables, ...personTables], facts: identifyFacts }, jobs })
})
afterAll(() => db.close())

/** The reactor's turn with this room as its only stage. */
async function turn(): Promise<void> {
  const everyBucket = Array.from({ length: 256 }, (_, i) => i)
  for (let claimed = 1; claimed > 0; )
    claimed = await withTx(db.house, SYSTEM, async (locked) => {
      const people = await claim(locked, everyBucket, 100)
      const { ctx, news } = await takeNews(locked, people)
      await react(ctx, { at: ctx.now, people, news, wake: () => {}, changed: new Map() })
      await settle(
        ctx,
        people.map((subject) => ({ subject, dueAt: null, eventIds: [] })),
      )
      return people.length
    })
}

async function someone(): Promise<Subject> {
  const [outcome] = await db.tx((ctx) => identify(ctx, [{ mail: `lead${++serial}@example.co.jp`, route: 'hand', at: ctx.now }]))
  if (!outcome) throw new Error('nobody was named')
  await turn()
  return outcome.subject
}

const field = (id: string, of: string, value: string): Step => ({ kind: 'field', id, name: '', field: of, value })

test('QUA-23 NUR-10 what somebody does on the way is written into their interest and bottleneck fields, branch by branch', async () => {
  const words = { ja: 'ボトルネック', en: 'Bottleneck' }
  await db.tx((ctx) =>
    createField(ctx, { key: 'bottleneck', type: 'text', class: 'secondary', options: [], ...words } as Parameters<typeof createField>[1]),
  )
  const wait: Step = {
    ...{ kind: 'await', id: 'q', name: '', within: { amount: 2, unit: 'days' } },
    event: { kind: 'event', match: { event: 'answered', filters: [{ prop: 'about', op: 'eq', value: 'price' }] } },
    branches: [
      { key: 'happened', name: '', weight: 0, steps: [field('f1', 'products', 'estate'), field('f2', 'attrs.bottleneck', '価格')] },
      { key: 'timedOut', name: '', weight: 0, steps: [field('f3', 'attrs.bottleneck', '不明')] },
    ],
  }
  const graph = {
    triggers: [{ kind: 'event' as const, id: 't', match: { event: 'asked', filters: [] } }],
    entry: { kind: 'each' as const },
    ...PLAIN,
    steps: [wait],
  }
  await db.tx(async (ctx) => {
    const made = await scenarios.create(ctx, { name: 'QUA-23', starter: 'blank', language: 'ja' }, {})
    const saved = await scenarios.save(ctx, { id: made.id, name: 'QUA-23', graph, revision: made.revision })
    await scenarios.publish(ctx, { id: made.id, revision: saved.revision })
  })
  const [keen, silent] = [await someone(), await someone()]
  const happens = async (subject: Subject, name: string, props = {}) => {
    await db.tx((ctx) => append(ctx, [{ subject, id: eventId('q', String(++serial)), name, occurredAt: ctx.now, props }]))
    await turn()
  }
  await happens(keen, 'asked')
  await happens(silent, 'asked')
  await happens(keen, 'answered', { about: 'price' })
  db.clock.advance(2 * 86_400_000)
  await sweep(db.house)
  await turn()
  const people = await db.read((ctx) => loadPeople(ctx, [keen, silent]))
  expect(people.get(keen.id)).toMatchObject({ products: ['estate'], attrs: { bottleneck: '価格' } })
  expect(people.get(silent.id)).toMatchObject({ products: [], attrs: { bottleneck: '不明' } })
})
