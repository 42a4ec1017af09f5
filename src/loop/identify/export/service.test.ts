import { readFile } from 'node:fs/promises'
import { PassThrough, type Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { parse } from 'csv-parse/sync'
import Fastify from 'fastify'
import iconv from 'iconv-lite'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import yauzl from 'yauzl'
import { list as auditList } from '#access/audit/service.ts'
import { create as createKey } from '#access/keys/service.ts'
import { mayActor } from '#access/roles.ts'
import type { Actor } from '#kernel/ctx.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { until } from '../../../../test/world.ts'
import { createLead, eraseLead } from '../change/service.ts'
import { privacyContract } from '../erase/contract.ts'
import { createField } from '../fields/service.ts'
import { readAsk } from './ask.ts'
import { original } from './decide.ts'
import { writeFile } from './file.ts'
import { exportJob, exportKeeping, exportPath } from './jobs.ts'
import { publicRoutes } from './routes.ts'
import { cancel, columns, get, start } from './service.ts'
import { withdrawFiles } from './withdraw.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
  await db.tx((ctx) => createField(ctx, { key: 'size', type: 'number', ja: '規模', en: 'Size', class: 'basic', options: [] } as never))
  for (const [n, name] of ['=1+1', '+81-3', '@SUM(A1)', '＝cmd', '髙橋', '𠮷田', '"引用"'].entries()) {
    db.clock.advance(1_000)
    await db.tx((ctx) =>
      createLead(ctx, {
        mail: `x${n}@example.jp`,
        fields: { familyName: '書出', givenName: '見本', department: name, prefecture: '東京都' },
        attrs: { size: n - 3 },
        tags: ['a', 'b'],
      }),
    )
  }
})
afterAll(() => db.close())

const KEYS = ['mail', 'department', 'attrs.size', 'tags', 'prefecture']
const ask = (format: string, more: object = {}) =>
  ({ source: 'leads', filter: { q: '書出', sort: 'created', dir: 'asc' }, columns: KEYS, format, language: 'ja', ...more }) as never
const prepared = async (format: string) => {
  const made = await db.tx((ctx) => start(ctx, ask(format)))
  await db.drain()
  const done = await db.read((ctx) => get(ctx, { id: made.id }))
  return { done, bytes: await readFile(exportPath(db.house, made.id)) }
}

/** The parts of a workbook as text. */
async function partsOf(bytes: Buffer): Promise<Map<string, string>> {
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) =>
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, file) => (file ? resolve(file) : reject(error))),
  )
  const parts = new Map<string, string>()
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: yauzl.Entry) =>
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error)
        buffer(stream as Readable).then((content) => {
          parts.set(entry.fileName, content.toString())
          zip.readEntry()
        }, reject)
      }),
    )
    zip.on('end', () => resolve(parts))
    zip.readEntry()
  })
}

test('GEN-10 D5 a list of formulas becomes a CSV in which no cell evaluates, and whose values come back', async () => {
  const { done, bytes } = await prepared('csv')
  expect(done).toMatchObject({ state: 'done', rows: 7, lost: 0 })
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  const rows = parse(bytes, { bom: true }) as string[][]
  expect(rows[0]).toEqual(['メールアドレス', '部署', '規模', 'タグ', '都道府県'])
  expect(rows.flat().filter((cell) => /^[=+@\t\r＝＋－＠]|^-(?!\d)/.test(cell))).toEqual([])
  expect(rows.slice(1).map((row) => original(row[1] ?? ''))).toEqual(['=1+1', '+81-3', '@SUM(A1)', '＝cmd', '髙橋', '𠮷田', '"引用"'])
  expect(rows[1]).toEqual(['x0@example.jp', "'=1+1", '-3', 'a、b', '東京都'])
})

