import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { identify, loadPeople, stopMail } from '#loop/identify/service.ts'
import { personTables as identifyTables } from '#loop/identify/tables.ts'
import { personTables as campaignTables } from '#loop/plan/campaigns/tables.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import type { ImportOptions } from './contract.ts'
import { sniff } from './file.ts'
import { jobs } from './jobs.ts'
import { getImport, listRows } from './reads.ts'
import { cancelImport, registerImport, startImport } from './service.ts'
import { personTables as importTables } from './tables.ts'
import { PAGE, runSlice } from './work.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({
    ports: { personTables: [...identifyTables, ...campaignTables, ...importTables], facts: [], leadFilters: {}, timelinePoints: [] },
    jobs,
  })
})
afterAll(() => db.close())

const options: ImportOptions = {
  basis: 'none',
  basisText: '',
  policy: 'fill',
  match: 'mail',
  source: '展示会',
  interest: ['A'],
  tags: ['春'],
  campaignId: null,
  campaignStatus: '',
  allOrNothing: false,
}

const uploaded = async (content: Buffer | string): Promise<string> => {
  const id = await db.tx(async (ctx) => ctx.id())
  await mkdir(join(db.house.dataDir, 'imports'), { recursive: true })
  await writeFile(join(db.house.dataDir, 'imports', `${id}.csv`), content)
  const found = await sniff(db.house, id)
  await db.tx((ctx) => registerImport(ctx, { id, name: 'リスト.csv', bytes: content.length, ...found }))
  return id
}
const begin = async (id: string, more: Partial<ImportOptions> = {}) => {
  const seen = await db.read((ctx) => getImport(ctx, { id }))
  return db.tx((ctx) => startImport(ctx, { ...seen, options: { ...options, ...more } }))
}
const run = async (content: Buffer | string, more: Partial<ImportOptions> = {}) => {
  const id = await uploaded(content)
  await begin(id, more)
  await db.drain()
  return db.read((ctx) => getImport(ctx, { id }))
}
const byMail = async (mail: string) => (await db.house.pool.query('SELECT * FROM person WHERE mail = $1', [mail])).rows[0]

const HEAD = '会社名,姓,名,セイ,メールアドレス,電話番号\r\n'

