// Companies as they come to be: whatever door a lead comes in by. Real database, the whole loop.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ctx } from '#kernel/ctx.ts'
import { append, eventId } from '#kernel/journal.ts'
import { mergeByHand, undoAdoption } from '#loop/identify/adopt/service.ts'
import { createLead, eraseLead, updateLead } from '#loop/identify/change/service.ts'
import { merge, reopen, settle, undoMerge } from '#loop/identify/companies/change/merge.ts'
import { create, link, setRole, splitOff, unlink, update } from '#loop/identify/companies/change/service.ts'
import * as reads from '#loop/identify/companies/reads.ts'
import { getLead } from '#loop/identify/leads/service.ts'
import { turn, turnUntilQuiet } from '#loop/reactor/service.ts'
import { ofCompany as dealsOfCompany, ltv } from '#loop/sales/companies/service.ts'
import { create as createDeal, win as winDeal } from '#loop/sales/deals/service.ts'
import { factsForScores } from '#loop/score/ledger/service.ts'
import { publish, saveDraft } from '#loop/score/manage/service.ts'
import { FIRST_SETTINGS } from '#loop/score/rules/contract.ts'
import { addPoints } from '#loop/score/service.ts'
import { turnUntilQuiet as companiesQuiet } from '#loop/segment/companies/claim.ts'
import * as segments from '#loop/segment/companies/service.ts'
import { create as createSegment } from '#loop/segment/service.ts'
import type { TestDatabase } from './database.ts'
import { testHouse } from './house.ts'

let db: TestDatabase
let n = 0
beforeAll(async () => {
  db = await testHouse()
})
afterAll(() => db.close())

const rest = async () => {
  await turnUntilQuiet(db.house)
  await companiesQuiet(db.house)
  await turnUntilQuiet(db.house)
}
const lead = async (mail: string | undefined, companyName?: string, more: object = {}) => {
  const { id } = await db.tx((ctx) => createLead(ctx, { mail, fields: { familyName: '見本', givenName: `${++n}`, companyName, ...more } }))
  return id
}
const see = <T>(run: (ctx: Ctx) => Promise<T>) => db.read(run)
const companyOf = async (leadId: string) =>
  (await see((ctx) => reads.ofLead(ctx, { leadId }))).links.find((one) => one.until === null)?.company
const subjectOf = (id: string) => ({ bucket: Number.parseInt(id.slice(-2), 16), id })
const open = async (name: string) =>
  (await see((ctx) => reads.candidates(ctx, { settled: false, limit: 200 }))).items.filter((one) => one.name.includes(name))
const idOf = <T extends { id: string }>(row: T | undefined): string => row?.id ?? ''

