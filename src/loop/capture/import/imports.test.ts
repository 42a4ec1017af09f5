// Imports as wholes: what is written in, tried, joined, taken back; files that are bombs; deals. Real files, real database.
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { updateLead } from '#loop/identify/change/service.ts'
import { identify, stopMail } from '#loop/identify/service.ts'
import { create, get, ofLead } from '#loop/plan/campaigns/service.ts'
import { cpuOf } from '../../../../test/cpu.ts'
import type { TestDatabase } from '../../../../test/database.ts'
import { testHouse } from '../../../../test/house.ts'
import { bookOf, bytesOf, textCell as text } from '../../../../test/workbook.ts'
import type { ImportOptions } from './contract.ts'
import { sniff } from './file.ts'
import { getImport, listRows } from './reads.ts'
import { cancelImport, checkImport, pauseImport, registerImport, resumeImport, startImport, undoImport } from './service.ts'
import { runSlice } from './work.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

const none: ImportOptions = {
  basis: 'none',
  basisText: '',
  policy: 'fill',
  match: 'mail',
  source: '',
  interest: [],
  tags: [],
  campaignId: null,
  campaignStatus: '',
  allOrNothing: false,
}
const uploaded = async (content: Buffer | string, name = 'リスト.csv'): Promise<string> => {
  const id = await db.tx(async (ctx) => ctx.id())
  await mkdir(join(db.house.dataDir, 'imports'), { recursive: true })
  await writeFile(join(db.house.dataDir, 'imports', `${id}.csv`), content)
  const found = await sniff(db.house, id)
  await db.tx((ctx) => registerImport(ctx, { id, name, bytes: content.length, ...found }))
  return id
}
type More = Partial<ImportOptions> & { mapping?: string[]; target?: 'people' | 'deals'; encoding?: 'utf-8' | 'cp932'; sheet?: number }
const how = async (id: string, more: More = {}) => {
  const { mapping, target, encoding, sheet, ...options } = more
  const seen = await db.read((ctx) => getImport(ctx, { id, target, encoding, sheet }))
  return { ...seen, mapping: mapping ?? seen.mapping, options: { ...none, ...options } }
}
const see = (id: string) => db.read((ctx) => getImport(ctx, { id }))
const begin = async (id: string, more: More = {}) => {
  const plan = await how(id, more)
  await db.tx((ctx) => startImport(ctx, plan))
}
const run = async (content: Buffer | string, more: More = {}) => {
  const id = await uploaded(content)
  await begin(id, more)
  await db.drain()
  return see(id)
}
const tried = async (content: Buffer | string, more: More = {}) => {
  const id = await uploaded(content)
  const plan = await how(id, more)
  await db.tx((ctx) => checkImport(ctx, plan))
  await db.drain()
  return see(id)
}
const undo = async (id: string) => {
  await db.tx((ctx) => undoImport(ctx, { id }))
  await db.drain()
  return see(id)
}
const query = async (text: string, values: unknown[] = []) => (await db.house.pool.query(text, values)).rows
const byMail = async (mail: string) => (await query('SELECT * FROM person WHERE mail = $1', [mail]))[0]
const lead = async (mail: string, fields: Record<string, string> = {}) => {
  const [made] = await db.tx((ctx) => identify(ctx, [{ route: 'hand', mail, at: ctx.now, fields }]))
  if (!made) throw new Error('no lead')
  return made.subject
}

const HEAD = '会社名,姓,名,メールアドレス,電話番号\r\n'

