import { useNavigate } from '@tanstack/react-router'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { Card } from '../parts/Page.tsx'
import { useWords } from '../words/words.tsx'

const views = (op: 'atLeast' | 'atMost', n: number, days: number, part?: string): Rule => ({
  kind: 'event',
  match: { event: 'page.viewed', filters: part ? [{ prop: 'url', op: 'contains', value: part }] : [] },
  count: { op, n },
  period: { kind: 'last', n: days, unit: 'days' },
})

/** Ready rules to begin with. */
export const STARTERS = {
  hot: views('atLeast', 3, 7, '/pricing'),
  hotScore: { kind: 'fact', fact: 'score.main.heat', is: { op: 'in', values: ['hot'] } },
  request: {
    kind: 'event',
    match: { event: 'form.submitted', filters: [] },
    count: { op: 'atLeast', n: 1 },
    period: { kind: 'last', n: 30, unit: 'days' },
  },
  silent: views('atMost', 0, 30),
} as const satisfies Record<string, Rule>

export type Starter = keyof typeof STARTERS
export const isStarter = (text: string | undefined): text is Starter => text !== undefined && text in STARTERS

export function Starters() {
  const t = useWords('segment')
  const navigate = useNavigate()
  return (
    <Card title={t('starters')} className="starters">
      <div className="starter-grid">
        {(Object.keys(STARTERS) as Starter[]).map((key) => (
          <button
            type="button"
            className="starter"
            key={key}
            onClick={() => void navigate({ to: '/segments/new' as string, search: { from: key } as never })}
          >
            <b>{t(`starter.${key}`)}</b>
            <span className="muted">{t(`starter.${key}Text`)}</span>
          </button>
        ))}
      </div>
    </Card>
  )
}
