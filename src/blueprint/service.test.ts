import { afterAll, beforeAll, expect, test } from 'vitest'
import { update as updateCompany } from '#access/company/service.ts'
import { createForm } from '#loop/capture/forms/service.ts'
import { addPageGroup } from '#loop/capture/track/service.ts'
import { addTopic } from '#loop/deliver/sender/service.ts'
import type { Draft } from '#loop/deliver/template/contract.ts'
import { compile } from '#loop/deliver/template/kitchen.ts'
import { make } from '#loop/deliver/template/service.ts'
import { createField } from '#loop/identify/fields/service.ts'
import { type Graph, PLAIN } from '#loop/orchestrate/graph/contract.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import * as segments from '#loop/segment/service.ts'
import { SYSTEM, type TestDatabase } from '../../test/database.ts'
import { testHouse } from '../../test/house.ts'
import { exportSetup, importSetup } from './service.ts'
import { openZip, packZip } from './zip.ts'

let from: TestDatabase
let to: TestDatabase
beforeAll(async () => {
  from = await testHouse()
  to = await testHouse()
  await aCompany()
})
afterAll(async () => {
  await from.close()
  await to.close()
})

const DRAFT: Draft = { subject: '見本', preheader: '', blocks: [{ id: 'a', kind: 'heading', text: '見本', level: 1, align: 'left' }] }
const SECRET_URL = 'https://hooks.example.com/T000/B000/secret-token'

async function aCompany(): Promise<void> {
  const compiled = await compile(DRAFT)
  await from.tx(async (ctx) => {
    await updateCompany(ctx, { legalName: '株式会社見本' })
    await createField(ctx, { key: 'renewal', type: 'date', ja: '更新日', en: 'Renewal', class: 'basic', options: [] })
    await addPageGroup(ctx, { name: '料金', patterns: ['/pricing*'] })
    await addTopic(ctx, { ja: '製品のお知らせ', en: 'Product news' })
    const segment = await segments.create(ctx, {
      name: '熱い見込み客',
      description: '',
      audience: 'leads',
      rule: { kind: 'not', rule: { kind: 'fact', fact: 'attrs.renewal', is: { op: 'empty' } } },
      startsScenarios: false,
    })
    const template = await make(ctx, { name: 'お礼', draft: DRAFT }, compiled)
    await createForm(ctx, { name: '資料請求', template: 'document' })
    const graph: Graph = {
      ...PLAIN,
      triggers: [{ kind: 'segment', id: 't', segment: segment.id, on: 'entered' }],
      entry: { kind: 'once' },
      steps: [
        { kind: 'mail', id: 'm', name: '', template: template.id, purpose: 'marketing' },
        { kind: 'webhook', id: 'h', name: '', url: SECRET_URL },
      ],
    }
    const made = await scenarios.create(ctx, { name: '追いかけ', starter: 'blank', language: 'ja' }, {})
    await scenarios.save(ctx, { id: made.id, name: '追いかけ', graph, revision: made.revision })
  })
}

const exported = (db: TestDatabase) => db.read(exportSetup)

test('GEN-15 the set-up of one company, read into an empty one, is the same files again; a second time changes nothing', async () => {
  const files = await exported(from)
  expect([...files.keys()]).toEqual(
    expect.arrayContaining([
      'company/company.json',
      'fields/renewal.json',
      'page-groups/料金.json',
      'topics/製品のお知らせ.json',
      'segments/熱い見込み客.json',
      'templates/お礼.json',
      'forms/資料請求.json',
      'scenarios/追いかけ.json',
    ]),
  )
  const scenario = files.get('scenarios/追いかけ.json') ?? ''
  expect(scenario).toContain('@segments/熱い見込み客')
  expect(scenario).toContain('@templates/お礼')
  expect([...files.values()].join('')).not.toContain('secret-token')
  const dry = await importSetup(to.house, SYSTEM, files, false)
  expect(dry.filter(({ what }) => what === 'skip')).toEqual([])
  expect((await exported(to)).has('segments/熱い見込み客.json')).toBe(false)
  const done = await importSetup(to.house, SYSTEM, files, true)
  expect(done.map(({ path, what }) => [path, what])).toEqual(dry.map(({ path, what }) => [path, what]))
  expect(await exported(to)).toEqual(files)
  expect((await importSetup(to.house, SYSTEM, files, true)).filter(({ what }) => what !== 'same')).toEqual([])
})

