import type { ReactNode } from 'react'
import { stepsOf } from '#loop/orchestrate/graph/contract.ts'
import type { PartResult } from '#loop/orchestrate/simulate/contract.ts'
import { useFormats } from '../../parts/formats.ts'
import { Card } from '../../parts/Page.tsx'
import { useWords } from '../../words/words.tsx'
import { labelOf, useNames } from '../useNames.ts'
import { useSentences } from '../useSentences.ts'
import type { Shown } from './simulation.ts'

type T = ReturnType<typeof useWords<'simulate'>>

/** What the past says, what it leaves open, and how that was taken. */
export function Known({ shown: { graph, result } }: { shown: Shown }) {
  const t = useWords('simulate')
  const f = useFormats()
  const names = useNames()
  const say = useSentences(names)
  const steps = new Map(stepsOf(graph.steps).map((step) => [step.id, step]))
  const title = (id: string): string => {
    const step = steps.get(id)
    return step ? say.title(step) : id
  }
  const factName = (name: string): string =>
    labelOf(
      names.facts.map((one) => ({ value: one.name, label: one.label })),
      name,
    ) || name
  const lines: ReactNode[] = [
    ...answersOf(t, result),
    ...result.conditions.flatMap((one) => {
      const todays = Object.entries(one.todays)
      if (!todays.length) return [t('conditionTold', { step: title(one.step), n: one.asked })]
      return todays.map(([fact, n]) => t('conditionTodays', { step: title(one.step), n: one.asked, todays: n, fact: factName(fact) }))
    }),
    ...result.segments.map((one) =>
      one.until ? t('segmentComputed', { name: one.name, when: f.instant(one.until) }) : t('segmentRecorded', { name: one.name }),
    ),
    ...outsideOf(t, result.outside),
    ...Object.entries(result.effects)
      .filter(([kind]) => !CHANGES.has(kind))
      .map(([kind, n]) => t('outsideDone', { kind: say.title({ id: '', name: '', kind } as Parameters<typeof say.title>[0]), n })),
    t('outsideAlways'),
  ]
  return (
    <Card title={t('known')}>
      <ul className="sm-known">
        {lines.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list
          <li key={i}>{line}</li>
        ))}
      </ul>
    </Card>
  )
}

/** These change what is known of a person within the simulation. */
const CHANGES = new Set(['field', 'tag', 'points'])

function answersOf(t: T, { answers }: PartResult): string[] {
  const parts = [
    ...(answers.recorded ? [t('answersRecorded', { n: answers.recorded })] : []),
    ...(answers.template ? [t('answersTemplate', { n: answers.template })] : []),
    ...(answers.drawn ? [t('answersDrawn', { n: answers.drawn })] : []),
    ...(answers.silent ? [t('answersSilent', { n: answers.silent })] : []),
  ]
  return [parts.length ? `${t('answersOf')} — ${parts.join(' / ')}` : t('answersNone')]
}

function outsideOf(t: T, kinds: readonly string[]): string[] {
  const said: Readonly<Record<string, () => string>> = {
    date: () => t('outsideDate'),
    schedule: () => t('outsideSchedule'),
    silence: () => t('outsideSilence'),
    manual: () => t('outsideManual'),
    task: () => t('outsideTask'),
    bestHour: () => t('outsideBestHour'),
  }
  return kinds.flatMap((kind) => said[kind]?.() ?? [])
}