describe('reading', () => {
  test.each([
    ['UTF-8', (text: string) => Buffer.from(text), 'utf-8'],
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`), 'utf-8'],
    ['CP932', (text: string) => iconv.encode(text, 'cp932'), 'cp932'],
    ['UTF-16 LE with a mark', (text: string) => iconv.encode(text, 'utf-16le', { addBOM: true }), 'utf-16le'],
    ['UTF-16 LE without', (text: string) => iconv.encode(text, 'utf-16le'), 'utf-16le'],
    ['UTF-16 BE with a mark', (text: string) => iconv.encode(text, 'utf-16be', { addBOM: true }), 'utf-16be'],
    ['UTF-16 BE without', (text: string) => iconv.encode(text, 'utf-16be'), 'utf-16be'],
  ])('D2 %s is found by itself and every letter arrives', async (name, encode, encoding) => {
    const key = name.replace(/\W/g, '').toLowerCase()
    const many = Array.from({ length: 40 }, (_, i) => `㈱見本①,髙橋,花～子,${key}${i}@example.jp,03-1234-5678`).join('\r\n')
    const detail = await run(encode(`${HEAD}${many}\r\n`))
    expect([detail.encoding, detail.inserted]).toEqual([encoding, 40])
    expect(await byMail(`${key}7@example.jp`)).toMatchObject({
      company_name: '㈱見本①',
      family_name: '髙橋',
      given_name: expect.stringMatching(/^花[~～]子$/),
    })
  })

  test('D2 the encoding is read from the whole file: thousands of plain rows before the first Japanese letter', async () => {
    const plain = Array.from({ length: 9_000 }, (_, i) => `x,y,z,plain${i}@example.jp,`).join('\r\n')
    const id = await uploaded(
      Buffer.concat([
        Buffer.from(`company,last name,first name,mail,tel\r\n${plain}\r\n`),
        iconv.encode('見本社,髙橋,花子,late@example.jp,\r\n', 'cp932'),
      ]),
    )
    expect((await see(id)).encoding).toBe('cp932')
  })

  test('D2 one byte that cannot be read turns its row away, and the trial says which encoding to try', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `見本社${i},見本,太郎,byte${i}@example.jp,`)
    const good = Buffer.from(`${HEAD}${rows.join('\r\n')}\r\n`)
    const bad = Buffer.concat([good, Buffer.from('社'), Buffer.from([0x80, 0xff]), Buffer.from(',a,b,bad@example.jp,\r\n')])
    const found = await tried(bad)
    expect(found).toMatchObject({ encoding: 'utf-8', found: { unread: 1, rejected: 1, inserted: 30 } })
    expect(found.found?.reasons[0]).toMatchObject({ outcome: 'rejected', lines: [32] })
    const asOther = await how(await uploaded(good), { encoding: 'cp932' })
    expect(asOther.sample[0]?.join('')).not.toContain('見本')
  })

  test('D2 mixed ends of lines, quotes within cells, NULs and a thousand columns: every row is accounted for', async () => {
    const mixed = `mail,会社名\ra1@example.jp,"A ""x""\r\n社"\nb1@example.jp,B\0社\r\n\r\nc1@example.jp,"C"社\rd1@example.jp,D,余分\n`
    const detail = await run(mixed)
    expect(detail).toMatchObject({ rowsDone: 4, inserted: 3, rejected: 1 })
    expect((await byMail('a1@example.jp')).company_name).toBe('A "x" 社')
    expect((await byMail('b1@example.jp')).company_name).toBe('B社')
    expect((await byMail('c1@example.jp')).company_name).toBe('C社')
    const { items } = await db.read((ctx) => listRows(ctx, { id: detail.id, limit: 10 }))
    expect(items.map((row) => [row.line, row.outcome])).toEqual([[7, 'rejected']])
    const wide = Array.from({ length: 1_000 }, (_, i) => `c${i}`).join(',')
    await expect(uploaded(`${wide}\n${wide}\n`)).rejects.toMatchObject({
      code: 'import.unreadable',
      message: expect.stringContaining('1000'),
    })
  })

  test('D2 one bad row in a hundred thousand is named by its line, the others are in', async () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => (i === 77_776 ? 'no address,見本社' : `k${i}@example.jp,見本社`))
    const found = await tried(`mail,会社名\n${rows.join('\n')}\n`)
    expect(found.found).toMatchObject({ rows: 100_000, inserted: 99_999, rejected: 1 })
    expect(found.found?.reasons[0]?.lines).toEqual([77_778])
  })
})

describe('workbooks', () => {
  const STYLES = `<styleSheet><numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="177" formatCode="000\\-0000"/></numFmts>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="176"/><xf numFmtId="177"/></cellXfs></styleSheet>`
  test('CAP-18 a sheet is chosen; shared strings without their readings, days, codes with zeros and blank rows arrive as seen', async () => {
    const strings =
      '<sst><si><t>メールアドレス</t></si><si><r><t>見</t></r><r><t>本</t></r><rPh sb="0" eb="2"><t>ミホン</t></rPh></si><si><t>獲得日</t></si><si><t>氏名</t></si></sst>'
    const rows = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c></row><row r="2"/>
      <row r="3">${text('A3', 'book@example.jp')}<c r="B3" s="2"><v>46024</v></c><c r="C3" s="1"><v>1</v></c><c r="D3" t="s"><v>1</v></c></row>`
    const id = await uploaded(
      await bytesOf(bookOf({ 表紙: '<row r="1"/>', 名簿: rows }, { strings, styles: STYLES })).catch((e) => Promise.reject(e)),
      'a.xlsx',
    ).catch((e: unknown) => e)
    // The first sheet is empty: the file is refused only when the sheet that is read has nothing.
    expect(String(id)).toContain('空')
    const other = await uploaded(await bytesOf(bookOf({ 名簿: rows, 表紙: '<row r="1"/>' }, { strings, styles: STYLES })), 'a.xlsx')
    const seen = await see(other)
    expect(seen).toMatchObject({ encoding: 'workbook', sheets: ['名簿', '表紙'], columns: ['メールアドレス', '獲得日', '', '氏名'] })
    expect(seen.sample).toEqual([['book@example.jp', '2026-01-02', '1900-01-01', '見本']])
    await begin(other)
    await db.drain()
    expect(await byMail('book@example.jp')).toMatchObject({ family_name: '見本', identified_at: new Date('2026-01-02T00:00:00Z') })
  })

  test('CAP-18 a workbook that counts days from 1904 gives the same days', async () => {
    const rows = `<row r="1">${text('A1', 'mail')}${text('B1', '獲得日')}</row><row r="2">${text('A2', 'mac@example.jp')}<c r="B2" s="1"><v>44562</v></c></row>`
    const id = await uploaded(await bytesOf(bookOf({ s: rows }, { styles: STYLES, date1904: true })), 'b.xlsx')
    expect((await see(id)).sample).toEqual([['mac@example.jp', '2026-01-02']])
  })

  test('D2 a bomb is refused in seconds: what unpacks to gigabytes, what is damaged, what brings entities along', async () => {
    const before = process.memoryUsage().rss
    const huge = bookOf({ s: '' })
    huge['xl/worksheets/sheet1.xml'] = `<worksheet>${' '.repeat(64 * 1024 * 1024)}</worksheet>`
    const bomb = await bytesOf(huge)
    expect(bomb.length).toBeLessThan(200_000)
    const entities = bookOf({ s: '' })
    entities['xl/worksheets/sheet1.xml'] = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData>&a;</sheetData></worksheet>'
    const damaged = await bytesOf(entities)
    const cost = await cpuOf(async () => {
      await expect(uploaded(bomb, 'bomb.xlsx')).rejects.toThrow(/大きすぎます/)
      await expect(uploaded(Buffer.from('PK\x03\x04 no workbook'), 'x.xlsx')).rejects.toThrow(/読めません/)
      await expect(uploaded(damaged, 'e.xlsx')).rejects.toThrow(/読めません/)
    })
    expect(cost).toBeLessThan(8_000)
    expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(400)
  })

  test('D2 one line of many megabytes is refused at its first one', async () => {
    const cost = await cpuOf(async () => {
      await expect(uploaded(Buffer.alloc(60 * 1024 * 1024, 'x'))).rejects.toMatchObject({ code: 'import.unreadable' })
      await expect(uploaded(`mail\n"${'y'.repeat(3 * 1024 * 1024)}`)).rejects.toMatchObject({ code: 'import.unreadable' })
    })
    expect(cost).toBeLessThan(8_000)
  })
})

