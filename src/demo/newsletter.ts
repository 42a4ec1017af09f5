// The newsletter from the present on: three issues planned with what they are about, so that the calendar looks lived in.
import { addDays, dayIn } from '#kernel/calendar.ts'
import type { Actor, House } from '#kernel/ctx.ts'
import { withTx } from '#kernel/db/tx.ts'
import { plan, update } from '#loop/deliver/lines/issues.ts'
import { calendar, create } from '#loop/deliver/lines/service.ts'
import { list as listTemplates } from '#loop/deliver/template/service.ts'
import { list as listSegments } from '#loop/segment/service.ts'
import { READERS } from './issues.ts'

const BUILDER: Actor = { kind: 'system', name: 'デモ' }
const THEMES = [
  { theme: '導入事例：紙の帳票をなくした工場', content: '導入事例ページ' },
  { theme: '法改正と帳票の保存期間', content: '解説記事「電子帳簿保存法の要点」' },
  { theme: '現場で使える入力の工夫', content: 'よくある質問ページ' },
]

/** Plans the demo company's newsletter from the present on. */
export async function planNewsletter(house: House, owner: string): Promise<void> {
  await withTx(house, BUILDER, async (ctx) => {
    const today = dayIn('Asia/Tokyo', ctx.now)
    const [template] = (await listTemplates(ctx, { limit: 1 })).items
    const segment = (await listSegments(ctx)).items.find(({ name }) => name === READERS)
    const { id } = await create(ctx, {
      name: 'サンプル帳票通信',
      rhythm: { kind: 'weeks', every: 2, weekday: 3 },
      startsOn: addDays(today, 14),
      sendAt: '10:00',
      ownerId: owner,
      topicId: null,
      include: segment ? [segment.id] : [],
      exclude: [],
      templateId: template?.id ?? null,
      sender: null,
      draftDays: 5,
      aheadDays: 14,
      hoursNeeded: 6,
      hoursFree: 8,
    })
    await plan(ctx, { id, count: THEMES.length })
    const { issues } = await calendar(ctx, { from: today, to: addDays(today, 90), lineId: id })
    for (const [i, issue] of issues.entries())
      await update(ctx, { id: issue.id, day: issue.day, ownerId: null, dueOn: null, ...(THEMES[i] ?? { theme: '', content: '' }) })
  })
}