test('GEN-10 D5 in a workbook every text is an inline string and nothing is a formula', async () => {
  const { bytes } = await prepared('xlsx')
  const parts = await partsOf(bytes)
  const sheet = parts.get('xl/worksheets/sheet1.xml') ?? ''
  expect(sheet).not.toMatch(/<f[ >]/)
  expect(sheet.match(/<row /g)).toHaveLength(8)
  expect(sheet).toContain('<t xml:space="preserve">=1+1</t>')
  expect([...parts.keys()].sort()).toEqual([
    '[Content_Types].xml',
    '_rels/.rels',
    'xl/_rels/workbook.xml.rels',
    'xl/workbook.xml',
    'xl/worksheets/sheet1.xml',
  ])
})

test('GEN-10 CP932 says where it lost which characters', async () => {
  const { done, bytes } = await prepared('csv_cp932')
  expect(done).toMatchObject({ lost: 1, losses: [{ row: 7, column: '部署', letters: '𠮷' }] })
  expect(iconv.decode(bytes, 'cp932')).toContain('"〓田"')
})

test('GEN-10 GEN-11 who took what is written down; whoever may not see a list cannot take it; files go after 7 days', async () => {
  const { done } = await prepared('csv_plain')
  const taken = (await db.read((ctx) => auditList(ctx, { limit: 50, action: 'exports.written' }))).items
  expect(taken[0]?.detail).toMatchObject({ source: 'leads', rows: 7, columns: KEYS })
  const nobody: Actor = { kind: 'key', id: done.id, name: 'x', scopes: ['track'] }
  await expect(db.read((ctx) => columns(ctx, { source: 'leads' }), nobody)).rejects.toMatchObject({ kind: 'forbidden' })
  await expect(db.tx((ctx) => start(ctx, ask('csv', { columns: ['nothing'] })))).rejects.toMatchObject({ code: 'export.columns' })
  await expect(db.tx((ctx) => start(ctx, ask('csv', { filter: { owner: 'x; DROP' } })))).rejects.toMatchObject({ code: 'export.filter' })
  db.clock.advance(8 * 86_400_000)
  await exportKeeping.run(db.house, {})
  expect(await db.read((ctx) => get(ctx, { id: done.id }))).toMatchObject({ state: 'expired', url: null })
  await expect(readFile(exportPath(db.house, done.id))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('GEN-10 a file that is cancelled while it waits is never written', async () => {
  const made = await db.tx((ctx) => start(ctx, ask('csv')))
  await db.tx((ctx) => cancel(ctx, { id: made.id }))
  await db.drain()
  expect(await db.read((ctx) => get(ctx, { id: made.id }))).toMatchObject({ state: 'cancelled', url: null })
})

test('GEN-10 a list goes straight to the browser in portions, in one snapshot', async () => {
  const to = new PassThrough()
  const [written, bytes] = await Promise.all([
    db.read(async (ctx) =>
      writeFile(ctx, await readAsk(ctx, ask('csv_plain', { columns: ['id', 'name', 'createdAt', 'externalId', 'last', 'owner'] })), to),
    ),
    buffer(to),
  ])
  expect(written.rows).toBe(7)
  expect((parse(bytes) as string[][])[1]?.[1]).toBe('書出 見本')
})

test('GEN-10 companies, deals and deliveries are lists like any other', async () => {
  for (const [source, filter] of [
    ['companies', { q: '書出' }],
    ['deals', { state: 'open', q: 'x', owner: 'none' }],
    ['deliveries', { newsletter: '00000000-0000-4000-8000-000000000000' }],
  ] as const) {
    const to = new PassThrough()
    const [, bytes] = await Promise.all([
      db.read(async (ctx) => writeFile(ctx, await readAsk(ctx, { source, filter, format: 'csv_plain', language: 'en' }), to)),
      buffer(to),
    ])
    expect((parse(bytes) as string[][])[0]?.length).toBeGreaterThan(8)
  }
})

test('CRM-20 GEN-10 erasing somebody takes back every file prepared before, at once and from the disk, also one that is being written', async () => {
  const { id } = await db.tx((ctx) => createLead(ctx, { mail: 'goes@example.jp', fields: { familyName: '書出', givenName: '去る' } }))
  const [before, writing, notBegun] = [
    await prepared('csv'),
    await db.tx((ctx) => start(ctx, ask('csv'))),
    await db.tx((ctx) => start(ctx, ask('csv'))),
  ]
  expect(before.bytes.toString()).toContain('goes@example.jp')
  await db.house.pool.query(`UPDATE export_run SET state = 'running' WHERE id = $1`, [writing.id])
  await db.tx((ctx) => eraseLead(ctx, { id }))
  const of = (one: { id: string }) => db.read((ctx) => get(ctx, { id: one.id }))
  expect(await of(before.done)).toMatchObject({ state: 'withdrawn', url: null, losses: [] })
  await db.drain()
  expect(await of(writing)).toMatchObject({ state: 'withdrawn', url: null })
  await expect(readFile(exportPath(db.house, before.done.id))).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(readFile(exportPath(db.house, writing.id))).rejects.toMatchObject({ code: 'ENOENT' })
  // One that was not begun sees only who is left.
  expect(await of(notBegun)).toMatchObject({ state: 'done' })
  expect((await readFile(exportPath(db.house, notBegun.id))).toString()).not.toContain('goes@example.jp')
})

test('CRM-20 a file begun while somebody is being erased waits for it, and so does not name them', async () => {
  const { id } = await db.tx((ctx) => createLead(ctx, { mail: 'amid@example.jp', fields: { familyName: '書出', givenName: '最中' } }))
  const made = await db.tx((ctx) => start(ctx, ask('csv')))
  let written: Promise<unknown> = Promise.resolve()
  await db.tx(async (ctx) => {
    await eraseLead(ctx, { id })
    written = exportJob.run(db.house, { id: made.id })
    await until(async () => {
      const waits = await db.house.pool.query(
        `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      )
      return waits.rowCount === 1
    })
  })
  await written
  expect((await db.read((ctx) => get(ctx, { id: made.id }))).state).toBe('done')
  expect((await readFile(exportPath(db.house, made.id))).toString()).not.toContain('amid@example.jp')
})

test('CRM-20 GEN-10 a file that was taken back while its last rows were written is not told of as written', async () => {
  const made = await db.tx((ctx) => start(ctx, ask('csv', { filter: { q: '誰もいない' } })))
  let written: Promise<unknown> = Promise.resolve()
  await db.tx(async (ctx) => {
    await sql`LOCK TABLE person`.execute(ctx.db)
    written = exportJob.run(db.house, { id: made.id })
    await until(async () => {
      const waits = await db.house.pool.query(
        `SELECT 1 FROM pg_locks WHERE locktype = 'relation' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      )
      return waits.rowCount !== 0
    })
    await withdrawFiles(ctx)
  })
  await written
  expect((await db.read((ctx) => get(ctx, { id: made.id }))).state).toBe('withdrawn')
  await expect(readFile(exportPath(db.house, made.id))).rejects.toMatchObject({ code: 'ENOENT' })
  const told = await db.read((ctx) => auditList(ctx, { limit: 50, action: 'exports.written' }))
  expect(told.items.filter(({ subjectId }) => subjectId === made.id)).toEqual([])
})

test('GEN-10 a key that may only read gets no list as a file, prepared or at once, nor all that is known of somebody', async () => {
  const app = Fastify()
  await app.register(async (part) => publicRoutes(part, db.house))
  const { done } = await prepared('csv')
  const status = async (scope: 'read' | 'write' | 'admin', url: string) => {
    const { key } = await db.tx((ctx) => createKey(ctx, { name: scope, scopes: [scope] }))
    return (await app.inject({ url, headers: { authorization: `Bearer ${key}` } })).statusCode
  }
  const direct = `/api/exports/direct?ask=${encodeURIComponent('{"source":"leads"}')}`
  for (const url of [direct, `/api/exports/${done.id}/file`])
    expect([await status('read', url), await status('write', url), await status('admin', url)]).toEqual([403, 403, 200])
  for (const each of ['read', 'write', 'track'] as const)
    expect(mayActor({ kind: 'key', scopes: [each] }, privacyContract.export['~orpc'].meta.permission as string)).toBe(false)
  await app.close()
})
