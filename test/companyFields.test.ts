// Custom fields of companies: defined, typed, filtered, merged, imported, exported. Real database, the whole loop.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportSetup } from '#blueprint/service.ts'
import type { Ctx } from '#kernel/ctx.ts'
import type { ImportOptions } from '#loop/capture/import/contract.ts'
import { sniff } from '#loop/capture/import/file.ts'
import { getImport } from '#loop/capture/import/reads.ts'
import { checkImport, registerImport, startImport, undoImport } from '#loop/capture/import/service.ts'
import { createLead, eraseLead } from '#loop/identify/change/service.ts'
import { merge, undoMerge } from '#loop/identify/companies/change/merge.ts'
import { create, link, setRole, update } from '#loop/identify/companies/change/service.ts'
import { companiesSource } from '#loop/identify/companies/export.queries.ts'
import * as reads from '#loop/identify/companies/reads.ts'
import { merge as mergeLeads } from '#loop/identify/duplicates/service.ts'
import { allFacts } from '#loop/identify/facts.ts'
import { archiveField, changeField, createField, customFields, listFields } from '#loop/identify/fields/service.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { turnUntilQuiet as companiesQuiet } from '#loop/segment/companies/claim.ts'
import * as segments from '#loop/segment/companies/service.ts'
import { create as createSegment, ofPerson as segmentsOf } from '#loop/segment/service.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testHouse()
  const add = (key: string, type: 'choice' | 'date' | 'number' | 'text', more: object = {}) =>
    db.tx((ctx) => createField(ctx, { entity: 'company', key, type, ja: `会社の${key}`, en: key, class: 'basic', options: [], ...more }))
  await add('rank', 'choice', {
    options: [
      { value: 'gold', ja: 'ゴールド', en: 'Gold' },
      { value: 'silver', ja: 'シルバー', en: 'Silver' },
    ],
  })
  await add('renewal', 'date')
  await add('seats', 'number')
  await add('code', 'text', { unique: true })
})
afterAll(() => db.close())

const see = <T>(run: (ctx: Ctx) => Promise<T>) => db.read(run)
const rest = async () => {
  await turnUntilQuiet(db.house)
  await companiesQuiet(db.house)
  await turnUntilQuiet(db.house)
}
const company = async (name: string, attrs: Record<string, string | number | null> = {}) =>
  (await db.tx((ctx) => create(ctx, { name, attrs }))).id
const attrsOf = async (id: string) => (await see((ctx) => reads.get(ctx, { id }))).attrs
const gold = { kind: 'fact', fact: 'attrs.rank', is: { op: 'eq', value: 'gold' } } as const

test('CRM-07 CAP-14 a company has typed fields of its own: values are read as people write them, wrong and taken ones are refused', async () => {
  const id = await company('株式会社型付', { rank: 'ゴールド', renewal: '令和8年4月8日', seats: '１，２００', code: 'C-1' })
  expect(await attrsOf(id)).toEqual({ rank: 'gold', renewal: '2026-04-08', seats: 1200, code: 'C-1' })
  await db.tx((ctx) => update(ctx, { id, attrs: { seats: null, rank: 'silver' } }))
  expect(await attrsOf(id)).toEqual({ rank: 'silver', renewal: '2026-04-08', code: 'C-1' })
  const wrong = db.tx((ctx) => update(ctx, { id, attrs: { renewal: 'いつか' } }))
  await expect(wrong).rejects.toMatchObject({ code: 'field.value' })
  await expect(company('株式会社二重', { code: 'C-1' })).rejects.toMatchObject({ code: 'field.held' })
  // The same key may be a lead's, with another meaning: values do not stand in each other's way.
  await db.tx((ctx) =>
    createField(ctx, { key: 'code', type: 'text', ja: '会員番号', en: 'Code', class: 'basic', options: [], unique: true }),
  )
  await db.tx((ctx) => createLead(ctx, { fields: { familyName: '見本' }, attrs: { code: 'C-1' } }))
  expect((await see((ctx) => listFields(ctx, { entity: 'company' }))).items.filter((one) => one.custom).map((one) => one.key)).toEqual([
    'rank',
    'renewal',
    'seats',
    'code',
  ])
  expect((await see((ctx) => customFields(ctx))).map((one) => one.key)).toEqual(['code'])
  const retyped = { entity: 'company' as const, key: 'renewal', ja: '更新', en: 'Renewal', class: 'basic' as const, options: [] }
  await expect(db.tx((ctx) => changeField(ctx, { ...retyped, type: 'text' }))).rejects.toMatchObject({ code: 'field.typeFixed' })
})