describe('people', () => {
  test('CAP-18 three files with overlapping people give one person each, with all sources kept', async () => {
    const files = [
      ['名刺', '会社名,姓,メールアドレス\nA社,一,o1@example.jp\nB社,二,o2@example.jp\n'],
      ['問い合わせ', 'name,e-mail,tel\nOne,O1@example.jp,03-1111-2222\nThree,o3@example.jp,\n'],
      ['営業リスト', 'メール,部署\no2@example.jp,営業部\no3@example.jp,\no1@example.jp,総務部\n'],
    ] as const
    for (const [source, content] of files) await run(content, { source, tags: [source] })
    expect((await query("SELECT count(*)::int AS n FROM person WHERE mail ~ '^o[123]@example.jp$'"))[0].n).toBe(3)
    expect(await byMail('o1@example.jp')).toMatchObject({
      source_first: '名刺',
      source_latest: '営業リスト',
      tags: ['名刺', '問い合わせ', '営業リスト'],
      department: '総務部',
      phone: '+81311112222',
    })
  })

  test('CAP-15 the first source is never overwritten, the latest is', async () => {
    await run('mail\nsrc@example.jp\n', { source: '展示会' })
    db.clock.advance(1_000)
    await run('mail,リードソース\nsrc@example.jp,広告\n', { policy: 'update' })
    expect(await byMail('src@example.jp')).toMatchObject({ source_first: '展示会', source_latest: '広告' })
  })

  test('CAP-19 into a campaign: everybody joins with a status, new and known, told as history; a column may say it per row', async () => {
    const known = await lead('camp-known@example.jp')
    const { id } = await db.tx((ctx) => create(ctx, { name: '春の展示会', kind: 'exhibition' }))
    const plan = { campaignId: id, campaignStatus: '来場', source: '春の展示会' }
    const detail = await run('mail,参加状況\ncamp-known@example.jp,\ncamp1@example.jp,名刺交換\ncamp2@example.jp,\n', plan)
    expect(detail).toMatchObject({ inserted: 2, updated: 1 })
    const page = await db.read((ctx) => get(ctx, { id }))
    expect(page.counts.filter((one) => one.n)).toEqual([
      { status: '来場', n: 2 },
      { status: '名刺交換', n: 1 },
    ])
    expect((await db.read((ctx) => ofLead(ctx, { leadId: known.id }))).items.map((one) => one.name)).toEqual(['春の展示会'])
    const told = await query("SELECT historic FROM journal WHERE name = 'campaign.joined' AND person_id = $1", [known.id])
    expect(told).toEqual([{ historic: true }])
    await expect(run('mail\nx@example.jp\n', { campaignId: id, campaignStatus: '知らない' })).rejects.toMatchObject({ code: 'import.plan' })
  })

  test('CAP-18 by company, name and address: somebody of another name at a shared address is another person, and stays the same next time', async () => {
    await lead('info@example.jp', { companyName: '株式会社見本', familyName: '一', givenName: '郎' })
    const file = `${HEAD}見本,一,郎,info@example.jp,\n見本,二,子,info@example.jp,03-1111-1111\n`
    expect(await run(file, { match: 'personMail' })).toMatchObject({ inserted: 1, rejected: 0 })
    expect(await run(file, { match: 'personMail' })).toMatchObject({ inserted: 0, rejected: 0 })
    const rows = await query("SELECT family_name, mail, contact_mail FROM person WHERE contact_mail = 'info@example.jp'")
    expect(rows).toEqual([{ family_name: '二', mail: null, contact_mail: 'info@example.jp' }])
  })

  test('CAP-18 by external id: who has the id decides; an address that is somebody else’s is a conflict, not a merge', async () => {
    await run('id,mail\nE1,e1@example.jp\nE2,e2@example.jp\n', { match: 'external' })
    const detail = await run('id,mail,役職\nE1,e1-new@example.jp,部長\nE2,e1@example.jp,課長\n', { match: 'external', policy: 'update' })
    expect(detail).toMatchObject({ updated: 1, rejected: 1 })
    expect(await byMail('e1-new@example.jp')).toMatchObject({ title: '部長' })
  })

  test('D3 an import that says "subscribed" makes nobody sendable who stopped, and one that says "no mail" stops them', async () => {
    await db.tx((ctx) => stopMail(ctx, { address: 'd3stop@example.jp', reason: 'complaint', at: ctx.now }))
    await lead('d3known@example.jp')
    const file = 'mail,配信停止\nd3stop@example.jp,\nd3known@example.jp,\nd3new@example.jp,\nd3out@example.jp,1\n'
    await run(file, {
      basis: 'consent',
      basisText: '2026年の申込書',
      policy: 'update',
      mapping: ['mail', 'optOut'],
    })
    const rows = await query("SELECT mail, mail_stop, mail_basis FROM person WHERE mail LIKE 'd3%' ORDER BY mail")
    expect(rows.map((row) => [row.mail, row.mail_stop, row.mail_basis])).toEqual([
      ['d3known@example.jp', 0, 0],
      ['d3new@example.jp', 0, 4],
      ['d3out@example.jp', 1, 0],
      ['d3stop@example.jp', 4, 4],
    ])
    const ledger = await query(
      "SELECT basis, text, evidence FROM consent_entry e JOIN person p ON p.id = e.person_id WHERE p.mail = 'd3new@example.jp'",
    )
    expect(ledger).toEqual([
      { basis: 'consent', text: '2026年の申込書', evidence: { import: expect.any(String), file: 'リスト.csv', line: 4 } },
    ])
  })

  test('CAP-18 the trial counts what the import then does, and writes nothing', async () => {
    await lead('try-known@example.jp', { title: '課長' })
    await lead('try-same@example.jp', { title: '部長' })
    const file =
      'mail,役職,部署\ntry-known@example.jp,部長,営業部\ntry-same@example.jp,部長,\ntry-new@example.jp,,\ntry-new@example.jp,主任,\nbad,,\n'
    const before = await query('SELECT (SELECT count(*) FROM person) AS p, (SELECT count(*) FROM journal) AS j')
    const detail = await tried(file)
    expect(await query('SELECT (SELECT count(*) FROM person) AS p, (SELECT count(*) FROM journal) AS j')).toEqual(before)
    expect(detail).toMatchObject({
      status: 'checked',
      inserted: 0,
      found: { rows: 5, inserted: 1, updated: 2, skipped: 1, rejected: 1, repeated: 1, conflicts: 1 },
    })
    expect(detail.found?.samples).toEqual([{ line: 2, field: 'title', from: '課長', to: '部長' }])
    await begin(detail.id)
    await db.drain()
    expect(await see(detail.id)).toMatchObject({ status: 'done', inserted: 1, updated: 2, skipped: 1, rejected: 1 })
  })

  test('CAP-18 a mapping is remembered for the headers it was used with; the ground for mail is asked anew', async () => {
    await run('連絡先,なまえ\nrem@example.jp,見本\n', {
      mapping: ['mail', 'familyName'],
      basis: 'card',
      basisText: '2026年',
      policy: 'update',
    })
    const seen = await see(await uploaded('連絡先,なまえ\nother@example.jp,見本\n'))
    expect(seen).toMatchObject({
      remembered: true,
      mapping: ['mail', 'familyName'],
      options: { policy: 'update', basis: 'none', basisText: '' },
    })
  })

  test('CAP-18 all or nothing: one bad row and nobody is in; the row is named', async () => {
    const detail = await run('mail\nall1@example.jp\nbad\nall2@example.jp\n', { allOrNothing: true })
    expect(detail).toMatchObject({ status: 'failed', inserted: 0 })
    expect(await byMail('all1@example.jp')).toBeUndefined()
    expect((await db.read((ctx) => listRows(ctx, { id: detail.id, limit: 5 }))).items.map((row) => row.line)).toEqual([3])
    expect(await run('mail\nall1@example.jp\nall2@example.jp\n', { allOrNothing: true })).toMatchObject({ status: 'done', inserted: 2 })
  })

  test('D1 paused, an import stands still; resumed, it goes on at its row; cancelled, what is in stays', async () => {
    const rows = Array.from({ length: 12_000 }, (_, i) => `pause${i}@example.jp`).join('\n')
    const id = await uploaded(`mail\n${rows}\n`)
    await begin(id)
    await db.tx((ctx) => pauseImport(ctx, { id }))
    expect(await runSlice(db.house, id)).toBe(false)
    expect(await see(id)).toMatchObject({ status: 'paused', rowsDone: 0 })
    await db.tx((ctx) => resumeImport(ctx, { id }))
    await db.drain()
    expect(await see(id)).toMatchObject({ status: 'done', inserted: 12_000 })
    await db.tx((ctx) => cancelImport(ctx, { id }))
    expect(await see(id)).toMatchObject({ status: 'done' })
    await expect(stat(join(db.house.dataDir, 'imports', `${id}.csv`))).rejects.toThrow()
  })
})

