// Who lies in the trash and comes back by a file. Real file, real database.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { append } from '#kernel/journal.ts'
import { updateLead } from '#loop/identify/change/service.ts'
import { identify } from '#loop/identify/service.ts'
import { trash } from '#loop/identify/trash/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { importOptions } from './contract.ts'
import { sniff } from './file.ts'
import { getImport } from './reads.ts'
import { checkImport, registerImport, startImport, undoImport } from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

const see = (id: string) => db.read((ctx) => getImport(ctx, { id }))
async function uploaded(content: string): Promise<string> {
  const id = await db.tx(async (ctx) => ctx.id())
  await mkdir(join(db.house.dataDir, 'imports'), { recursive: true })
  await writeFile(join(db.house.dataDir, 'imports', `${id}.csv`), content)
  const found = await sniff(db.house, id)
  await db.tx((ctx) => registerImport(ctx, { id, name: 'リスト.csv', bytes: content.length, ...found }))
  return id
}

test('CAP-17 M9 somebody in the trash comes back by an import, which says so before and after, and lies there again when it is undone', async () => {
  const made = await db.tx((ctx) =>
    identify(
      ctx,
      ['modoru', 'ugoku', 'kawaranai'].map(
        (name) => ({ route: 'hand', at: ctx.now, mail: `${name}@example.jp`, fields: { familyName: name } }) as const,
      ),
    ),
  )
  const [first, second, third] = made.map((one) => one.subject)
  if (!first || !second || !third) throw new Error('three people')
  await db.tx((ctx) => trash(ctx, [first, second, third], { actId: null }))
  const file =
    'メール,部署,姓\nmodoru@example.jp,営業部,modoru\nmodoru@example.jp,営業部,modoru\nugoku@example.jp,総務部,ugoku\nkawaranai@example.jp,,kawaranai\nhajimete@example.jp,,はじめ\n'
  const id = await uploaded(file)
  const plan = { ...(await see(id)), options: importOptions.parse({ basis: 'none' }) }
  await db.tx((ctx) => checkImport(ctx, plan))
  await db.drain()
  expect((await see(id)).found).toMatchObject({ inserted: 1, returned: 3, repeated: 0 })
  await db.tx((ctx) => startImport(ctx, plan))
  await db.drain()
  expect(await see(id)).toMatchObject({ status: 'done', inserted: 1, updated: 3, skipped: 1, rejected: 0, returned: 3 })
  const lies = async () =>
    (await db.house.pool.query('SELECT person_id FROM lead_trash ORDER BY person_id')).rows.map((row) => row.person_id)
  expect(await lies()).toEqual([])
  db.clock.advance(60_000)
  await db.tx((ctx) => updateLead(ctx, { id: second.id, fields: { title: '部長' } }))
  // What rules conclude of somebody by time alone, or after an edit of them, is nobody's act.
  await db.tx((ctx) =>
    append(
      ctx,
      ['score.changed', 'heat.changed', 'rank.changed'].map((name) => ({
        subject: third,
        id: ctx.id(),
        name,
        occurredAt: ctx.now,
        props: {},
      })),
    ),
  )
  await db.tx((ctx) => undoImport(ctx, { id }))
  await db.drain()
  expect(await lies()).toEqual([first.id, third.id].sort())
})