test('CRM-06 CRM-07 SEG-01 lists, segments of companies and rules about people ask the fields of companies, live', async () => {
  const id = await company('株式会社条件')
  const lead = (
    await db.tx((ctx) => createLead(ctx, { mail: 'a@jouken.co.jp', fields: { familyName: '条件', companyName: '株式会社条件' } }))
  ).id
  await db.tx((ctx) => link(ctx, { leadId: lead, companyId: id }))
  const ofCompanies = await db.tx((ctx) => segments.create(ctx, { name: 'ゴールドの会社', rule: gold }))
  const people = { ...gold, fact: 'company.attrs.rank' } as const
  await db.tx((ctx) =>
    createSegment(ctx, { name: 'ゴールドの人', description: '', audience: 'leads', rule: people, startsScenarios: false }),
  )
  await rest()
  await db.drain()
  const isIn = async () => (await see((ctx) => segmentsOf(ctx, { person: lead }))).items.map((one) => one.name)
  expect(await isIn()).toEqual([])
  await db.tx((ctx) => update(ctx, { id, attrs: { rank: 'gold' } }))
  await rest()
  expect(await isIn()).toEqual(['ゴールドの人'])
  expect((await see((ctx) => segments.ofCompany(ctx, { id }))).items.map((one) => one.id)).toEqual([ofCompanies.id])
  const listed = async (rule: object) =>
    (await see((ctx) => reads.list(ctx, { rule: JSON.stringify(rule), sort: 'name', limit: 50 }))).items.map((one) => one.id)
  expect(await listed(gold)).toEqual([id])
  expect(await listed({ ...gold, is: { op: 'eq', value: 'silver' } })).not.toContain(id)
  await expect(listed({ ...gold, fact: 'attrs.nothing' })).rejects.toMatchObject({ code: 'segment.rule' })
  expect((await see(allFacts)).find((one) => one.name === 'company.attrs.rank')).toMatchObject({ type: 'choice', group: 'company' })
})

test('CRM-06 SEG-01 a field of companies that was archived is one that no company has a value of: what is not to be so stays true', async () => {
  const tier = { entity: 'company' as const, key: 'tier', ja: '段', en: 'Tier', class: 'basic' as const, options: [] }
  await db.tx((ctx) => createField(ctx, { ...tier, type: 'text' }))
  const id = await company('株式会社段')
  const asked = [{ op: 'ne', value: 'x' } as const, { op: 'empty' } as const, { op: 'eq', value: 'x' } as const]
  const made: string[] = []
  for (const is of asked)
    made.push((await db.tx((ctx) => segments.create(ctx, { name: `段 ${is.op}`, rule: { kind: 'fact', fact: 'attrs.tier', is } }))).id)
  const isIn = async () => {
    const found = new Set((await see((ctx) => segments.ofCompany(ctx, { id }))).items.map((one) => one.id))
    return made.map((one) => found.has(one))
  }
  expect(await isIn()).toEqual([true, true, false])
  await db.tx((ctx) => archiveField(ctx, tier))
  await db.tx((ctx) => update(ctx, { id, attrs: { rank: 'silver' } }))
  await rest()
  expect(await isIn()).toEqual([true, true, false])
  for (const one of made) await db.tx((ctx) => segments.remove(ctx, { id: one }))
})