describe('taking it back', () => {
  test('M9 fields and memberships are as they were, people it made are gone, except where something happened since', async () => {
    const { id: campaignId } = await db.tx((ctx) => create(ctx, { name: '取り消す展示会', kind: 'exhibition' }))
    const [plain, changed] = [
      await lead('back1@example.jp', { title: '課長', department: '総務部' }),
      await lead('back2@example.jp', { title: '課長' }),
    ]
    const before = await query('SELECT title, department, tags, source_first, source_latest, mail_basis FROM person WHERE id = $1', [
      plain.id,
    ])
    const file = 'mail,役職,部署\nback1@example.jp,部長,営業部\nback2@example.jp,部長,営業部\nback3@example.jp,,\nback4@example.jp,,\n'
    const detail = await run(file, { policy: 'update', tags: ['展'], source: '展示会', campaignId, campaignStatus: '来場' })
    expect(detail).toMatchObject({ inserted: 2, updated: 2 })
    const after = await db.tx((ctx) => updateLead(ctx, { id: changed.id, fields: { title: '本部長' } }))
    expect(after.changed).toEqual(['title'])
    const four = await byMail('back4@example.jp')
    await db.tx((ctx) => updateLead(ctx, { id: four.id, fields: { companyName: '見本社' } }))
    const undone = await undo(detail.id)
    expect(undone).toMatchObject({ status: 'undone', undone: { removed: 1, kept: 1, restored: 2, changed: 1 } })
    expect(
      await query('SELECT title, department, tags, source_first, source_latest, mail_basis FROM person WHERE id = $1', [plain.id]),
    ).toEqual(before)
    expect(await byMail('back2@example.jp')).toMatchObject({ title: '本部長', department: null, tags: [] })
    expect(await byMail('back3@example.jp')).toBeUndefined()
    expect(await query("SELECT 1 FROM identity WHERE value = 'back3@example.jp'")).toEqual([])
    expect(await byMail('back4@example.jp')).toMatchObject({ company_name: '見本社' })
    expect((await db.read((ctx) => get(ctx, { id: campaignId }))).members).toBe(0)
    await expect(undo(detail.id)).rejects.toMatchObject({ code: 'import.undoTime' })
  })

  test('M9 consent stays at the stricter, an address goes back and the other one is free again, and after thirty days nothing goes back', async () => {
    const who = await lead('addr-old@example.jp')
    await db.tx((ctx) =>
      identify(ctx, [
        { route: 'form', mail: 'addr-old@example.jp', externalId: 'X9', at: ctx.now, consent: { basis: 'consent', text: 'ok' } },
      ]),
    )
    const detail = await run('id,mail\nX9,addr-new@example.jp\n', { match: 'external', policy: 'update' })
    expect(await byMail('addr-new@example.jp')).toMatchObject({ id: who.id, mail_basis: 0 })
    await undo(detail.id)
    expect((await query('SELECT mail, mail_basis FROM person WHERE id = $1', [who.id]))[0]).toEqual({
      mail: 'addr-old@example.jp',
      mail_basis: 0,
    })
    expect(await query("SELECT 1 FROM identity WHERE value = 'addr-new@example.jp'")).toEqual([])
    const late = await run('mail\nlate30@example.jp\n')
    db.clock.advance(31 * 86_400_000)
    await expect(db.tx((ctx) => undoImport(ctx, { id: late.id }))).rejects.toMatchObject({ code: 'import.undoTime' })
  })

  test('M9 fifty thousand rows are taken back in pages', async () => {
    const rows = Array.from({ length: 6_000 }, (_, i) => `many${i}@example.jp`).join('\n')
    const detail = await run(`mail\n${rows}\n`)
    expect(detail.inserted).toBe(6_000)
    expect(await undo(detail.id)).toMatchObject({ undone: { removed: 6_000, kept: 0 } })
    expect((await query("SELECT count(*)::int AS n FROM person WHERE mail LIKE 'many%'"))[0].n).toBe(0)
    expect((await query("SELECT count(*)::int AS n FROM identity WHERE value LIKE 'many%'"))[0].n).toBe(0)
  })
})