describe('matching', () => {
  test('CRM-07 colleagues with one corporate domain meet in one company, made by itself and dated', async () => {
    const a = await lead('a@domain01.co.jp', '株式会社ドメイン壱')
    const b = await lead('b@tokyo.domain01.co.jp', 'ドメイン壱(株)')
    const c = await lead('c@domain01.co.jp')
    await rest()
    const company = await companyOf(a)
    expect(company).toMatchObject({ name: '株式会社ドメイン壱', domains: ['domain01.co.jp'], people: 3 })
    expect([(await companyOf(b))?.id, (await companyOf(c))?.id]).toEqual([company?.id, company?.id])
    const [linked] = (await see((ctx) => reads.ofLead(ctx, { leadId: a }))).links
    expect(linked).toMatchObject({ linkedBy: 'mail', role: 'unknown', since: db.clock.now().toISOString(), until: null })
    const events = await see((ctx) => reads.timeline(ctx, { id: company?.id ?? '', limit: 50 }))
    expect(events.items.filter((one) => one.name === 'company.linked')).toHaveLength(3)
  })

  test('CRM-06 CRM-07 a company made by itself knows what its first leads say of it', async () => {
    const a = await lead('a@known.co.jp', '株式会社既知', { industry: '製造業', employeeBand: '250名', website: 'known.co.jp' })
    await rest()
    expect(await companyOf(a)).toMatchObject({ industry: 'manufacturing', employeeBand: '100-299', website: 'https://known.co.jp/' })
  })

  test('GEN-04 CRM-06 erasing somebody takes them out of the sums of their company at once, not by night', async () => {
    const a = await lead('a@erased01.co.jp', '株式会社消去')
    const b = await lead('b@erased01.co.jp', '株式会社消去')
    await rest()
    expect(await companyOf(a)).toMatchObject({ people: 2 })
    await db.tx((ctx) => eraseLead(ctx, { id: b }))
    await companiesQuiet(db.house)
    expect(await companyOf(a)).toMatchObject({ people: 1 })
  })

  test('CRM-07 free mail and carriers imply no company; a name alone proposes and links nobody', async () => {
    const a = await lead('hanako@gmail.com', '株式会社ナマエダケ')
    const b = await lead('taro@docomo.ne.jp', '㈱ナマエダケ')
    await rest()
    expect([await companyOf(a), await companyOf(b)]).toEqual([undefined, undefined])
    const [candidate] = await open('ナマエダケ')
    expect(candidate).toMatchObject({ kind: 'new', leads: 2, company: null })
    const done = await db.tx((ctx) => settle(ctx, { id: idOf(candidate), verdict: 'yes' }))
    expect(done.leads).toBe(2)
    await rest()
    expect((await companyOf(a))?.id).toBe(done.company)
    const late = await lead('late@yahoo.co.jp', 'ナマエダケ')
    await rest()
    expect(await companyOf(late)).toBeUndefined()
    expect(await open('ナマエダケ')).toMatchObject([{ kind: 'link', leads: 1, company: { id: done.company } }])
  })

  test('CRM-07 a corporate number links, whatever the address', async () => {
    const made = await db.tx((ctx) => create(ctx, { name: '株式会社バンゴウ', corporateNumber: '8700110005901' }))
    const a = await lead('a@gmail.com', 'ちがう名前')
    await db.tx(async (ctx) => {
      await ctx.db
        .updateTable('person')
        .set({ attrs: { corporate_number: '8700110005901' } })
        .where('id', '=', a)
        .execute()
      await append(ctx, [
        {
          subject: subjectOf(a),
          id: eventId('t', 'number'),
          name: 'field.changed',
          occurredAt: ctx.now,
          props: { fields: ['attrs.corporate_number'] },
        },
      ])
    })
    await rest()
    expect((await companyOf(a))?.id).toBe(made.id)
  })

  test('CRM-07 two companies of one name are proposed for a merge, never merged by a machine', async () => {
    const a = await lead('a@twin-one.co.jp', '株式会社フタゴ')
    const b = await lead('b@twin-two.co.jp', 'フタゴ株式会社')
    await rest()
    expect((await companyOf(a))?.id).not.toBe((await companyOf(b))?.id)
    expect((await open('フタゴ')).map((one) => one.kind)).toEqual(['merge'])
  })

  test('CRM-07 who moves to another company takes nobody along, and the past stays dated', async () => {
    const a = await lead('mover@old-firm.co.jp', '旧職場株式会社')
    await rest()
    const old = await companyOf(a)
    db.clock.advance(86_400_000)
    await db.tx((ctx) => updateLead(ctx, { id: a, mail: 'mover@new-firm.co.jp', fields: { companyName: '新職場株式会社' } }))
    await rest()
    const { links } = await see((ctx) => reads.ofLead(ctx, { leadId: a }))
    expect(links.map((one) => [one.company.name, one.until !== null])).toEqual([
      ['新職場株式会社', false],
      ['旧職場株式会社', true],
    ])
    const past = await see((ctx) => reads.people(ctx, { id: old?.id ?? '', past: true, limit: 10 }))
    expect(past.items.map((one) => one.id)).toEqual([a])
    expect((await see((ctx) => reads.get(ctx, { id: old?.id ?? '' }))).people).toBe(0)
  })

  test('CRM-07 what a human said of a lead’s company no rule takes back', async () => {
    const other = await db.tx((ctx) => create(ctx, { name: '株式会社テデツナグ' }))
    const a = await lead('a@by-hand.co.jp', '株式会社バイハンド')
    await rest()
    await db.tx((ctx) => link(ctx, { leadId: a, companyId: other.id, role: 'decider' }))
    await db.tx((ctx) => updateLead(ctx, { id: a, fields: { companyName: '株式会社バイハンド東京' } }))
    await rest()
    expect((await companyOf(a))?.id).toBe(other.id)
    expect((await see((ctx) => reads.people(ctx, { id: other.id, past: false, limit: 10 }))).items).toMatchObject([
      { id: a, role: 'decider', linkedBy: 'hand' },
    ])
    await db.tx((ctx) => unlink(ctx, { leadId: a }))
    expect(await companyOf(a)).toBeUndefined()
    await expect(db.tx((ctx) => setRole(ctx, { leadId: a, role: 'user' }))).rejects.toMatchObject({ code: 'company.none' })
  })

  test('CRM-24 a lead without a company is whole: no link, no proposal, nothing asked', async () => {
    const a = await lead('kojin@gmail.com')
    await rest()
    expect(await see((ctx) => reads.ofLead(ctx, { leadId: a }))).toEqual({ links: [], suggested: [] })
    expect(await see((ctx) => getLead(ctx, { id: a }))).toMatchObject({ companyName: null, familyName: '見本' })
  })
})

