// Sets the demo company up through the same services a marketer uses: profile, people, site, form, scores, segments, mails, scenarios.

import { update as updateCompany } from '#access/company/service.ts'
import { addUser, setup } from '#access/users/service.ts'
import { hashedId, randomToken } from '#kernel/chance.ts'
import type { Actor, Ctx, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { writeSetting } from '#kernel/settings.ts'
import { createForm, getForm, publishForm, saveForm } from '#loop/capture/forms/service.ts'
import { addPageGroup, addSite } from '#loop/capture/track/service.ts'
import { OPEN_CAPS } from '#loop/deliver/outbox/caps/decide.ts'
import { save as saveCaps } from '#loop/deliver/outbox/caps/service.ts'
import type { Block, Draft } from '#loop/deliver/template/contract.ts'
import { compileOrRefuse, make } from '#loop/deliver/template/service.ts'
import { dismissOnboarding } from '#loop/measure/reports/service.ts'
import { starterMails } from '#loop/orchestrate/library/decide.ts'
import { create as createScenario, publish as publishScenario, save as saveScenario } from '#loop/orchestrate/service.ts'
import { publish as publishScore, saveDraft } from '#loop/score/manage/service.ts'
import { FIRST_SETTINGS, type RankBand, type ScoreRule } from '#loop/score/rules/contract.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { create as createSegment } from '#loop/segment/service.ts'
import { DEMO_SETTING, type DemoState, OWNER_MAIL } from './state.ts'

/** Ids of page groups by name. */
type Groups = Readonly<Record<string, string>>

const BUILDER: Actor = { kind: 'system', name: 'デモ' }

/** Makes everything the month needs. @returns what the site and the month refer to */
export async function setUpCompany(house: House): Promise<DemoState> {
  const password = `demo-${randomToken(6)}`
  const base = await withTx(house, BUILDER, (ctx) => people(ctx, password))
  const { groups, ...site } = await withTx(house, BUILDER, (ctx) => web(ctx, new URL(house.publicUrl).host))
  const form = await withTx(house, BUILDER, requestForm)
  await withTx(house, BUILDER, (ctx) => scores(ctx, groups))
  const hot = await withTx(house, BUILDER, (ctx) => segments(ctx, groups))
  await house.jobs.drain(house)
  await scenarios(house, form)
  const state: DemoState = { ...base, ...site, form, hotSegment: hot, password }
  await withTx(house, BUILDER, (ctx) => writeSetting(ctx, DEMO_SETTING, state))
  return state
}

async function people(ctx: Ctx, password: string): Promise<{ owner: string; sellers: string[] }> {
  const company = {
    legalName: '株式会社サンプル帳票',
    postalCode: '100-0000',
    address: '東京都千代田区見本町1-2-3 サンプルビル4階',
    phone: '03-0000-0000',
    contactEmail: 'info@sample.example.co.jp',
    senderName: 'サンプル帳票クラウド',
    senderEmail: 'news@sample.example.co.jp',
  }
  const { id } = await setup(ctx, { name: '見本 太郎', email: OWNER_MAIL, password, language: 'ja', company })
  await updateCompany(ctx, company)
  // Whoever tries the demo on a Sunday night wants to see the mail come.
  await saveCaps(ctx, OPEN_CAPS)
  await dismissOnboarding(ctx, { dismissed: true })
  const sellers = [
    await addUser(ctx, {
      name: '例示 さくら',
      email: 'sales1@sample.example.co.jp',
      password: randomToken(),
      language: 'ja',
      role: 'sales',
    }),
    await addUser(ctx, { name: '試作 健', email: 'sales2@sample.example.co.jp', password: randomToken(), language: 'ja', role: 'sales' }),
  ]
  return { owner: id, sellers }
}

async function web(ctx: Ctx, host: string): Promise<{ site: string; writeKey: string; groups: Groups }> {
  const groups: readonly [string, string][] = [
    ['料金ページ', '*/demo/pricing*'],
    ['導入事例', '*/demo/cases*'],
    ['機能ページ', '*/demo/features*'],
    ['よくある質問', '*/demo/faq*'],
  ]
  const ids: Record<string, string> = {}
  for (const [name, pattern] of groups) ids[name] = (await addPageGroup(ctx, { name, patterns: [pattern] })).id
  const site = await addSite(ctx, {
    name: 'サンプル帳票クラウド（デモ）',
    domains: [host.split(':')[0] ?? host],
    consentMode: 'off',
    countRobots: true,
  })
  return { site: site.id, writeKey: site.writeKey, groups: ids }
}

async function requestForm(ctx: Ctx): Promise<string> {
  const { id } = await createForm(ctx, { name: '資料ダウンロード', template: 'document' })
  const { spec } = await getForm(ctx, { id })
  await saveForm(ctx, {
    id,
    name: '資料ダウンロード',
    spec: {
      ...spec,
      title: { ja: '資料をダウンロードする', en: 'Get the guide' },
      source: '資料ダウンロード',
      interest: ['帳票デジタル化'],
      priority: 'high',
    },
  })
  await publishForm(ctx, { id })
  return id
}

const viewed = (groups: Groups, group: string, points: number, times: number): ScoreRule => ({
  id: hashedId('demo rule', group),
  kind: 'behaviour',
  label: `${group}の閲覧`,
  match: { event: 'page.viewed', filters: [{ prop: 'pageGroup', op: 'eq', value: groups[group] ?? '' }] },
  points,
  limit: { kind: 'cap', times },
  expiresDays: 60,
})
const did = (event: string, label: string, points: number, times: number): ScoreRule => ({
  id: hashedId('demo rule', event),
  kind: 'behaviour',
  label,
  match: { event, filters: [] },
  points,
  limit: { kind: 'cap', times },
  expiresDays: null,
})
const has = (fact: string, values: string[], label: string, points: number): ScoreRule => ({
  id: hashedId('demo rule', fact, label),
  kind: 'attribute',
  label,
  fact,
  is: { op: 'in', values },
  points,
})

const rulesOf = (groups: Groups): ScoreRule[] => [
  did('form.submitted', '資料請求', 30, 2),
  viewed(groups, '料金ページ', 12, 4),
  viewed(groups, '導入事例', 4, 3),
  viewed(groups, '機能ページ', 3, 3),
  did('mail.opened', 'メール開封', 2, 5),
  did('mail.clicked', 'メールのクリック', 8, 5),
  { id: hashedId('demo rule', 'maker'), kind: 'attribute', label: '製造業', fact: 'industry', is: { op: 'notEmpty' }, points: 5 },
  has('title', ['部長', '取締役'], '決裁者に近い役職', 10),
  has('title', ['担当'], '情報収集の段階', -5),
]

/** Ranks as a sales team reads them. */
const STAGES: RankBand[] = [
  { name: 'A', label: '提案段階', at: 90 },
  { name: 'B', label: '比較段階', at: 45 },
  { name: 'C', label: '情報収集段階', at: 0 },
]

async function scores(ctx: Ctx, groups: Groups): Promise<void> {
  await saveDraft(ctx, { name: 'main', rules: rulesOf(groups), settings: { ...FIRST_SETTINGS, hotAt: 75, warmAt: 45, ranks: STAGES } })
  await publishScore(ctx, { name: 'main', startsScenarios: false })
}

const saw = (group: string | undefined, n: number, days: number): Rule => ({
  kind: 'event',
  match: { event: 'page.viewed', filters: [{ prop: 'pageGroup', op: 'eq', value: group ?? '' }] },
  count: { op: 'atLeast', n },
  period: { kind: 'last', n: days, unit: 'days' },
})

async function segments(ctx: Ctx, groups: Groups): Promise<string> {
  const make = (name: string, description: string, rule: Rule, audience: 'leads' | 'everyone' = 'leads') =>
    createSegment(ctx, { name, description, audience, rule, startsScenarios: false })
  const hot = await make('ホット：料金ページ3回以上', '7日以内に料金ページを3回以上見たリード', saw(groups['料金ページ'], 3, 7))
  await make('事例を読んだリード', '30日以内に導入事例を2回以上見たリード', saw(groups['導入事例'], 2, 30))
  await make(
    '検討中の訪問者',
    '名前はまだ分からないが料金ページを2回以上見た訪問者',
    { kind: 'and', rules: [saw(groups['料金ページ'], 2, 14), { kind: 'fact', fact: 'mail', is: { op: 'empty' } }] },
    'everyone',
  )
  await make('メルマガ配信対象', 'スコアのあるリード全員', { kind: 'fact', fact: 'score.main.total', is: { op: 'gte', value: 1 } })
  return hot.id
}

async function scenarios(house: House, form: string): Promise<void> {
  const mails = await Promise.all(
    starterMails('stepMail', 'ja').map(async ({ draft: letter, ...mail }) => {
      const draft = withButton(letter, `${house.publicUrl}/demo/cases`)
      return { ...mail, draft, compiled: await compileOrRefuse(draft) }
    }),
  )
  await withTx(house, BUILDER, async (ctx) => {
    const made: Record<string, string> = {}
    for (const { key, name, draft, compiled } of mails) made[key] = (await make(ctx, { name, draft }, compiled)).id
    const step = await createScenario(
      ctx,
      { name: '資料ダウンロード後のステップメール', starter: 'stepMail', language: 'ja' },
      { mails: made },
    )
    const triggers = step.draft.triggers.map((trigger) => (trigger.kind === 'form' ? { ...trigger, form } : trigger))
    const saved = await saveScenario(ctx, { id: step.id, name: step.name, graph: { ...step.draft, triggers }, revision: step.revision })
    await publishScenario(ctx, { id: step.id, revision: saved.revision })
    const hot = await createScenario(ctx, { name: 'ホットリードを営業へ', starter: 'hotLead', language: 'ja' }, {})
    await publishScenario(ctx, { id: hot.id, revision: hot.revision })
  })
}

/** The same letter with a button to the demo site before its footer. */
function withButton(draft: Draft, href: string): Draft {
  const button: Block = { id: 'demo-button', kind: 'button', label: '導入事例を見る', href, align: 'center', color: '#0f6b6b' }
  const footer = draft.blocks.findIndex((block) => block.kind === 'footer')
  const at = footer < 0 ? draft.blocks.length : footer
  return { ...draft, blocks: [...draft.blocks.slice(0, at), button, ...draft.blocks.slice(at)] }
}