describe('a funnel of another tool', () => {
  const LEADS = [
    'mql_id,first_contact_date,origin',
    ...Array.from({ length: 50 }, (_, i) => `m${i},2/${(i % 28) + 1}/2018,${i % 2 ? 'social' : 'paid_search'}`),
  ]
  const DEALS = [
    'mql_id,seller_id,won_date,business_segment,lead_type,has_company',
    ...Array.from({ length: 8 }, (_, i) => `m${i * 3},s${i},2018-05-0${i + 1} 10:00:00,pet,online_medium,`),
    'nobody,s9,2018-05-09 10:00:00,pet,,',
    'm3,s1,yesterday,pet,,',
  ]
  test('CAP-18 ROI-03 leads known by external id alone are never sendable; won deals are linked, dated and history; twice is once; and back', async () => {
    const people = await run(`${LEADS.join('\n')}\n`, { basis: 'card', basisText: '移行' })
    expect(people).toMatchObject({ target: 'people', inserted: 50, rejected: 0 })
    const sendable = await query(
      "SELECT 1 FROM person p JOIN identity i ON i.person_id = p.id WHERE i.value ~ '^m\\d+$' AND p.mail_basis > 0",
    )
    expect(sendable).toEqual([])
    const mapping = ['leadExternalId', 'note', 'closedAt', 'dealName', 'note', 'note']
    const trial = await tried(`${DEALS.join('\n')}\n`, { mapping, target: 'deals' })
    expect(trial).toMatchObject({ target: 'deals', found: { inserted: 8, rejected: 2, rows: 10 } })
    await begin(trial.id, { mapping, target: 'deals' })
    await db.drain()
    const detail = await see(trial.id)
    expect(detail).toMatchObject({ status: 'done', inserted: 8, rejected: 2, skipped: 0 })
    const deals =
      await query(`SELECT d.name, d.state, d.closed_at, d.note, i.value, p.source_first, p.identified_at FROM deal d JOIN deal_person dp ON dp.deal_id = d.id
      JOIN person p ON p.id = dp.person_id JOIN identity i ON i.person_id = p.id WHERE i.value = 'm3'`)
    expect(deals).toMatchObject([
      {
        name: 'pet',
        state: 'won',
        closed_at: new Date('2018-05-02T10:00:00Z'),
        note: 'seller_id: s1\nlead_type: online_medium',
        source_first: 'social',
        identified_at: new Date('2018-02-04T00:00:00Z'),
      },
    ])
    const told = await query("SELECT DISTINCT historic FROM journal WHERE name IN ('deal.created', 'deal.won', 'stage.changed')")
    expect(told).toEqual([{ historic: true }])
    const again = await run(`${DEALS.join('\n')}\n`, { mapping, target: 'deals' })
    expect(again).toMatchObject({ inserted: 0, skipped: 8, rejected: 2 })
    expect(await undo(detail.id)).toMatchObject({ undone: { removed: 8, kept: 0 } })
    expect(await query('SELECT 1 FROM deal WHERE removed_at IS NULL')).toEqual([])
  })

  test('CAP-18 CRM-10 CRM-11 a file of deals brings products and the reason of the loss as the company calls them; what it does not know stays in the note', async () => {
    await query(
      "INSERT INTO product (key, ja, en, page_groups, position, created_at) VALUES ('育み', '育み', 'Hagukumi', '{}', 0, now()) ON CONFLICT DO NOTHING",
    )
    await run('リードID,姓\nq1,見本\n', { basis: 'card', basisText: '移行', mapping: ['externalId', 'familyName'] })
    const file = [
      'リードID,案件名,失注日,結果,失注理由,製品',
      'q1,一件目,2025-01-10,失注,時期が合わない,"HAGUKUMI、昔の製品"',
      'q1,二件目,2025-02-10,失注,気分,',
    ].join('\n')
    const mapping = ['leadExternalId', 'dealName', 'closedAt', 'state', 'lostReason', 'products']
    const trial = await tried(`${file}\n`, { mapping, target: 'deals' })
    await begin(trial.id, { mapping, target: 'deals' })
    await db.drain()
    const deals = await query("SELECT name, lost_reason, products, note FROM deal WHERE name IN ('一件目', '二件目') ORDER BY closed_at")
    expect(deals).toEqual([
      { name: '一件目', lost_reason: 'timing', products: ['育み'], note: '製品: 昔の製品' },
      { name: '二件目', lost_reason: 'other', products: [], note: '失注理由: 気分' },
    ])
  })
})
