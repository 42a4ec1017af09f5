import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { append, eventId } from '#kernel/journal.ts'
import { type TestDatabase, testDatabase } from '../../../../test/database.ts'
import { mergeByHand, undoAdoption } from '../adopt/service.ts'
import { assign, changeFields, createLead, eraseLead, expireVisitors, settlePair, updateLead } from '../change/service.ts'
import { facts } from '../facts.ts'
import { createField } from '../fields/service.ts'
import { identify, resolveDevices, stopMail } from '../service.ts'
import { personTables } from '../tables.ts'
import { countLeads, listLeads } from './list.ts'
import { candidates, getLead, listSources, timeline } from './service.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({
    ports: { personTables, facts, leadFilters: {}, timelinePoints: [async (_ctx, _subject, ids) => new Map(ids.map((id) => [id, 5]))] },
  })
})
afterAll(() => db.close())

const make = (mail: string, more: object = {}) => db.tx((ctx) => createLead(ctx, { mail, ...more }))
const subjectOf = (id: string) => ({ bucket: Number.parseInt(id.slice(-2), 16), id })

describe('list', () => {
  test('CRM-04 keyset pages in every order give each lead once, visitors never', async () => {
    for (let n = 0; n < 23; n++) {
      db.clock.advance(1_000)
      await make(`list${n}@example.jp`, {
        fields: { familyName: '頁', familyKana: n % 3 ? 'ア' : 'イ', companyName: `株式会社サンプル${n}` },
        source: n % 2 ? '展示会' : 'Web',
      })
    }
    await db.tx((ctx) => resolveDevices(ctx, [{ device: 'only-a-visitor', at: ctx.now, historic: false }]))
    for (const sort of ['seen', 'created', 'name'] as const) {
      const ids: string[] = []
      for (let cursor: string | undefined; ; ) {
        const page = await db.read((ctx) => listLeads(ctx, { q: '頁', sort, limit: 5, ...(cursor ? { cursor } : {}) }))
        ids.push(...page.items.map((row) => row.id))
        if (!page.next) break
        cursor = page.next
      }
      expect(ids).toHaveLength(23)
      expect(new Set(ids).size).toBe(23)
    }
    expect(await db.read((ctx) => countLeads(ctx, { q: 'サンプル1', source: '展示会' }))).toEqual({ n: 6, estimate: false })
    expect((await db.read((ctx) => listSources(ctx))).items).toEqual(['Web', '展示会'])
    await expect(db.read((ctx) => listLeads(ctx, { sort: 'name', limit: 5, cursor: 'x' }))).rejects.toMatchObject({
      code: 'cursor.unknown',
    })
  })

  test('CRM-04 text is found in kana, half width, company and phone; % and _ are letters', async () => {
    await make('kensaku@example.jp', { fields: { familyName: '検索', givenName: '花子', familyKana: 'けんさく', phone: '03-9999-8888' } })
    const found = async (q: string) => (await db.read((ctx) => listLeads(ctx, { q, sort: 'seen', limit: 10 }))).items.map((row) => row.mail)
    for (const q of ['検索花子', '検索 花子', 'ｹﾝｻｸ', 'けんさく', 'KENSAKU@', '9999-8888'])
      expect(await found(q)).toEqual(['kensaku@example.jp'])
    expect(await found('100%_')).toEqual([])
  })
})