test('CRM-07 QUA-14 a merge fills empty fields of the keeper; undone, each goes back unless it was changed since', async () => {
  const keep = await company('株式会社残る', { rank: 'gold' })
  const lose = await company('株式会社移る', { rank: 'silver', seats: 30, renewal: '2027-01-01' })
  const done = await db.tx((ctx) => merge(ctx, { id: keep, lose }))
  expect(await attrsOf(keep)).toEqual({ rank: 'gold', seats: 30, renewal: '2027-01-01' })
  await db.tx((ctx) => update(ctx, { id: keep, attrs: { renewal: '2028-02-02' } }))
  await db.tx((ctx) => undoMerge(ctx, { id: done.merge }))
  expect(await attrsOf(keep)).toEqual({ rank: 'gold', renewal: '2028-02-02' })
  expect(await attrsOf(lose)).toEqual({ rank: 'silver', seats: 30, renewal: '2027-01-01' })
})

async function uploaded(content: string): Promise<string> {
  const id = await db.tx(async (ctx) => ctx.id())
  await mkdir(join(db.house.dataDir, 'imports'), { recursive: true })
  await writeFile(join(db.house.dataDir, 'imports', `${id}.csv`), content)
  const found = await sniff(db.house, id)
  await db.tx((ctx) => registerImport(ctx, { id, name: '会社つき.csv', bytes: content.length, ...found }))
  return id
}
const options: ImportOptions = {
  ...{ basis: 'none', basisText: '', policy: 'fill', match: 'mail', source: '', interest: [], tags: [] },
  ...{ campaignId: null, campaignStatus: '', allOrNothing: false },
}

test('CAP-18 M9 CRM-07 columns of a file fill the fields of the company a lead is with, or joins later; a trial tells, an undo takes back', async () => {
  const known = await company('株式会社既存', { rank: 'silver' })
  const lead = (
    await db.tx((ctx) => createLead(ctx, { mail: 'one@kizon.co.jp', fields: { familyName: '既存', companyName: '株式会社既存' } }))
  ).id
  await db.tx((ctx) => link(ctx, { leadId: lead, companyId: known }))
  await rest()
  const id = await uploaded(
    [
      'メールアドレス,姓,会社名,会社：会社のrank,会社のseats',
      'one@kizon.co.jp,既存,株式会社既存,ゴールド,50',
      'two@atarashii.co.jp,新規,株式会社新しい,ゴールド,70',
      'three@gmail.com,個人,株式会社未確認,シルバー,90',
      'four@atarashii.co.jp,不正,株式会社新しい,プラチナ,70',
    ].join('\r\n'),
  )
  const seen = await see((ctx) => getImport(ctx, { id }))
  expect(seen.mapping).toEqual(['mail', 'familyName', 'companyName', 'company.rank', 'company.seats'])
  await db.tx((ctx) => checkImport(ctx, { ...seen, options }))
  await db.drain()
  expect((await see((ctx) => getImport(ctx, { id }))).found).toMatchObject({ inserted: 2, updated: 1, rejected: 1, skipped: 0 })
  await db.tx((ctx) => startImport(ctx, { ...seen, options }))
  await db.drain()
  await rest()
  expect(await see((ctx) => getImport(ctx, { id }))).toMatchObject({ inserted: 2, updated: 1, rejected: 1 })
  // Empty fields are filled, filled ones stay; a company that its lead makes knows it at once.
  expect(await attrsOf(known)).toEqual({ rank: 'silver', seats: 50 })
  const named = async (q: string) => (await see((ctx) => reads.list(ctx, { q, sort: 'name', limit: 5 }))).items[0]
  expect(await named('新しい')).toMatchObject({ attrs: { rank: 'gold', seats: 70 } })
  const late = await company('株式会社未確認', { seats: 1 })
  const { rows } = await db.house.pool.query("SELECT id FROM person WHERE mail = 'three@gmail.com'")
  await db.tx((ctx) => link(ctx, { leadId: rows[0].id, companyId: late }))
  expect(await attrsOf(late)).toEqual({ rank: 'silver', seats: 1 })
  await db.tx((ctx) => update(ctx, { id: known, attrs: { seats: 51 } }))
  await db.tx((ctx) => undoImport(ctx, { id }))
  await db.drain()
  expect(await attrsOf(known)).toEqual({ rank: 'silver', seats: 51 })
  expect(await attrsOf(late)).toEqual({ seats: 1 })
  expect(await named('新しい')).toMatchObject({ attrs: {} })
})