describe('import', () => {
  test.each([
    ['UTF-8 with BOM', (text: string) => Buffer.from(`\ufeff${text}`), 'utf-8'],
    ['CP932', (text: string) => iconv.encode(text, 'cp932'), 'cp932'],
    ['UTF-16LE', (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]), 'utf-16le'],
  ])('D2 CAP-18 %s is recognised and every letter arrives, ①㈱髙 too', async (name, encode, encoding) => {
    const mail = `${encoding}@example.jp`
    const detail = await run(encode(`${HEAD}"㈱サンプル①,\r\n本社",髙橋,花子,ﾀｶﾊｼ,${mail},０３－５４１２－８８９０\r\n`))
    expect([name, detail.encoding, detail.inserted, detail.rejected]).toEqual([name, encoding, 1, 0])
    expect(await byMail(mail)).toMatchObject({
      company_name: '㈱サンプル①, 本社',
      family_name: '髙橋',
      family_kana: 'タカハシ',
      phone: '+81354128890',
      source_first: '展示会',
      tags: ['春'],
    })
  })

  test.each([
    ['an old workbook', '\xd0\xcf\x11\xe0\xa1'],
    ['a compressed file', '\x1f\x8b\x08'],
    ['a PDF', '%PDF-1.7'],
    ['zeros', '\0\0\0\0'],
  ])('D2 %s is refused with what to do, not read as letters', async (_name, bytes) => {
    await expect(uploaded(Buffer.from(bytes, 'latin1'))).rejects.toMatchObject({ code: 'import.noText', errors: [{ field: 'file' }] })
  })

  test('D2 every row is accounted for: inserted, updated, skipped or rejected, with line and reason', async () => {
    const content = `${HEAD}A社,一,郎,,one@example.jp,\r\nA社,,,,bad@@example.jp,\r\n\r\nB社,"二\n二",,,two@example.jp,\r\nA社,一,郎,,ONE@example.jp,03-1234-5678\r\nA社,一,郎,,one@example.jp,\r\nC社,,,,,\r\n`
    const detail = await run(content)
    expect(detail).toMatchObject({ status: 'done', rowsDone: 6, inserted: 2, updated: 1, skipped: 1, rejected: 2 })
    const { items } = await db.read((ctx) => listRows(ctx, { id: detail.id, limit: 10 }))
    expect(items.map((row) => [row.line, row.outcome])).toEqual([
      [3, 'rejected'],
      [8, 'skipped'],
      [9, 'rejected'],
    ])
  })

  test('D3 an import never makes a stopped or a known person sendable', async () => {
    await db.tx((ctx) => stopMail(ctx, { address: 'stopped@example.jp', reason: 'unsubscribe', at: ctx.now }))
    await db.tx((ctx) => identify(ctx, [{ route: 'hand', mail: 'known@example.jp', at: ctx.now }]))
    await run('mail\nstopped@example.jp\nknown@example.jp\nnew@example.jp\n', { basis: 'card', basisText: '2026年春の展示会' })
    expect(
      [await byMail('stopped@example.jp'), await byMail('known@example.jp'), await byMail('new@example.jp')].map((row) => [
        row.mail_stop,
        row.mail_basis,
      ]),
    ).toEqual([
      [1, 3],
      [0, 0],
      [0, 3],
    ])
  })

  test('CAP-15 imported rows are history: they are dated by the file, and nothing they tell starts anything', async () => {
    const detail = await run('mql_id,first_contact_date,origin\nabc,2/1/2018,social\n')
    expect(detail).toMatchObject({ inserted: 1 })
    const row = (
      await db.house.pool.query(
        "SELECT p.* FROM person p JOIN identity i ON i.bucket = p.bucket AND i.person_id = p.id WHERE i.kind = 'external' AND i.value = 'abc'",
      )
    ).rows[0]
    expect(row).toMatchObject({ identified_at: new Date('2018-02-01T00:00:00Z'), source_first: 'social', mail: null, keep: true })
    const news = (await db.house.pool.query('SELECT historic FROM news WHERE person_id = $1', [row.id])).rows
    expect(news.length).toBeGreaterThan(0)
    expect(news.every((one) => one.historic)).toBe(true)
  })

  test('the policy says what happens to known people: fill, update or skip', async () => {
    await db.tx((ctx) => identify(ctx, [{ route: 'hand', mail: 'policy@example.jp', at: ctx.now, fields: { title: '課長' } }]))
    const content = 'mail,役職,部署\npolicy@example.jp,部長,営業部\n'
    expect(await run(content, { policy: 'skip' })).toMatchObject({ skipped: 1, updated: 0 })
    expect(await run(content, { policy: 'fill' })).toMatchObject({ updated: 1 })
    expect(await byMail('policy@example.jp')).toMatchObject({ title: '課長', department: '営業部' })
    await run(content, { policy: 'update' })
    expect(await byMail('policy@example.jp')).toMatchObject({ title: '部長' })
  })

  test('D1 an import that was killed in the middle goes on at its mark; two workers do nothing twice', async () => {
    const rows = Array.from({ length: 12_000 }, (_, i) => `kill${i}@example.jp`).join('\n')
    const id = await uploaded(`mail\n${rows}\n`)
    await begin(id)
    await db.house.pool.query("CREATE FUNCTION die() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'killed'; END $$ LANGUAGE plpgsql")
    await db.house.pool.query(
      'CREATE TRIGGER die BEFORE UPDATE ON import_run FOR EACH ROW WHEN (NEW.rows_done >= 10000) EXECUTE FUNCTION die()',
    )
    await Promise.allSettled([runSlice(db.house, id), runSlice(db.house, id), runSlice(db.house, id)])
    const half = await db.read((ctx) => getImport(ctx, { id }))
    expect(half).toMatchObject({ status: 'running', rowsDone: 10_000 - PAGE })
    await db.house.pool.query('DROP TRIGGER die ON import_run')
    await db.drain()
    const detail = await db.read((ctx) => getImport(ctx, { id }))
    expect(detail).toMatchObject({ status: 'done', rowsDone: 12_000, inserted: 12_000, skipped: 0, rejected: 0 })
    expect((await db.house.pool.query("SELECT count(*)::int AS n FROM person WHERE mail LIKE 'kill%'")).rows[0].n).toBe(12_000)
  })

  test('a file that cannot be read on ends with its line; a cancelled import stops', async () => {
    await expect(uploaded(`mail\na1@example.jp\n"open,\n`)).rejects.toMatchObject({
      code: 'import.unreadable',
      message: expect.stringContaining('3'),
    })
    const many = Array.from({ length: 30 }, (_, i) => `a${i}@example.jp`).join('\n')
    expect(await run(`mail\n${many}\n"open,\n`)).toMatchObject({ status: 'failed', rowsDone: 0, failure: expect.stringContaining('32') })
    const id = await uploaded('mail\nx@example.jp\n')
    await begin(id)
    await db.tx((ctx) => cancelImport(ctx, { id }))
    await db.drain()
    expect(await db.read((ctx) => getImport(ctx, { id }))).toMatchObject({ status: 'cancelled', rowsDone: 0 })
    await expect(begin(id)).rejects.toMatchObject({ code: 'import.started' })
  })

  test('CAP-18 two people with one external id and one address each are told apart by the address', async () => {
    const [a] = await db.tx((ctx) => identify(ctx, [{ route: 'import', mail: 'ext@example.jp', externalId: 'E1', at: ctx.now }]))
    expect(await db.read(async (ctx) => (await loadPeople(ctx, a ? [a.subject] : [])).size)).toBe(1)
  })
})
