// How long an import keeps what stood in its file: the rows it did not take, and the file itself.
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, MINUTE } from '#kernel/clock.ts'
import type { Subject } from '#kernel/db/buckets.ts'
import { readMigrations } from '#kernel/db/migrate.ts'
import { erasePeople } from '#loop/identify/erase/service.ts'
import { erasureSweep } from '#loop/identify/jobs.ts'
import { identify } from '#loop/identify/service.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import type { ImportOptions } from './contract.ts'
import { sniff } from './file.ts'
import { importKeeping } from './jobs.ts'
import { forgetRows } from './keeping.ts'
import { insertRows } from './queries.ts'
import { getImport, listRows } from './reads.ts'
import { checkImport, pauseImport, registerImport, startImport, undoImport } from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

const none: ImportOptions = {
  ...{ basis: 'none', basisText: '', policy: 'fill', match: 'mail', source: '', interest: [], tags: [] },
  ...{ campaignId: null, campaignStatus: '', allOrNothing: false },
}
const folder = () => join(db.house.dataDir, 'imports')
const uploaded = async (content: string): Promise<string> => {
  const id = await db.tx(async (ctx) => ctx.id())
  await mkdir(folder(), { recursive: true })
  await writeFile(join(folder(), `${id}.csv`), content)
  const found = await sniff(db.house, id)
  await db.tx((ctx) => registerImport(ctx, { id, name: 'リスト.csv', bytes: content.length, ...found }))
  return id
}
const see = (id: string) => db.read((ctx) => getImport(ctx, { id }))
const plan = async (id: string, more: Partial<ImportOptions>) => ({ ...(await see(id)), options: { ...none, ...more } })
const run = async (content: string, more: Partial<ImportOptions> = {}): Promise<string> => {
  const id = await uploaded(content)
  const how = await plan(id, more)
  await db.tx((ctx) => startImport(ctx, how))
  await db.drain()
  return id
}
const rows = async (id: string) => (await db.read((ctx) => listRows(ctx, { id, limit: 10 }))).items
const keep = () => importKeeping.run(db.house, {})
const filesOf = async (id: string) => (await readdir(folder())).filter((name) => name.startsWith(id))
const hasFiles = async (id: string) => (await filesOf(id)).length > 0
const query = async (text: string, values: unknown[] = []) => (await db.house.pool.query(text, values)).rows

test('GEN-04 CAP-18 rows that an import did not take are there for 30 days; then line and reason are left, and no word of what they said', async () => {
  const id = await run('mail,姓\nkept30@example.jp,見本\n消す太郎「甲」@@example.jp,消す\n')
  expect(await rows(id)).toMatchObject([
    { line: 3, reason: expect.stringContaining('消す太郎'), cells: ['消す太郎「甲」@@example.jp', '消す'] },
  ])
  const { rowsUntil } = await see(id)
  expect(Date.parse(rowsUntil as string) - db.clock.now().getTime()).toBe(30 * DAY)

  db.clock.advance(29 * DAY)
  await db.tx((ctx) => undoImport(ctx, { id }))
  await db.drain()
  await keep()
  expect(await see(id)).toMatchObject({ status: 'undone', rowsUntil })
  expect(await rows(id)).toMatchObject([{ cells: ['消す太郎「甲」@@example.jp', '消す'] }])

  // Nobody reads them from the very instant on, whenever the job comes.
  db.clock.advance(DAY)
  const left = [{ line: 3, outcome: 'rejected', reason: expect.stringMatching(/^「…」: .*plain address/), cells: null }]
  expect([(await see(id)).rowsUntil, await rows(id)]).toEqual([null, left])
  await keep()
  expect([(await see(id)).rejected, await rows(id)]).toEqual([1, left])
  expect(await query("SELECT 1 FROM import_row WHERE to_jsonb(import_row)::text ~ '消す'")).toEqual([])
  expect(await query('SELECT columns FROM import_run WHERE id = $1', [id])).toEqual([{ columns: [] }])
})

test('GEN-04 CAP-18 the rows of a large import go a slice at a time, those of a younger one stay', async () => {
  const old = await run(`mail\n${'bad\n'.repeat(2_500)}`)
  db.clock.advance(30 * DAY)
  const young = await run('mail\nbad\n')
  const slice = () => db.tx((ctx) => forgetRows(ctx, new Date(ctx.now.getTime() - 30 * DAY), 1_000))
  expect([await slice(), await slice(), await slice(), await slice()]).toEqual([1_000, 1_000, 500, 0])
  expect((await rows(old)).map((row) => row.cells)).toEqual(Array.from({ length: 10 }, () => null))
  expect(await rows(young)).toMatchObject([{ cells: ['bad'] }])
})

test('GEN-04 CAP-18 the uploaded file goes with the end of its import, however it ends, and no trial or pause keeps it for ever', async () => {
  await db.tx((ctx) => identify(ctx, [{ route: 'hand', mail: 'trial@example.jp', at: ctx.now, fields: { familyName: '試し' } }]))
  const failed = await run('mail\nbad\n', { allOrNothing: true })
  expect([(await see(failed)).status, await filesOf(failed)]).toEqual(['failed', []])

  const checked = await uploaded('mail,姓\ntrial@example.jp,別人\n')
  const trial = await plan(checked, {})
  await db.tx((ctx) => checkImport(ctx, trial))
  await db.drain()
  expect((await see(checked)).found?.samples).toMatchObject([{ from: '試し', to: '別人' }])
  const paused = await uploaded('mail\npaused@example.jp\n')
  const begun = await plan(paused, {})
  await db.tx((ctx) => startImport(ctx, begun))
  await db.tx((ctx) => pauseImport(ctx, { id: paused }))
  await db.drain()
  // Files that a killed process left: of an import that was over, and of an upload that never came to its end.
  const stray = await db.tx(async (ctx) => ctx.id())
  await Promise.all([failed, stray].map((id) => writeFile(join(folder(), `${id}.csv`), 'mail\n')))

  await keep()
  expect(await Promise.all([checked, paused, stray].map(hasFiles))).toEqual([true, true, true])
  db.clock.advance(8 * DAY)
  await keep()
  expect(await see(checked)).toMatchObject({ status: 'cancelled', found: null })
  expect(await Promise.all([checked, paused, failed, stray].map(hasFiles))).toEqual([false, true, false, false])
  db.clock.advance(23 * DAY)
  await keep()
  expect([(await see(paused)).status, await filesOf(paused)]).toEqual(['cancelled', []])
})