test('GEN-03 D3 fields of companies stand in their export in words, and in the set-up as text; archived ones in neither', async () => {
  const id = await company('株式会社書出', { rank: 'gold', seats: 7 })
  const cells = async () =>
    see(async (ctx) => {
      const columns = (await companiesSource.columns(ctx)).filter((one) => one.key.startsWith('attrs.')).map((one) => one.key)
      const rows = await (await companiesSource.rows(ctx, { q: '書出' })).execute(ctx.db)
      return { columns, cells: await companiesSource.cells(ctx, rows.rows, { columns: ['id', ...columns], language: 'ja' }) }
    })
  expect(await cells()).toEqual({
    columns: ['attrs.rank', 'attrs.renewal', 'attrs.seats', 'attrs.code'],
    cells: [[id, 'ゴールド', null, 7, null]],
  })
  const texts = await see(exportSetup)
  expect(texts.get('company-fields/rank.json')).toContain('ゴールド')
  await db.tx((ctx) => archiveField(ctx, { entity: 'company', key: 'renewal' }))
  expect((await cells()).columns).toEqual(['attrs.rank', 'attrs.seats', 'attrs.code'])
  expect([...(await see(exportSetup)).keys()]).not.toContain('company-fields/renewal.json')
})

test('GEN-04 what a file said of the company of somebody who is erased waits for nobody', async () => {
  const id = await uploaded('メールアドレス,姓,company.rank\r\ngone@gmail.com,消去,gold')
  await db.tx(async (ctx) => startImport(ctx, { ...(await getImport(ctx, { id })), options }))
  await db.drain()
  const waiting = async () => Number((await db.house.pool.query('SELECT count(*) AS n FROM company_told')).rows[0].n)
  expect(await waiting()).toBe(1)
  const { rows } = await db.house.pool.query("SELECT id FROM person WHERE mail = 'gone@gmail.com'")
  await db.tx((ctx) => eraseLead(ctx, { id: rows[0].id }))
  expect(await waiting()).toBe(0)
})

async function imported(content: string): Promise<string> {
  const id = await uploaded(content)
  await db.tx(async (ctx) => startImport(ctx, { ...(await getImport(ctx, { id })), options }))
  await db.drain()
  await rest()
  db.clock.advance(60_000)
  return id
}
const undone = async (id: string) => {
  await db.tx((ctx) => undoImport(ctx, { id }))
  await db.drain()
  await rest()
}
const leadAt = async (mail: string): Promise<string> =>
  (await db.house.pool.query('SELECT id FROM person WHERE mail = $1', [mail])).rows[0]?.id

test('CRM-07 SEG-01 a rule over a field that has another type now asks nothing of it, and keeps nobody from being judged', async () => {
  const grade = { entity: 'company', key: 'grade', ja: '等級', en: 'Grade', class: 'basic', options: [] } as const
  await db.tx((ctx) => createField(ctx, { ...grade, type: 'number', options: [] }))
  const id = await company('株式会社改型')
  const rule = { kind: 'fact', fact: 'attrs.grade', is: { op: 'gte', value: 10 } } as const
  await db.tx((ctx) => segments.create(ctx, { name: '等級十以上', rule }))
  const tagged = { kind: 'fact', fact: 'attrs.grade', is: { op: 'notEmpty' } } as const
  const other = await db.tx((ctx) => segments.create(ctx, { name: '等級あり', rule: tagged }))
  await db.tx((ctx) => changeField(ctx, { ...grade, type: 'text', options: [] }))
  await db.tx((ctx) => update(ctx, { id, attrs: { grade: '特別' } }))
  await rest()
  expect((await see((ctx) => segments.ofCompany(ctx, { id }))).items.map((one) => one.id)).toEqual([other.id])
})

