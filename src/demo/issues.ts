// The two issues of the demo company's newsletter that went out in the month, written and started as a marketer would: a list with reports to open.
import { businessDayFrom, dayIn, instantAt, JAPANESE_WEEK } from '#kernel/calendar.ts'
import { DAY } from '#kernel/clock.ts'
import type { Actor, Ctx } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { audience, create, start } from '#loop/deliver/newsletter/service.ts'
import type { Block, Draft, Inline, RichText } from '#loop/deliver/template/contract.ts'
import { compileOrRefuse, make } from '#loop/deliver/template/service.ts'
import { list as listSegments } from '#loop/segment/service.ts'
import type { MonthOptions } from './visits.ts'

const BUILDER: Actor = { kind: 'system', name: 'デモ' }
const ZONE = 'Asia/Tokyo'
export const READERS = 'メルマガ配信対象'

interface Issue {
  /** Days before the end of the month, moved to the next business day. */
  readonly before: number
  readonly name: string
  readonly subject: string
  readonly preheader: string
  readonly lead: string
  readonly articles: readonly { readonly title: string; readonly text: string; readonly path: string; readonly label: string }[]
  readonly button: string
}

const ISSUES: readonly Issue[] = [
  {
    before: 15,
    name: 'サンプル帳票通信 第1号',
    subject: '紙の帳票をやめた工場で、最初に変わったこと',
    preheader: '見本製作所さまの事例と、よくあるご質問',
    lead: '今月は、紙の日報をやめた工場のお話と、お問い合わせの多かったご質問をまとめました。',
    articles: [
      {
        title: '導入事例：日報の転記が1日40分から0分に',
        text: '入力の場所を現場に移しただけで、事務所の残業が減りました。',
        path: '/demo/cases',
        label: '事例を読む',
      },
      {
        title: 'よくあるご質問：紙とデータを併用できますか',
        text: 'はい。切り替えの途中でも、同じ帳票として検索できます。',
        path: '/demo/faq',
        label: '回答を見る',
      },
    ],
    button: '料金を見る',
  },
  {
    before: 5,
    name: 'サンプル帳票通信 第2号',
    subject: '帳票の保存期間、7年と10年はどこで分かれるか',
    preheader: '保存のきまりと、検索できる形で残す方法',
    lead: '保存期間のお問い合わせが増えています。帳票の種類ごとに、残す年数と残し方を整理しました。',
    articles: [
      {
        title: '機能紹介：日付・金額・取引先で探せる保管',
        text: '求められた帳票を、その場で出せる状態に保ちます。',
        path: '/demo/features',
        label: '機能を見る',
      },
      {
        title: '導入事例：監査の準備が3日から半日に',
        text: '探す時間がなくなると、確かめる時間が生まれます。',
        path: '/demo/cases',
        label: '事例を読む',
      },
    ],
    button: '料金を見る',
  },
]

/** When each issue is due: ten in the morning of a business day. */
export function dueIssues({ house, until }: Pick<MonthOptions, 'house' | 'until'>): readonly Date[] {
  return ISSUES.map(({ before }) => {
    const day = dayIn(ZONE, new Date(until.getTime() - before * DAY))
    return instantAt(ZONE, businessDayFrom(house.calendar, JAPANESE_WEEK, day), '10:00')
  })
}

/** Starts the issue of this number to whoever may be written to by then; to nobody, none. */
export function sendIssue({ house }: MonthOptions, number: number): Promise<void> {
  return withTx(house, BUILDER, async (ctx) => {
    const issue = ISSUES[number]
    const segment = (await listSegments(ctx)).items.find(({ name }) => name === READERS)
    if (!issue || !segment) return
    const whom = { include: [segment.id], exclude: [], topicId: null }
    const { people, reachable } = await audience(ctx, whom)
    if (!reachable) return
    const draft = draftOf(ctx, issue)
    const template = await make(ctx, { name: issue.name, draft }, await compileOrRefuse(draft))
    const { id } = await create(ctx, { name: issue.name, templateId: template.id, onWeb: true, ...whom })
    await start(ctx, { id, confirmed: people })
  })
}

const paragraph = (only: Inline): RichText => ({ type: 'doc', content: [{ type: 'paragraph', content: [only] }] })

function draftOf({ house }: Ctx, issue: Issue): Draft {
  const url = (path: string) => `${house.publicUrl}${path}`
  const blocks: Block[] = [
    { id: 'heading', kind: 'heading', text: issue.subject, level: 1, align: 'left' },
    { id: 'hello', kind: 'text', doc: paragraph({ type: 'mergeField', attrs: { field: 'lead.salutation', fallback: '' } }) },
    { id: 'lead', kind: 'text', doc: paragraph({ type: 'text', text: issue.lead }) },
    ...issue.articles.map(
      ({ path, ...article }, i): Block => ({ id: `article${i}`, kind: 'article', src: '', alt: '', ...article, href: url(path) }),
    ),
    { id: 'button', kind: 'button', label: issue.button, href: url('/demo/pricing'), align: 'center', color: '#0f7b53' },
    { id: 'signature', kind: 'signature', note: '' },
    { id: 'footer', kind: 'footer', note: '' },
  ]
  return { subject: issue.subject, preheader: issue.preheader, blocks }
}