test('GEN-04 CAP-18 rows that name somebody who is erased go with them, however their address is written; rows of others stay', async () => {
  const [gone, kin] = await db.tx((ctx) =>
    identify(ctx, [
      { route: 'hand', mail: 'gone@example.jp', externalId: 'X-1', at: ctx.now, fields: { familyName: '去る', companyName: '甲社' } },
      { route: 'hand', mail: 'kin@example.jp', at: ctx.now },
    ]),
  )
  const file = [
    'mail,外部ID,姓,会社名,備考',
    '"ＧＯＮＥ＠example.jp, other@example.jp",,去る,,',
    ',X-1,去る,,',
    'kin@example.jp,,,,夫人は<Gone@example.jp>',
    'kin@example.jp,,,,',
    'stranger,,,,',
    'gone@example.jp,,残る,乙社,,,余分,余分',
  ].join('\n')
  const mapping = ['mail', 'externalId', 'familyName', 'companyName', '']
  const id = await uploaded(file)
  const how = { ...(await plan(id, {})), mapping }
  await db.tx((ctx) => startImport(ctx, how))
  await db.drain()
  // A trial shows values of those who are known.
  const trial = await uploaded('mail,姓\ngone@example.jp,別人\n')
  const tried = await plan(trial, {})
  await db.tx((ctx) => checkImport(ctx, tried))
  await db.drain()
  const headless = await uploaded('Gone@example.jp,甲\nkin@example.jp,乙\n')
  const first = { ...(await plan(headless, {})), mapping: ['mail', ''] }
  await db.tx((ctx) => startImport(ctx, first))
  await db.drain()

  expect((await rows(id)).map((row) => [row.line, row.cells !== null])).toEqual([2, 3, 4, 5, 6, 7].map((line) => [line, true]))
  await db.tx((ctx) => erasePeople(ctx, [gone?.subject as Subject]))
  const kept = (await rows(id)).flatMap((row) => (row.cells ? [row.line] : []))
  expect(kept).toEqual([5, 6])
  expect((await see(trial)).found).toMatchObject({ conflicts: 1, samples: [] })
  expect((await see(headless)).columns).toEqual([])

  // A page of an import that saw them before they went, and is written after.
  await db.tx((ctx) =>
    insertRows(ctx.db, [
      { import_id: id, line: 99, outcome: 'skipped', reason: 'x', cells: ['gone@example.jp'], keys: ['gone@example.jp'] },
    ]),
  )
  db.clock.advance(11 * MINUTE)
  await erasureSweep.run(db.house, {})
  expect((await rows(id)).at(-1)).toMatchObject({ line: 99, cells: null })

  // The address is somebody else's now: nothing of theirs goes with the other one.
  await db.tx((ctx) => erasePeople(ctx, [kin?.subject as Subject]))
  await db.tx((ctx) => identify(ctx, [{ route: 'form', mail: 'kin@example.jp', at: ctx.now }]))
  await db.tx((ctx) =>
    insertRows(ctx.db, [
      { import_id: id, line: 100, outcome: 'skipped', reason: 'x', cells: ['kin@example.jp'], keys: ['kin@example.jp'] },
    ]),
  )
  db.clock.advance(11 * MINUTE)
  await erasureSweep.run(db.house, {})
  expect((await rows(id)).at(-1)).toMatchObject({ line: 100, cells: ['kin@example.jp'] })
})

test('M9 an import that took weeks can be taken back whole for as long as its page says', async () => {
  await db.tx((ctx) => identify(ctx, [{ route: 'hand', mail: 'slow@example.jp', at: ctx.now, fields: { title: '課長' } }]))
  const id = await uploaded('mail,役職\nslow@example.jp,部長\n')
  const how = await plan(id, { policy: 'update' })
  await db.tx((ctx) => startImport(ctx, how))
  await db.drain()
  await query("UPDATE import_touch SET at = at - interval '20 days' WHERE import_id = $1", [id])
  db.clock.advance(15 * DAY)
  await keep()
  expect((await see(id)).undoUntil).not.toBeNull()
  await db.tx((ctx) => undoImport(ctx, { id }))
  await db.drain()
  expect(await see(id)).toMatchObject({ status: 'undone', undone: { restored: 1 } })
})

test('D7 GEN-04 rows of before get their keys, whatever long words without a space stand in their cells', async () => {
  const id = await run('mail,memo\n@,x\n')
  const long = `a@${randomBytes(6_000).toString('base64')}`
  await query('ALTER TABLE import_row DROP COLUMN keys')
  await query('ALTER TABLE deleted_person DROP COLUMN keys')
  await query('UPDATE import_row SET cells = $2 WHERE import_id = $1', [id, JSON.stringify(['Old@Example.jp、x', long])])
  const migration = (await readMigrations()).find(({ name }) => name === 'import_row_keys')
  await db.house.pool.query(migration?.text ?? '')
  expect(await query('SELECT keys FROM import_row WHERE import_id = $1', [id])).toEqual([{ keys: ['old@example.jp'] }])
})