test('CAP-18 CRM-07 what two files say of the company of somebody who is with none stands apart: the later one counts, an undo takes its own back alone', async () => {
  await imported('メールアドレス,姓,company.rank\r\nboth@gmail.com,両方,gold\r\nlast@gmail.com,後,gold')
  const second = await imported(
    'メールアドレス,姓,company.rank,company.seats\r\nboth@gmail.com,両方,silver,9\r\nlast@gmail.com,後,silver,9',
  )
  const [last, both] = [await company('株式会社後'), await company('株式会社両方')]
  await db.tx(async (ctx) => link(ctx, { leadId: await leadAt('last@gmail.com'), companyId: last }))
  expect(await attrsOf(last)).toEqual({ rank: 'silver', seats: 9 })
  await undone(second)
  await db.tx(async (ctx) => link(ctx, { leadId: await leadAt('both@gmail.com'), companyId: both }))
  expect(await attrsOf(both)).toEqual({ rank: 'gold' })
})

test('CRM-07 what a file said of the company of a lead who is found to be another one is told to the company of that one', async () => {
  const id = await company('株式会社同人', { rank: 'gold' })
  const keep = (await db.tx((ctx) => createLead(ctx, { mail: 'same@doujin.co.jp', fields: { familyName: '同人' } }))).id
  await db.tx((ctx) => link(ctx, { leadId: keep, companyId: id }))
  await imported('メールアドレス,姓,company.rank,company.seats\r\nsame@gmail.com,同人,silver,3')
  const lose = await leadAt('same@gmail.com')
  await db.tx((ctx) => mergeLeads(ctx, { keep, lose, chosen: [] }))
  await db.drain()
  await rest()
  expect(await attrsOf(id)).toEqual({ rank: 'gold', seats: 3 })
  const waiting = await db.house.pool.query('SELECT * FROM company_told WHERE person_id = ANY($1)', [[keep, lose]])
  expect(waiting.rows).toEqual([])
})

test('CAP-18 M9 leads whom their company told of its own change are taken back with their import; one to whom a colleague gave a role stays', async () => {
  const rule = { ...gold, fact: 'company.attrs.rank' } as const
  const about = { name: 'ゴールドの方', description: '', audience: 'leads', rule, startsScenarios: false } as const
  await db.tx((ctx) => createSegment(ctx, about))
  await db.drain()
  const id = await imported(
    'メールアドレス,姓,会社名,company.rank\r\na@torikeshi.co.jp,甲,株式会社取消,gold\r\nb@torikeshi.co.jp,乙,株式会社取消,gold',
  )
  const told = await db.house.pool.query("SELECT 1 FROM journal WHERE name = 'company.changed' AND person_id = $1", [
    await leadAt('a@torikeshi.co.jp'),
  ])
  expect(told.rowCount).toBeGreaterThan(0)
  await db.tx(async (ctx) => setRole(ctx, { leadId: await leadAt('b@torikeshi.co.jp'), role: 'decider' }))
  await undone(id)
  expect([await leadAt('a@torikeshi.co.jp'), await leadAt('b@torikeshi.co.jp')]).toEqual([undefined, expect.any(String)])
})

test('CAP-18 M9 CRM-07 an import is taken back from a company that was merged since: what the keeper had of itself stays, and the other comes back without', async () => {
  const keep = await company('株式会社存続', { rank: 'gold' })
  const lose = await company('株式会社消滅')
  await db.tx((ctx) => createLead(ctx, { mail: 'a@shoumetsu.co.jp', fields: { familyName: '消' } }))
  await db.tx(async (ctx) => link(ctx, { leadId: await leadAt('a@shoumetsu.co.jp'), companyId: lose }))
  const id = await imported('メールアドレス,姓,company.rank,company.seats\r\na@shoumetsu.co.jp,消,gold,7')
  expect(await attrsOf(lose)).toEqual({ rank: 'gold', seats: 7 })
  const merged = await db.tx((ctx) => merge(ctx, { id: keep, lose }))
  expect(await attrsOf(keep)).toEqual({ rank: 'gold', seats: 7 })
  await undone(id)
  expect(await attrsOf(keep)).toEqual({ rank: 'gold' })
  await db.tx((ctx) => undoMerge(ctx, { id: merged.merge }))
  expect([await attrsOf(keep), await attrsOf(lose)]).toEqual([{ rank: 'gold' }, {}])
})