describe('sums', () => {
  test('CRM-07 engagement and score of a company are the sums of its people’s', async () => {
    const a = await lead('a@sum-firm.co.jp', '株式会社合計')
    const b = await lead('b@sum-firm.co.jp', '株式会社合計')
    await rest()
    await db.tx((ctx) => saveDraft(ctx, { name: 'main', rules: [], settings: FIRST_SETTINGS }))
    await db.tx((ctx) => publish(ctx, { name: 'main', startsScenarios: false }))
    await db.drain()
    await rest()
    const points = (id: string, given: number) =>
      db.tx((ctx) => addPoints(ctx, [{ subject: subjectOf(id), model: 'main', points: given, reason: '', causeId: ctx.id() }]))
    await points(a, 40)
    await points(b, 2)
    await points(b, 5)
    // In the pass that moved them: nobody is told of a score that only the company follows.
    await turn(db.house)
    expect((await db.house.pool.query(`SELECT name FROM news WHERE name = 'score.changed'`)).rows).toEqual([])
    await companiesQuiet(db.house)
    const company = await companyOf(a)
    expect(company).toMatchObject({ score: 47, people: 2 })
    const people = await see((ctx) => reads.people(ctx, { id: idOf(company), past: false, limit: 10 }))
    expect(people.items.map((one) => [one.id, one.score])).toEqual([
      [a, 40],
      [b, 7],
    ])
    expect(company?.engagement).toBe(people.items.reduce((sum, one) => sum + one.engagement, 0))
    // A link that was made while the score moved has seen the old one: it is looked at again when it is told.
    await db.house.pool.query('UPDATE company_person SET score = 1 WHERE person_id = $1', [b])
    await db.tx((ctx) =>
      append(ctx, [{ subject: subjectOf(b), id: eventId('late', b), name: 'company.linked', occurredAt: ctx.now, props: {} }]),
    )
    await rest()
    expect(await companyOf(a)).toMatchObject({ score: 47 })
    const listed = await see((ctx) => reads.list(ctx, { sort: 'score', limit: 1, q: '合計' }))
    expect(listed.items.map((one) => one.id)).toEqual([company?.id])
  })
})

