// A hundred segments as a company has them: ten shapes over 45 streams of events. As where the loop was first measured, an event is read by
// about ten of them, and every second person who does it for the first time enters one.
import { withTx } from '#kernel/db/tx.ts'
import type { Rule } from '#loop/segment/rules/contract.ts'
import * as segments from '#loop/segment/service.ts'
import { type Arena, SYSTEM } from '../test/chaos/arena.ts'

export const SEGMENTS = 100
const PREFECTURES = ['東京都', '大阪府', '愛知県', '福岡県']
const INDUSTRIES = ['it', 'manufacturing', 'retail']
const PAGES = ['pricing', 'products', 'cases', 'blog', 'contact']
const NAMED = ['mail.opened', 'mail.clicked', 'session.started', 'link.clicked', 'file.downloaded']

type Op = 'atLeast' | 'atMost'
const count = (event: string, op: Op, n: number, days: number, url?: string): Rule => ({
  kind: 'event',
  match: { event, filters: url ? [{ prop: 'url', op: 'startsWith', value: `https://example.co.jp/${url}` }] : [] },
  count: { op, n },
  period: { kind: 'last', n: days, unit: 'days' },
})

/** Whoever is of these prefectures, half of all, enters the first segment by the event that is posted. */
export const ENTERING = PREFECTURES.slice(0, 2)

/** The n-th rule. Every tenth reads the posted event `custom.bench`; the first is entered by it. */
function ruleOf(n: number): Rule {
  const among = (fact: string, value: string | undefined): Rule => ({ kind: 'fact', fact, is: { op: 'in', values: [value ?? ''] } })
  // One lead in twelve.
  const field: Rule = { kind: 'and', rules: [among('prefecture', PREFECTURES[n % 4]), among('industry', INDUSTRIES[n % 3])] }
  const page = PAGES[n % PAGES.length] ?? ''
  const named = n % 2 ? (NAMED[n % NAMED.length] ?? '') : `custom.c${n % 35}`
  if (n === 0)
    return {
      kind: 'and',
      rules: [count('custom.bench', 'atLeast', 1, 7), { kind: 'fact', fact: 'prefecture', is: { op: 'in', values: ENTERING } }],
    }
  const posted = count('custom.bench', 'atLeast', 2 + (n % 40), 7)
  const other = count(`custom.c${n % 35}`, 'atLeast', 2, 30)
  const shapes: readonly Rule[] = [
    posted,
    { kind: 'and', rules: [other, field] },
    { kind: 'and', rules: [field, { kind: 'not', rule: other }] },
    { kind: 'and', rules: [field, count('page.viewed', 'atLeast', 1 + (n % 3), 30, page)] },
    count('page.viewed', 'atLeast', 3 + (n % 5), 90, page),
    { kind: 'and', rules: [field, count(named, 'atMost', 0, 30), count(named, 'atLeast', 1, 180)] },
    { kind: 'or', rules: [count(named, 'atLeast', 4, 60), count('form.submitted', 'atLeast', 1, 14)] },
    { kind: 'and', rules: [{ kind: 'fact', fact: 'score.main.total', is: { op: 'gte', value: 100 + n } }, field] },
    { kind: 'and', rules: [{ kind: 'not', rule: field }, count(named, 'atLeast', 3, 14)] },
    {
      kind: 'and',
      rules: [{ kind: 'fact', fact: 'score.main.total', is: { op: 'gte', value: 150 } }, count('mail.clicked', 'atLeast', 1, 30)],
    },
  ]
  return shapes[n % shapes.length] ?? posted
}

/** Makes the segments and fills them. @returns how long that took, in ms */
export async function makeSegments(arena: Arena): Promise<number> {
  const house = await arena.house()
  const from = performance.now()
  for (let n = 0; n < SEGMENTS; n++) {
    await withTx(house, SYSTEM, (ctx) =>
      segments.create(ctx, { name: `bench ${n}`, description: '', audience: 'leads', rule: ruleOf(n), startsScenarios: false }),
    )
  }
  await house.jobs.drain(house)
  const { rows } = await arena.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM segment WHERE live_version IS NOT NULL')
  if (rows[0]?.n !== SEGMENTS) throw new Error(`only ${rows[0]?.n} of ${SEGMENTS} segments are live`)
  return performance.now() - from
}
