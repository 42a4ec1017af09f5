import { Users } from 'lucide-react'
import { useMemo, useState } from 'react'
import { stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { useFormats } from '../../parts/formats.ts'
import { useWords } from '../../words/words.tsx'
import type { PanelProps } from '../panelProps.ts'
import { useNames } from '../useNames.ts'
import { useNumbers } from '../useNumbers.ts'
import { useSentences } from '../useSentences.ts'
import { type Asked, People } from './People.tsx'

/** Everybody of a scenario: who stands where, who entered, who ended, each with the reason. */
export function PeoplePanel({ id, draft, canEdit }: PanelProps) {
  const t = useWords('orchestrate')
  const w = useWords('scenarioPeople')
  const f = useFormats()
  const numbers = useNumbers(id)
  const say = useSentences(useNames())
  const steps = useMemo(() => stepsOf(draft.graph.steps), [draft.graph])
  const [picked, setPicked] = useState<string | null>(null)
  const entered = numbers.ways.get('start/next') ?? 0
  const choices = [
    { key: 'start/next', asked: { step: 'start', way: 'next' }, label: w('entered'), n: entered },
    ...steps.map((step) => ({ key: step.id, asked: { step: step.id }, label: say.listed(step), n: numbers.waiting.get(step.id) ?? 0 })),
    ...(['completed', 'goal', 'exited', 'stopped'] as const).map((how) => ({
      key: `end/${how}`,
      asked: { step: 'end', way: how },
      label: t(`how.${how}`),
      n: numbers.ways.get(`end/${how}`) ?? 0,
    })),
    // Who is held back never began.
    { key: 'start/held', asked: { step: 'start', way: 'held' }, label: t('how.held'), n: numbers.ways.get('start/held') ?? 0 },
  ].filter((one) => one.n > 0)
  const shown = choices.find((one) => one.key === picked) ?? choices.find((one) => one.key !== 'start/next') ?? choices[0]
  if (!shown) {
    return (
      <div className="page">
        <EmptyState icon={Users} title={w('none')}>
          {w('noneText')}
        </EmptyState>
      </div>
    )
  }
  const asked: Asked = shown.asked
  return (
    <div className="page sc-people">
      <nav aria-label={w('filter')} className="sc-people-at">
        {choices.map((one) => (
          <button key={one.key} type="button" aria-pressed={one.key === shown.key} onClick={() => setPicked(one.key)}>
            <span className="clip">{one.label}</span>
            <b className="num">{f.number(one.n)}</b>
          </button>
        ))}
      </nav>
      <section className="card" aria-label={shown.label}>
        <div className="card-head">
          <h2>{shown.label}</h2>
        </div>
        <People key={shown.key} id={id} asked={asked} steps={steps} say={say} canEdit={canEdit} />
      </section>
    </div>
  )
}