describe('changes', () => {
  test('CRM-06 fields are changed by hand and told; a version that is not the latest is refused', async () => {
    const { id } = await make('edit@example.jp')
    await db.tx((ctx) => createField(ctx, { key: 'yearly', type: 'money', ja: '予算', en: 'Budget', class: 'secondary', options: [] }))
    const result = await db.tx((ctx) =>
      updateLead(ctx, { id, fields: { prefecture: '東京', industry: 'Manufacturing' }, attrs: { yearly: '¥1,000' }, version: 1 }),
    )
    expect(result.changed.sort()).toEqual(['attrs.yearly', 'industry', 'prefecture'])
    expect(await db.read((ctx) => getLead(ctx, { id }))).toMatchObject({
      prefecture: '東京都',
      industry: 'manufacturing',
      attrs: { yearly: 1000 },
    })
    await expect(db.tx((ctx) => updateLead(ctx, { id, fields: { title: 'x' }, version: 1 }))).rejects.toMatchObject({
      code: 'lead.changed',
    })
    await expect(db.tx((ctx) => updateLead(ctx, { id, attrs: { yearly: 'many' } }))).rejects.toMatchObject({
      code: 'field.value',
      errors: [{ field: 'attrs.yearly' }],
    })
  })

  test('GEN-04 another address brings its own stop and no basis of the old one; a taken one is refused', async () => {
    const { id } = await make('old@example.jp')
    await make('taken@example.jp')
    await db.tx((ctx) => stopMail(ctx, { address: 'new@example.jp', reason: 'complaint', at: ctx.now }))
    await expect(db.tx((ctx) => updateLead(ctx, { id, mail: 'taken@example.jp' }))).rejects.toMatchObject({
      code: 'mail.taken',
      errors: [{ field: 'mail' }],
    })
    await db.tx((ctx) => updateLead(ctx, { id, mail: 'new@example.jp' }))
    expect(await db.read((ctx) => getLead(ctx, { id }))).toMatchObject({
      mail: 'new@example.jp',
      mailStop: 'complaint',
      mailBasis: 'none',
      sendable: false,
    })
    expect((await make('old@example.jp')).id).not.toBe(id)
  })

  test('CRM-05 owners by the handful, told to the journal, and back again', async () => {
    const user = '11111111-1111-4111-8111-111111111111'
    await db.house.pool.query("INSERT INTO auth_user (id, name, email, role) VALUES ($1, '担当 一郎', 'sales@example.jp', 'sales')", [user])
    const ids = [(await make('own1@example.jp')).id, (await make('own2@example.jp')).id]
    expect(await db.tx((ctx) => assign(ctx, { ids, ownerId: user }))).toMatchObject({
      changed: 2,
      before: [{ ownerId: null }, { ownerId: null }],
    })
    expect((await db.read((ctx) => listLeads(ctx, { owner: user, sort: 'seen', limit: 10 }))).items.map((row) => row.ownerName)).toEqual([
      '担当 一郎',
      '担当 一郎',
    ])
    await expect(db.tx((ctx) => assign(ctx, { ids, ownerId: '22222222-2222-4222-8222-222222222222' }))).rejects.toMatchObject({
      code: 'owner.unknown',
    })
    expect(await db.tx((ctx) => assign(ctx, { ids, ownerId: null }))).toMatchObject({ changed: 2 })
  })

  test('a scenario changes fields of many at once; repeating it tells nothing twice', async () => {
    const { id } = await make('many@example.jp')
    const act = {
      subject: subjectOf(id),
      fields: { title: '部長' },
      addTags: ['春'],
      causeId: '00000000-0000-8000-8000-0000000000aa',
      hop: 1,
    }
    expect(await db.tx((ctx) => changeFields(ctx, [act]))).toEqual(new Set([id]))
    expect(await db.tx((ctx) => changeFields(ctx, [act]))).toEqual(new Set())
    expect(await db.read((ctx) => getLead(ctx, { id }))).toMatchObject({ title: '部長', tags: ['春'] })
  })
})

describe('timeline', () => {
  test('CRM-01 TRK-14 web, mail, sales and changes stand on one line, newest first, with points, page by page', async () => {
    const { id } = await make('line@example.jp')
    const at = (n: number) => new Date(db.clock.now().getTime() - n * 60_000)
    const names = ['page.viewed', 'mail.clicked', 'call.logged', 'deal.won', 'seminar.attended']
    await db.tx((ctx) =>
      append(
        ctx,
        names.map((name, n) => ({ subject: subjectOf(id), id: eventId('line', name), name, occurredAt: at(n + 1), props: {} })),
      ),
    )
    const first = await db.read((ctx) => timeline(ctx, { id, limit: 4 }))
    const rest = await db.read((ctx) => timeline(ctx, { id, limit: 4, ...(first.next ? { cursor: first.next } : {}) }))
    expect([...first.items, ...rest.items].map((event) => event.name)).toEqual(['lead.created', ...names])
    expect(first.items[0]?.points).toBe(5)
    expect(
      (await db.read((ctx) => timeline(ctx, { id, limit: 9, names: 'deal.won,call.logged' }))).items.map((event) => event.name),
    ).toEqual(['call.logged', 'deal.won'])
  })
})

test('TRK-02 visitors expire by setting; leads, recent visitors and those of a replay stay', async () => {
  const devices = ['stale', 'fresh', 'replayed'] as const
  const seen = async (device: string, daysAgo: number) =>
    db.tx(async (ctx) =>
      (
        await resolveDevices(ctx, [{ device, at: new Date(ctx.now.getTime() - daysAgo * 86_400_000), historic: device === 'replayed' }])
      ).get(device),
    )
  const [stale, fresh, replayed] = [await seen(devices[0], 500), await seen(devices[1], 10), await seen(devices[2], 900)]
  const before = await db.read((ctx) => countLeads(ctx, {}))
  expect(await db.tx((ctx) => expireVisitors(ctx, 100, 86_400_000))).toBe(1)
  expect(await db.tx((ctx) => expireVisitors(ctx, 100, 86_400_000))).toBe(0)
  const left = (await db.house.pool.query('SELECT id FROM person WHERE identified_at IS NULL')).rows.map((row) => row.id)
  expect(left).toEqual(expect.arrayContaining([fresh?.id, replayed?.id]))
  expect(left).not.toContain(stale?.id)
  expect(await db.read((ctx) => countLeads(ctx, {}))).toEqual(before)
  expect((await db.house.pool.query("SELECT 1 FROM identity WHERE value = 'stale'")).rowCount).toBe(0)
})

