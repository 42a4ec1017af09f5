// A whole company as text: out of one installation, into an empty one, and there it works.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addUser } from '#access/users/service.ts'
import type { Ctx } from '#kernel/ctx.ts'
import { takes } from '#kernel/setup.ts'
import { addPageGroup } from '#loop/capture/track/service.ts'
import { linesContract } from '#loop/deliver/lines/contract.ts'
import * as lines from '#loop/deliver/lines/service.ts'
import { addTopic } from '#loop/deliver/sender/service.ts'
import { readMail, saveMail } from '#loop/deliver/sender/settings.ts'
import { draft } from '#loop/deliver/template/contract.ts'
import * as folders from '#loop/deliver/template/folders/service.ts'
import { saveBlock } from '#loop/deliver/template/kit/service.ts'
import * as templates from '#loop/deliver/template/service.ts'
import { createLead } from '#loop/identify/change/service.ts'
import { arrange, DEFAULT_LAYOUT } from '#loop/identify/fields/layout.ts'
import { addProduct, changeProduct, listProducts } from '#loop/identify/fields/products.ts'
import { createField, customFields } from '#loop/identify/fields/service.ts'
import { getLead } from '#loop/identify/leads/service.ts'
import { type Graph, PLAIN } from '#loop/orchestrate/graph/contract.ts'
import * as scenarios from '#loop/orchestrate/service.ts'
import * as campaigns from '#loop/plan/campaigns/service.ts'
import { turnUntilQuiet } from '#loop/reactor/service.ts'
import { NO_PLAN } from '#loop/sales/assignment/contract.ts'
import { readPlan, savePlan } from '#loop/sales/assignment/service.ts'
import { DEFAULT_NEGLECT } from '#loop/sales/neglect/contract.ts'
import { readSettings as neglectSettings, saveSettings as saveNeglect } from '#loop/sales/neglect/service.ts'
import { NO_GUARD } from '#loop/sales/qualify/guard/contract.ts'
import { save as saveGuard } from '#loop/sales/qualify/guard/service.ts'
import * as mql from '#loop/sales/qualify/mql/service.ts'
import * as companySegments from '#loop/segment/companies/service.ts'
import { keepShared } from '#loop/segment/lists/views/service.ts'
import * as personas from '#loop/segment/personas/service.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import * as segments from '#loop/segment/service.ts'
import { SYSTEM, type TestDatabase } from '../../test/database.ts'
import { testHouse } from '../../test/house.ts'
import { exportSetup, importSetup } from './service.ts'

let from: TestDatabase
let to: TestDatabase
beforeAll(async () => {
  from = await testHouse()
  to = await testHouse()
  await aCompany()
  await aColleague(to, 'anna')
})
afterAll(async () => {
  await from.close()
  await to.close()
})

const aColleague = (db: TestDatabase, name: string) =>
  db.tx((ctx) => addUser(ctx, { name, email: `${name}@example.co.jp`, password: 'correct horse battery', language: 'ja', role: 'sales' }))
const inTokyo: Rule = { kind: 'fact', fact: 'prefecture', is: { op: 'eq', value: '東京都' } }
const exported = (db: TestDatabase) => db.read(exportSetup)
const settle = async (db: TestDatabase) => {
  for (let i = 0; i < 2; i++) {
    await db.drain()
    await turnUntilQuiet(db.house)
  }
}