describe('merging', () => {
  test('CRM-07 D4 a merge takes people, domains and names along, the old id resolves, and undo brings exactly that back', async () => {
    const a = await lead('a@merge-a.co.jp', '株式会社統合甲')
    const b = await lead('b@merge-b.co.jp', '株式会社統合乙')
    await rest()
    const [keep, lose] = [await companyOf(a), await companyOf(b)]
    await db.tx((ctx) => update(ctx, { id: idOf(lose), industry: 'it', phone: '03-1234-5678', corporateNumber: '7000012050002' }))
    await rest()
    const before = await Promise.all([keep, lose].map((one) => see((ctx) => reads.get(ctx, { id: idOf(one) }))))
    const { merge: id, moved } = await db.tx((ctx) => merge(ctx, { id: idOf(keep), lose: idOf(lose) }))
    expect(moved).toBe(1)
    await rest()
    expect((await companyOf(b))?.id).toBe(keep?.id)
    const merged = await see((ctx) => reads.get(ctx, { id: idOf(lose) }))
    expect(merged).toMatchObject({
      id: keep?.id,
      people: 2,
      industry: 'it',
      corporateNumber: '7000012050002',
      aliases: ['株式会社統合乙'],
      merges: [{ id, name: '株式会社統合乙' }],
    })
    const c = await lead('c@merge-b.co.jp')
    await rest()
    expect((await companyOf(c))?.id).toBe(keep?.id)
    await db.tx((ctx) => undoMerge(ctx, { id }))
    await rest()
    expect((await companyOf(b))?.id).toBe(lose?.id)
    expect((await companyOf(c))?.id).toBe(keep?.id)
    const after = await Promise.all([keep, lose].map((one) => see((ctx) => reads.get(ctx, { id: idOf(one) }))))
    const plain = (one: (typeof after)[number] | undefined) => ({
      ...one,
      version: 0,
      changedAt: '',
      summedAt: '',
      merges: [],
      people: 0,
      lastSeenAt: null,
    })
    expect(after.map(plain)).toEqual(before.map(plain))
    expect(after.map((one) => one.people)).toEqual([2, 1])
    await expect(db.tx((ctx) => undoMerge(ctx, { id }))).rejects.toMatchObject({ code: 'company.merge' })
  })

  test('CRM-07 somebody with links to both comes out of merge and undo as they were', async () => {
    const a = await lead('both@both-a.co.jp', '株式会社両方甲')
    await rest()
    const first = await companyOf(a)
    await db.tx((ctx) => updateLead(ctx, { id: a, mail: 'both@both-b.co.jp', fields: { companyName: '株式会社両方乙' } }))
    await rest()
    const second = await companyOf(a)
    const before = (await see((ctx) => reads.ofLead(ctx, { leadId: a }))).links.map((one) => [one.company.id, one.since, one.until])
    const { merge: id } = await db.tx((ctx) => merge(ctx, { id: idOf(first), lose: idOf(second) }))
    expect((await companyOf(a))?.id).toBe(first?.id)
    await db.tx((ctx) => undoMerge(ctx, { id }))
    expect((await see((ctx) => reads.ofLead(ctx, { leadId: a }))).links.map((one) => [one.company.id, one.since, one.until])).toEqual(
      before,
    )
    expect((await companyOf(a))?.id).toBe(second?.id)
  })

  test('CRM-07 different corporate numbers are two legal entities and refuse to merge', async () => {
    const a = await db.tx((ctx) =>
      create(ctx, { name: '別法人甲', corporateNumber: '1000012010003' }).catch(() => create(ctx, { name: '別法人甲' })),
    )
    const b = await db.tx((ctx) => create(ctx, { name: '別法人乙' }))
    await db.tx(async (ctx) => {
      await ctx.db.updateTable('company').set({ corporate_number: '1000000000001' }).where('id', '=', a.id).execute()
      await ctx.db.updateTable('company').set({ corporate_number: '2000000000002' }).where('id', '=', b.id).execute()
    })
    await expect(db.tx((ctx) => merge(ctx, { id: a.id, lose: b.id }))).rejects.toMatchObject({ code: 'company.numbersDiffer' })
    await expect(db.tx((ctx) => create(ctx, { name: 'x', corporateNumber: '1234567890123' }))).rejects.toMatchObject({
      code: 'company.corporateNumber',
    })
    await expect(db.tx((ctx) => create(ctx, { name: 'x', domains: ['gmail.com'] }))).rejects.toMatchObject({ code: 'company.domains' })
  })

  test('CRM-07 a person split off has a company of their own; a refused proposal can be opened again', async () => {
    const a = await lead('a@split.co.jp', '株式会社分離')
    await rest()
    const made = await db.tx((ctx) => splitOff(ctx, { leadId: a, name: '株式会社分離サービス' }))
    await rest()
    expect((await companyOf(a))?.id).toBe(made.id)
    const b = await lead('b@gmail.com', '株式会社再考')
    await rest()
    const [candidate] = await open('再考')
    await db.tx((ctx) => settle(ctx, { id: idOf(candidate), verdict: 'no' }))
    expect(await open('再考')).toEqual([])
    await db.tx((ctx) => reopen(ctx, { id: idOf(candidate) }))
    expect(await open('再考')).toHaveLength(1)
    await db.tx((ctx) => settle(ctx, { id: idOf(candidate), verdict: 'yes' }))
    expect((await companyOf(b))?.name).toBe('株式会社再考')
    await db.tx((ctx) => reopen(ctx, { id: idOf(candidate) }))
    await rest()
    expect(await companyOf(b)).toBeUndefined()
  })

  test('CRM-07 two leads merged by hand keep their company links, and undoing parts them again', async () => {
    const a = await lead('a@people-a.co.jp', '株式会社人甲')
    const b = await lead('b@people-b.co.jp', '株式会社人乙')
    await rest()
    const [first, second] = [await companyOf(a), await companyOf(b)]
    await db.tx((ctx) => mergeByHand(ctx, { keep: subjectOf(a), lose: subjectOf(b) }))
    await rest()
    const links = (await see((ctx) => reads.ofLead(ctx, { leadId: a }))).links
    expect(links.filter((one) => one.until === null).map((one) => one.company.id)).toEqual([first?.id])
    expect(links).toHaveLength(2)
    const { adoptions } = await see((ctx) => getLead(ctx, { id: a }))
    await db.tx((ctx) => undoAdoption(ctx, adoptions[0]?.id ?? ''))
    await rest()
    expect([(await companyOf(a))?.id, (await companyOf(b))?.id]).toEqual([first?.id, second?.id])
    expect((await see((ctx) => reads.get(ctx, { id: second?.id ?? '' }))).people).toBe(1)
  })
})