test('GEN-15 scenarios and forms come in as drafts, and an address of a webhook that is there stays', async () => {
  const state = await to.house.pool.query('SELECT state, live_version FROM scenario')
  expect(state.rows).toEqual([{ state: 'draft', live_version: null }])
  expect((await to.house.pool.query('SELECT DISTINCT status FROM form')).rows).toEqual([{ status: 'draft' }])
  const files = await exported(from)
  const text = files.get('scenarios/追いかけ.json') ?? ''
  files.set('scenarios/追いかけ.json', text.replace('"once"', '"each"'))
  const changes = await importSetup(from.house, SYSTEM, files, true)
  expect(changes.filter(({ what }) => what === 'change')).toMatchObject([{ path: 'scenarios/追いかけ', where: ['graph.entry.kind'] }])
  expect((await from.house.pool.query('SELECT draft::text AS draft FROM scenario')).rows[0].draft).toContain(SECRET_URL)
})

test('GEN-15 what does not fit is left out with its reason, and the rest comes in', async () => {
  const files = new Map([
    ['topics/良い.json', '{"ja":"良い","en":"Good"}'],
    ['topics/悪い.json', '{"ja":"","en":3}'],
    ['topics/本文.json', 'not json'],
    ['segments/孤児.json', '{"name":"孤児","rule":{"x":"@segments/nowhere"}}'],
    ['../../etc/passwd.json', '{}'],
  ])
  const changes = await importSetup(to.house, SYSTEM, files, true)
  expect(changes.map(({ path, what }) => [path, what])).toEqual([
    ['topics/悪い', 'skip'],
    ['topics/本文', 'skip'],
    ['topics/良い', 'add'],
    ['segments/孤児', 'skip'],
  ])
  expect(changes.at(-1)?.reason).toContain('@segments/nowhere')
})

test('GEN-15 a zip goes out and comes in again, and one that is none is refused', async () => {
  const files = await exported(from)
  const back = await openZip(await packZip(files, new Date('2026-04-08T00:00:00Z')))
  expect(back).toEqual(new Map([...files].filter(([path]) => path.endsWith('.json'))))
  await expect(openZip(Buffer.from('no zip'))).rejects.toMatchObject({ code: 'setup.zip' })
})

test('GEN-15 files are found again by the names that a Mac and a Japanese Windows pack them by', async () => {
  const told = '{"ja":"がんばる","en":"Hold out"}'
  const taken = async (files: ReadonlyMap<string, string>) =>
    (await importSetup(to.house, SYSTEM, files, true)).map(({ path, what }) => [path, what])
  expect(await taken(new Map([['topics/がんばる.json'.normalize('NFD'), `\uFEFF${told}`]]))).toEqual([['topics/がんばる', 'add']])
  expect(await taken(new Map([['topics/がんばる.json', told]]))).toEqual([['topics/がんばる', 'same']])
  const zip = await packZip(new Map([['topics/AAAA.json', told]]), new Date('2026-04-08T00:00:00Z'))
  const inSjis = Buffer.from([0x95, 0x5c, 0x8e, 0xa6])
  for (let at = zip.indexOf('AAAA'); at >= 0; at = zip.indexOf('AAAA')) inSjis.copy(zip, at)
  for (const [mark, flags] of [['PK\x03\x04', 6] as const, ['PK\x01\x02', 8] as const]) zip.writeUInt16LE(0, zip.indexOf(mark) + flags)
  expect([...(await openZip(zip)).keys()]).toEqual(['topics/表示.json'])
})

test('GEN-15 I4 a file nested without end or with a poisoned key is left out with its reason', async () => {
  const deep = `{"name":"d","rule":${'{"rule":'.repeat(50_000)}1${'}'.repeat(50_000)}}`
  const changes = await importSetup(
    to.house,
    SYSTEM,
    new Map([
      ['segments/deep.json', deep],
      ['segments/proto.json', '{"__proto__":{}}'],
    ]),
    true,
  )
  expect(changes.map(({ what, reason }) => [what, reason !== ''])).toEqual([
    ['skip', true],
    ['skip', true],
  ])
})