async function aCompany(): Promise<void> {
  const [anna, ben] = [await aColleague(from, 'anna'), await aColleague(from, 'ben')]
  await from.tx(async (ctx) => {
    for (const key of ['zeta', 'alpha']) await createField(ctx, { key, type: 'text', ja: key, en: key, class: 'basic', options: [] })
    await addPageGroup(ctx, { name: '料金', patterns: ['/pricing*'] })
    await addTopic(ctx, { ja: '製品のお知らせ', en: 'Product news' })
    await addProduct(ctx, { ja: 'ERP', en: 'ERP', pageGroups: ['料金'] })
    await addProduct(ctx, { ja: 'CRM', en: 'CRM', pageGroups: [] })
    // A product keeps its key when it is renamed: rules and people name it so.
    await changeProduct(ctx, { key: 'ERP', ja: '統合基幹業務', archived: true })
    await arrange(ctx, { screen: 'lead', layout: { ...DEFAULT_LAYOUT.lead, hidden: ['website', 'attrs.zeta'] } })
    const before = await readMail(ctx)
    await saveMail(ctx, {
      ...before,
      route: 'smtp',
      host: 'smtp.example.com',
      user: 'mailer',
      password: 'very-secret',
      standIns: [],
      perMinute: 50,
    })
    for (const startsOn of ['2026-04-01', '2026-10-01']) await campaigns.create(ctx, { name: '展示会', kind: 'exhibition', startsOn })
  })
  await from.tx(async (ctx) => {
    await companySegments.create(ctx, { name: '都内の会社', rule: inTokyo })
    const tokyo = await segments.create(ctx, { name: 'い 都内', description: '', audience: 'leads', rule: inTokyo, startsScenarios: false })
    // Comes before the one it needs, by its name.
    const rule: Rule = { kind: 'not', rule: { kind: 'segment', segment: tokyo.id, isIn: true } }
    await segments.create(ctx, { name: 'あ 都外', description: '', audience: 'leads', rule, startsScenarios: false })
    await personas.create(ctx, {
      name: '情シス課長',
      profile: { ages: null, job: '', title: '課長', industry: '', pains: '', information: '', note: '', initials: '情', colour: 'green' },
      rule: inTokyo,
    })
    await savePlan(ctx, {
      ...NO_PLAN,
      isOn: true,
      groups: [{ id: 'east', name: '東日本', members: [anna, ben].map((userId) => ({ userId, weight: 1 })) }],
      rules: [
        {
          id: 'r1',
          name: '大阪',
          isOn: true,
          conditions: [{ kind: 'fact', fact: 'prefecture', any: ['大阪府'] }],
          target: { kind: 'owner', ownerId: ben },
        },
        {
          id: 'r2',
          name: '都内',
          isOn: true,
          conditions: [{ kind: 'segment', segmentId: tokyo.id }],
          target: { kind: 'group', groupId: 'east' },
        },
        {
          id: 'r3',
          name: '残り',
          isOn: true,
          conditions: [{ kind: 'fact', fact: 'prefecture', any: ['北海道'] }],
          target: { kind: 'owner', ownerId: anna },
        },
      ],
      absences: [{ userId: anna, from: '2026-08-10', to: '2026-08-20' }],
    })
    await saveNeglect(ctx, { ...DEFAULT_NEGLECT, isOn: true, backTo: ben })
    await saveGuard(ctx, { ...NO_GUARD, isOn: true, segmentId: tokyo.id })
    await mql.propose(ctx, { rule: inTokyo, note: '商談化の基準' })
    await mql.publish(ctx, { segmentName: 'MQL' })
    const graph: Graph = {
      ...PLAIN,
      triggers: [{ kind: 'segment', id: 't', segment: tokyo.id, on: 'entered' }],
      entry: { kind: 'once' },
      steps: [{ kind: 'owner', id: 'o', name: '', rule: { kind: 'user', user: ben }, replace: false }],
    }
    await lettersAndViews(ctx, ben, tokyo.id)
    const made = await scenarios.create(ctx, { name: '担当', starter: 'blank', language: 'ja' }, {})
    await scenarios.save(ctx, { id: made.id, name: '担当', graph, revision: made.revision })
  })
}

/** Folders in folders, shared with a colleague; a block, a template in a folder, a line by it, and a view that everybody sees. */
async function lettersAndViews(ctx: Ctx, ben: string, segment: string): Promise<void> {
  await createField(ctx, { entity: 'company', key: 'tier', type: 'text', ja: '取引区分', en: 'Tier', class: 'basic', options: [] })
  const top = await folders.create(ctx, { name: 'ん 上', parentId: null, sharing: null })
  const sharing = { everyone: 'view', users: [{ userId: ben, level: 'edit' }], roles: [] } as const
  const below = await folders.create(ctx, {
    name: 'あ 下',
    parentId: top.id,
    sharing: { ...sharing, users: [...sharing.users], roles: [] },
  })
  const block = { id: 'd', kind: 'divider' } as const
  await saveBlock(ctx, { name: '区切り', block: draft.shape.blocks.element.parse(block) })
  const letter = draft.parse({ subject: '見本', blocks: [block] })
  const template = await templates.make(ctx, { name: '通信', draft: letter, folderId: below.id }, await templates.compileOrRefuse(letter))
  const rhythm = { kind: 'weeks', every: 2, weekday: 3 } as const
  const line = { name: '見本通信', rhythm, startsOn: '2026-04-08', ownerId: ben, include: [segment], templateId: template.id }
  await lines.create(ctx, takes(linesContract.create).parse(line))
  const rule = JSON.stringify({ kind: 'segment', segment, isIn: true })
  await keepShared(ctx, { id: null, list: 'leads', name: '都内のリード', state: { search: { sort: 'score', segment, rule } } })
}

test('GEN-15 fields, products, screens, campaigns, segments of companies, personas, mail, folders, blocks, lines, shared views, assignment, guard and MQL go out as text, with no secret and no lead', async () => {
  const files = await exported(from)
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(
      ['products/ERP', 'screens/lead', 'campaigns/展示会', 'campaigns/展示会-2', 'company-segments/都内の会社', 'personas/情シス課長']
        .concat([
          'mail/sender',
          'mail/newsletters',
          'mail/colours',
          'sales/assignment',
          'sales/guard',
          'sales/mql',
          'sales/neglect',
          'sales/handoff',
          'company-fields/tier',
          'template-folders/あ-下',
          'mail-blocks/区切り',
          'newsletter-lines/見本通信',
          'views/都内のリード',
        ])
        .map((path) => `${path}.json`),
    ),
  )
  const all = [...files.values()].join('')
  expect(all).not.toMatch(/very-secret|smtp\.example\.com|2026-08-10/)
  expect(all).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/)
  expect(files.get('sales/assignment.json')).toContain('"@colleagues/ben@example.co.jp"')
})