test('CRM-07 keyset pages in every order give each company once; search finds width, kana and alias; a stale version is refused', async () => {
  for (let i = 0; i < 7; i++)
    await db.tx((ctx) => create(ctx, { name: `株式会社頁送り${i}`, aliases: i === 3 ? ['Paging Three Inc.'] : [] }))
  for (const sort of ['score', 'engagement', 'people', 'name', 'created'] as const) {
    const ids: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await see((ctx) => reads.list(ctx, { q: '頁送り', sort, limit: 3, ...(cursor ? { cursor } : {}) }))
      ids.push(...page.items.map((row) => row.id))
      if (!page.next) break
      cursor = page.next
    }
    expect(new Set(ids).size).toBe(7)
    expect(ids).toHaveLength(7)
  }
  const found = await see((ctx) => reads.list(ctx, { q: 'ｐａｇｉｎｇ three', sort: 'name', limit: 5 }))
  expect(found.items.map((one) => one.name)).toEqual(['株式会社頁送り3'])
  expect(await see((ctx) => reads.count(ctx, { q: '頁送り' }))).toEqual({ n: 7, more: false })
  const id = idOf(found.items[0])
  await db.tx((ctx) => update(ctx, { id, version: 1, note: 'x' }))
  await expect(db.tx((ctx) => update(ctx, { id, version: 1, note: 'y' }))).rejects.toMatchObject({ code: 'company.changed' })
})

describe('segments of companies', () => {
  const isIn = (fact: string, value: string) => ({ kind: 'fact' as const, fact, is: { op: 'eq' as const, value } })

  test('QUA-14 a segment over company facts is right at once, follows changes, and keeps who came and went', async () => {
    const a = await lead('a@seg-one.co.jp', '株式会社区分一', { industry: '製造業' })
    await lead('b@seg-two.co.jp', '株式会社区分二')
    await rest()
    const [one] = [await companyOf(a)]
    const rule = {
      kind: 'and' as const,
      rules: [isIn('industry', 'manufacturing'), { kind: 'fact' as const, fact: 'name', is: { op: 'contains' as const, value: '区分' } }],
    }
    expect((await see((ctx) => segments.preview(ctx, { rule }))).n).toBe(1)
    const made = await db.tx((ctx) => segments.create(ctx, { name: '区分の製造業', rule }))
    expect(made.members).toBe(1)
    await db.tx((ctx) => update(ctx, { id: idOf(one), industry: 'retail' }))
    await rest()
    expect((await see((ctx) => segments.list(ctx))).items.find((each) => each.id === made.id)?.members).toBe(0)
    await db.tx((ctx) => update(ctx, { id: idOf(one), industry: 'manufacturing' }))
    db.clock.advance(60_000)
    await rest()
    const history = await see((ctx) => segments.history(ctx, { id: made.id, limit: 10 }))
    expect(history.items.map((stay) => [stay.company.id, stay.leftAt !== null])).toEqual([
      [one?.id, false],
      [one?.id, true],
    ])
    expect((await see((ctx) => reads.list(ctx, { segment: made.id, sort: 'name', limit: 10 }))).items.map((row) => row.id)).toEqual([
      one?.id,
    ])
    expect(await see((ctx) => reads.count(ctx, { segment: made.id }))).toEqual({ n: 1, more: false })
    expect((await see((ctx) => segments.ofCompany(ctx, { id: idOf(one) }))).items.map((each) => each.id)).toEqual([made.id])
    await expect(db.tx((ctx) => segments.create(ctx, { name: '区分の製造業', rule }))).rejects.toMatchObject({ code: 'segment.name' })
    await expect(db.tx((ctx) => segments.create(ctx, { name: 'x', rule: isIn('mail', 'x') }))).rejects.toMatchObject({
      code: 'segment.rule',
    })
  })

  test('QUA-14 people are segmented by industry, size, score and deals of their company, and follow when it changes', async () => {
    const a = await lead('a@rule-firm.co.jp', '株式会社規則')
    const b = await lead('b@rule-firm.co.jp', '株式会社規則')
    const c = await lead('c@gmail.com', '株式会社規則')
    await rest()
    const company = idOf(await companyOf(a))
    const rule = {
      kind: 'and' as const,
      rules: [isIn('company.industry', 'it'), { kind: 'fact' as const, fact: 'company.people', is: { op: 'gte' as const, value: 2 } }],
    }
    const { id } = await db.tx((ctx) =>
      createSegment(ctx, { name: 'IT企業の人', description: '', audience: 'leads', rule, startsScenarios: false }),
    )
    await db.drain()
    const members = async () => {
      const rows = await db.house.db
        .selectFrom('membership')
        .select('person_id')
        .where('segment_id', '=', id)
        .where('is_in', '=', true)
        .execute()
      return rows.map((row) => row.person_id).sort()
    }
    expect(await members()).toEqual([])
    await db.tx((ctx) => update(ctx, { id: company, industry: '情報通信業' }))
    await rest()
    expect(await members()).toEqual([a, b].sort())
    await db.tx((ctx) => unlink(ctx, { leadId: b }))
    await rest()
    expect(await members()).toEqual([])
    await db.tx((ctx) => link(ctx, { leadId: c, companyId: company }))
    await rest()
    expect(await members()).toEqual([a, c].sort())
  })

  test('QUA-14 #31 score rules never feed on what scores sum up to', async () => {
    const names = [...(await db.tx((ctx) => factsForScores(ctx))).keys()]
    expect(names).toContain('company.industry')
    expect(names.filter((name) => name === 'company.score' || name === 'company.engagement')).toEqual([])
  })
})

