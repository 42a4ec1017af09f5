import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor, Ctx } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { doorOf } from '#kernel/serve.ts'
import * as newsletters from '#loop/deliver/newsletter/service.ts'
import * as folders from '#loop/deliver/template/folders/service.ts'
import * as templates from '#loop/deliver/template/service.ts'
import { type Graph, PLAIN } from '#loop/orchestrate/graph/contract.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import * as segments from '#loop/segment/service.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'

let db: TestDatabase
const ANN: Actor = { kind: 'user', id: '00000000-0000-7000-8000-00000000000b', name: '見本 一郎', role: 'marketer' }
const BEN: Actor = { kind: 'user', id: '00000000-0000-7000-8000-00000000000c', name: '見本 二郎', role: 'marketer' }
const as = <T>(actor: Actor, run: (ctx: Ctx) => Promise<T>) => withTx(db.house, actor, run)
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

test('NUR-06 what lies in a folder kept from somebody cannot be sent by them, as a newsletter or from a scenario; what a colleague chose stays', async () => {
  const sharing = { everyone: 'none' as const, users: [], roles: [] }
  const closed = await as(ANN, (ctx) => folders.create(ctx, { name: '機密', parentId: null, sharing }))
  const door = doorOf(db.house, ANN, { ip: '127.0.0.1', headers: {} })
  const secret = await templates.create(door, { name: '機密', draft: { subject: '機密', preheader: '', blocks: [] }, folderId: closed.id })
  const segment = await as(ANN, (ctx) =>
    segments.create(ctx, {
      name: '全員',
      description: '',
      audience: 'leads',
      startsScenarios: false,
      rule: { kind: 'fact', fact: 'prefecture', is: { op: 'notEmpty' } },
    }),
  )
  const letter = { name: '号', templateId: secret.id, include: [segment.id], exclude: [], topicId: null }
  const hidden = { code: 'template.missing' }
  await expect(as(BEN, (ctx) => newsletters.create(ctx, letter))).rejects.toMatchObject(hidden)
  const made = await as(ANN, (ctx) => newsletters.create(ctx, letter))
  expect((await as(BEN, (ctx) => newsletters.update(ctx, { ...letter, id: made.id, name: '改' }))).name).toBe('改')

  const graph: Graph = {
    ...PLAIN,
    triggers: [{ kind: 'manual', id: 't' }],
    entry: { kind: 'once' },
    steps: [{ kind: 'mail', id: 'm', name: '', template: secret.id, purpose: 'marketing' }],
  }
  const blank = await as(BEN, (ctx) => scenarios.create(ctx, { name: 'a', starter: 'blank', language: 'ja' }, {}))
  const save = (actor: Actor, revision: number, name: string) =>
    as(actor, (ctx) => scenarios.save(ctx, { id: blank.id, name, graph, revision }))
  await expect(save(BEN, blank.revision, 'a')).rejects.toMatchObject(hidden)
  const saved = await save(ANN, blank.revision, 'a')
  expect((await save(BEN, saved.revision, 'b')).name).toBe('b')
})