test('GEN-15 a colleague who is not there is told before and after: their rule comes in switched off, the rest works', async () => {
  const files = await exported(from)
  const dry = await importSetup(to.house, SYSTEM, files, false)
  expect(dry.filter(({ what }) => what === 'skip')).toEqual([])
  const done = await importSetup(to.house, SYSTEM, files, true)
  expect(done).toEqual(dry)
  const lacking = done.filter(({ reason }) => reason.includes('@colleagues/ben@example.co.jp')).map(({ path }) => path)
  expect(lacking).toEqual(['template-folders/あ-下', 'newsletter-lines/見本通信', 'scenarios/担当', 'sales/assignment', 'sales/neglect'])
  const plan = await to.read(readPlan)
  expect(plan.rules.map(({ isOn, target }) => [isOn, target.kind])).toEqual([
    [false, 'none'],
    [true, 'group'],
    [true, 'owner'],
  ])
  expect(plan.groups[0]?.members).toHaveLength(1)
  expect(await to.read(neglectSettings)).toMatchObject({ isOn: false, backTo: null })
  expect((await to.read(customFields)).map(({ key }) => key)).toEqual(['zeta', 'alpha'])
  expect((await to.read(listProducts)).items).toMatchObject([{ key: 'ERP', ja: '統合基幹業務', archived: true }, { key: 'CRM' }])
})

test('GEN-15 the company that was read in works: a lead gets its owner by rule, segments of people and of companies fill, MQL is proposed', async () => {
  await settle(to)
  const lead = (mail: string, prefecture: string) =>
    to.tx((ctx) => createLead(ctx, { mail, fields: { familyName: '見本', companyName: `株式会社${prefecture}`, prefecture } }))
  const north = await lead('north@example.jp', '北海道')
  const tokyo = await lead('tokyo@example.jp', '東京都')
  await settle(to)
  const anna = await to.house.pool.query('SELECT id FROM auth_user')
  expect((await to.read((ctx) => getLead(ctx, { id: north.id }))).ownerId).toBe(anna.rows[0].id)
  const members = Object.fromEntries((await to.read((ctx) => segments.list(ctx))).items.map(({ name, members: n }) => [name, n]))
  expect(members).toMatchObject({ 'い 都内': 1, 'あ 都外': 1, 'ペルソナ: 情シス課長': 1, MQL: 1 })
  expect((await to.read((ctx) => personas.list(ctx))).items).toMatchObject([{ name: '情シス課長', isLive: true, people: 1 }])
  expect((await to.read((ctx) => mql.get(ctx))).proposed).toMatchObject({ note: '商談化の基準' })
  await to.tx((ctx) => mql.publish(ctx, { segmentName: '別名' }))
  expect((await to.read((ctx) => mql.get(ctx))).segment?.name).toBe('MQL')
  expect(tokyo.outcome).toBe('created')
})

test('GEN-15 once the colleague is there too, the same files come in whole: what goes out again is equal to the byte, and a third time nothing changes', async () => {
  await aColleague(to, 'ben')
  const files = await exported(from)
  const changes = (await importSetup(to.house, SYSTEM, files, true)).filter(({ what }) => what !== 'same')
  expect(changes.map(({ path, what, reason }) => [path, what, reason])).toEqual([
    ['template-folders/あ-下', 'change', ''],
    ['newsletter-lines/見本通信', 'change', ''],
    ['scenarios/担当', 'change', ''],
    ['sales/assignment', 'change', ''],
    ['sales/neglect', 'change', ''],
  ])
  expect(await exported(to)).toEqual(files)
  expect((await importSetup(to.house, SYSTEM, files, true)).filter(({ what }) => what !== 'same')).toEqual([])
  // Who sends, and by which server, stays this installation's own.
  expect(await to.read(readMail)).toMatchObject({ route: 'mailbox', host: '', perMinute: 50 })
})

test('GEN-15 I4 a file by a name that everything has is no page of settings, and the rest comes in', async () => {
  const files = new Map([
    ['mail/constructor.json', '{}'],
    ['sales/constructor.json', '{}'],
    ['sales/toString.json', '{}'],
    ['sales/guard.json', (await exported(to)).get('sales/guard.json') ?? ''],
  ])
  const changes = await importSetup(to.house, SYSTEM, files, true)
  expect(changes.map(({ path, what, reason }) => [path, what, reason.slice(0, 16)])).toEqual([
    ['mail/constructor', 'skip', 'There is no page'],
    ['sales/constructor', 'skip', 'There is no page'],
    ['sales/guard', 'same', ''],
    ['sales/toString', 'skip', 'There is no page'],
  ])
})

test('GEN-15 a shared view whose name nobody could have given it on the screen is left out, with the reason', async () => {
  const view = (name: string) => JSON.stringify({ list: 'leads', name, state: { search: { sort: 'score' } } })
  const files = new Map([
    ['views/long.json', view('長'.repeat(81))],
    ['views/good.json', view('良い名前')],
  ])
  expect((await importSetup(to.house, SYSTEM, files, true)).map(({ path, what }) => [path, what])).toEqual([
    ['views/good', 'add'],
    ['views/long', 'skip'],
  ])
})