test('CRM-18 LTV is the sum of won deals per company, person and source; a merge adds up and undo takes apart', async () => {
  const a = await db.tx((ctx) =>
    createLead(ctx, { mail: 'a@ltv-one.co.jp', source: '展示会LTV', fields: { familyName: '甲', companyName: '株式会社価値甲' } }),
  )
  const b = await db.tx((ctx) =>
    createLead(ctx, { mail: 'b@ltv-two.co.jp', source: '展示会LTV', fields: { familyName: '乙', companyName: '株式会社価値乙' } }),
  )
  await rest()
  const [one, two] = [await companyOf(a.id), await companyOf(b.id)]
  const won = async (leadId: string, amount: number) => {
    const { id } = await db.tx((ctx) => createDeal(ctx, { leadIds: [leadId], amount }))
    await db.tx((ctx) => winDeal(ctx, { id }))
  }
  await won(a.id, 1_000_000)
  await won(a.id, 500_000)
  await won(b.id, 300_000)
  await db.tx((ctx) => createDeal(ctx, { leadIds: [b.id], amount: 70_000 }))
  await rest()
  const worth = async (id: string) => see((ctx) => dealsOfCompany(ctx, { id }))
  expect(await worth(idOf(one))).toMatchObject({ ltv: 1_500_000, won: 2, open: 0 })
  expect(await worth(idOf(two))).toMatchObject({ ltv: 300_000, won: 1, open: 1, openAmount: 70_000 })
  const by = async (kind: 'company' | 'person' | 'source', key: string) =>
    (await see((ctx) => ltv(ctx, { by: kind, limit: 200 }))).items.find((row) => row.key === key)
  expect(await by('company', idOf(one))).toMatchObject({ amount: 1_500_000, won: 2, customers: 1 })
  expect(await by('person', b.id)).toMatchObject({ amount: 300_000 })
  expect(await by('source', '展示会LTV')).toMatchObject({ amount: 1_800_000, won: 3, customers: 2 })
  const open = { kind: 'fact' as const, fact: 'sales.has_open_deal', is: { op: 'eq' as const, value: true } }
  expect((await see((ctx) => segments.preview(ctx, { rule: open }))).some.map((row) => row.id)).toEqual([two?.id])
  const { merge: id } = await db.tx((ctx) => merge(ctx, { id: idOf(one), lose: idOf(two) }))
  expect(await worth(idOf(two))).toMatchObject({ ltv: 1_800_000, won: 3, open: 1 })
  expect(await by('company', idOf(one))).toMatchObject({ amount: 1_800_000, won: 3 })
  await db.tx((ctx) => undoMerge(ctx, { id }))
  expect(await worth(idOf(one))).toMatchObject({ ltv: 1_500_000 })
  // Who moves on leaves the deals with the company they were made with.
  await db.tx((ctx) => link(ctx, { leadId: a.id, companyId: idOf(two) }))
  await rest()
  expect(await worth(idOf(one))).toMatchObject({ ltv: 1_500_000 })
})