describe('merging and erasing', () => {
  test('GEN-09 a pair is merged by a human only, old ids resolve, and undoing it gives both back, what they had adopted included', async () => {
    const keep = (await make('keep@example.jp')).id
    const device = 'merge-device'
    await db.tx((ctx) => resolveDevices(ctx, [{ device, at: ctx.now, historic: false }]))
    const [lost] = await db.tx((ctx) => identify(ctx, [{ route: 'api', externalId: 'M-1', fields: { title: '課長' }, at: ctx.now }]))
    await db.tx((ctx) => identify(ctx, [{ route: 'api', externalId: 'M-1', device, at: ctx.now }]))
    const lose = lost?.subject.id ?? ''
    await db.tx((ctx) => identify(ctx, [{ route: 'api', externalId: 'M-1', mail: 'keep@example.jp', at: ctx.now }]))
    expect((await db.read((ctx) => candidates(ctx))).items).toHaveLength(1)
    const before = await db.read((ctx) => timeline(ctx, { id: lose, limit: 50 }))
    await db.tx((ctx) => settlePair(ctx, { keep, lose, verdict: 'merged' }))
    expect((await db.read((ctx) => candidates(ctx))).items).toEqual([])
    const merged = await db.read((ctx) => getLead(ctx, { id: lose }))
    expect(merged).toMatchObject({ id: keep, title: '課長', externalId: 'M-1' })
    const adoption = merged.adoptions.find((one) => one.byHand)
    await db.tx((ctx) => undoAdoption(ctx, adoption?.id ?? ''))
    const after = await db.read((ctx) => timeline(ctx, { id: lose, limit: 50 }))
    expect(after.items.filter((event) => event.name !== 'lead.released').map((event) => event.id)).toEqual(
      before.items.map((event) => event.id),
    )
    expect(await db.read((ctx) => getLead(ctx, { id: keep }))).toMatchObject({ id: keep, title: null, externalId: null })
    expect((await db.read((ctx) => getLead(ctx, { id: lose }))).adoptions.filter((one) => one.undoneAt === null)).toHaveLength(1)
    await expect(db.tx((ctx) => mergeByHand(ctx, { keep: subjectOf(keep), lose: subjectOf(keep) }))).rejects.toMatchObject({
      code: 'merge.same',
    })
  })

  test('CRM-14 GEN-12 what a colleague changed stands in the timeline from what to what, long words cut, and nothing where nothing changed', async () => {
    const { id } = await make('history@example.jp', { fields: { familyName: '旧姓' } })
    await db.tx((ctx) => updateLead(ctx, { id, fields: { familyName: '新姓', department: 'あ'.repeat(300) }, tags: ['a', 'b'] }))
    await db.tx((ctx) => updateLead(ctx, { id, fields: { familyName: '新姓' } }))
    const { rows } = await db.house.pool.query(`SELECT props FROM journal WHERE person_id = $1 AND name = 'field.changed'`, [id])
    expect(rows.map(({ props }) => props.values)).toEqual([
      [
        { field: 'familyName', from: '旧姓', to: '新姓' },
        { field: 'department', from: null, to: `${'あ'.repeat(200)}…` },
        { field: 'tags', from: [], to: ['a', 'b'] },
      ],
    ])
  })

  test('GEN-04 erasing leaves nothing of the person but the stop of their address', async () => {
    const { id } = await make('erase@example.jp', { fields: { familyName: '消去' } })
    await db.tx((ctx) => stopMail(ctx, { address: 'erase@example.jp', reason: 'unsubscribe', at: ctx.now }))
    await db.tx((ctx) => eraseLead(ctx, { id }))
    await expect(db.read((ctx) => getLead(ctx, { id }))).rejects.toMatchObject({ kind: 'gone', code: 'lead.erased' })
    for (const { table } of personTables) {
      const column = table === 'person' ? 'id' : 'person_id'
      expect([table, (await db.house.pool.query(`SELECT 1 FROM ${table} WHERE ${column} = $1`, [id])).rowCount]).toEqual([table, 0])
    }
    const again = await make('erase@example.jp')
    expect(again.id).not.toBe(id)
    expect(await db.read((ctx) => getLead(ctx, { id: again.id }))).toMatchObject({ mailStop: 'unsubscribe', sendable: false })
  })

  test('GEN-04 whoever was merged, parted again and erased leaves neither name nor address with the one they were taken for', async () => {
    const keep = (await make('goes-on@example.jp', { fields: { familyName: '残る' } })).id
    const lose = (await make('himitsu@example.jp', { fields: { familyName: '秘密' } })).id
    await db.tx((ctx) => settlePair(ctx, { keep, lose, verdict: 'merged' }))
    const { adoptions } = await db.read((ctx) => getLead(ctx, { id: keep }))
    await db.tx((ctx) => undoAdoption(ctx, adoptions[0]?.id ?? ''))
    await db.tx((ctx) => eraseLead(ctx, { id: lose }))
    for (const table of ['adoption', 'journal', 'merge_candidate', 'merge_run', 'person', 'identity'])
      expect([table, (await db.house.pool.query(`SELECT 1 FROM ${table} t WHERE to_jsonb(t)::text ~ 'himitsu|秘密'`)).rowCount]).toEqual([
        table,
        0,
      ])
    expect(await db.read((ctx) => getLead(ctx, { id: keep }))).toMatchObject({ familyName: '残る', adoptions: [] })
  })
})
