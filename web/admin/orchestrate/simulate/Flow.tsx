import { SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'
import { branches, stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { useFormats } from '../../parts/formats.ts'
import { later } from '../../parts/later.tsx'
import { NumberLink } from '../../parts/NumberLink.tsx'
import { Card } from '../../parts/Page.tsx'
import { useWords } from '../../words/words.tsx'
import { useNames } from '../useNames.ts'
import type { Numbers } from '../useNumbers.ts'
import { type Sentences, useSentences } from '../useSentences.ts'
import type { Open, Shown } from './simulation.ts'

const Canvas = later(() => import('../Canvas.tsx').then((m) => m.Canvas))
const NOTHING: ReadonlySet<string> = new Set()
const nothing = () => undefined

/** The ways people would have taken: the canvas with the simulated numbers, or a list of steps. */
export function Flow({ shown, numbers, today, open }: { shown: Shown; numbers: Numbers; today: ReadonlyMap<string, number>; open: Open }) {
  const t = useWords('simulate')
  const o = useWords('orchestrate')
  const w = useWords('scenarioPeople')
  const say = useSentences(useNames())
  const isSmall = useMediaQuery('(max-width: 760px)')
  const [picked, setPicked] = useState<'canvas' | 'list'>('canvas')
  const view = isSmall ? 'list' : picked
  const people = (step: string, way?: string): void => {
    const of = stepsOf(shown.graph.steps).find((one) => one.id === step)
    if (way === undefined) open({ place: `at ${step}`, title: t('placeWaiting'), n: numbers.waiting.get(step) ?? 0 })
    else if (way.startsWith('mail.')) {
      const fate = way.slice('mail.'.length) as 'sent'
      open({ place: `mail ${step} ${fate}`, title: w(`mailed.${fate}`), n: numbers.mails.get(step)?.[fate] ?? 0 })
    } else {
      const title = step === 'start' ? t('placeStart') : step === 'end' ? t('placeEnd') : t('placeWay', { way: say.way(of, way) })
      open({ place: `way ${step} ${way}`, title, n: numbers.ways.get(`${step}/${way}`) ?? 0 })
    }
  }
  return (
    <Card
      title={t('flow')}
      className="sm-flow"
      aside={
        !isSmall && (
          <SegmentedControl
            size="xs"
            aria-label={t('flow')}
            value={picked}
            onChange={(to) => setPicked(to as typeof picked)}
            data={[
              { value: 'canvas', label: o('canvas') },
              { value: 'list', label: t('asList') },
            ]}
          />
        )
      }
    >
      {view === 'canvas' ? (
        <div className="sm-canvas">
          <Canvas
            name={shown.name}
            graph={shown.graph}
            numbers={numbers}
            problems={[]}
            say={say}
            selected={null}
            picked={[]}
            open={{ all: NOTHING, chosen: null }}
            canEdit={false}
            onSelect={nothing}
            onAdd={nothing}
            onPeople={people}
            onKey={nothing}
            onRelocate={nothing}
          />
        </div>
      ) : (
        <Steps shown={shown} numbers={numbers} today={today} say={say} onPeople={people} />
      )}
    </Card>
  )
}

function Steps({
  shown,
  numbers,
  today,
  say,
  onPeople,
}: {
  shown: Shown
  numbers: Numbers
  today: ReadonlyMap<string, number>
  say: Sentences
  onPeople: (step: string, way?: string) => void
}) {
  const t = useWords('simulate')
  const o = useWords('orchestrate')
  const f = useFormats()
  const line = (step: string, way: string, name: string) => {
    const n = numbers.ways.get(`${step}/${way}`) ?? 0
    const new_ = today.get(`${step}/${way}`) ?? 0
    return (
      <li key={way}>
        <span className="clip">{name}</span>
        <span className="num">
          {n ? (
            <NumberLink label={`${name} ${f.number(n)}`} onClick={() => onPeople(step, way)}>
              {f.number(n)}
            </NumberLink>
          ) : (
            0
          )}
          {new_ > 0 && <span className="sm-new"> +{f.number(new_)}</span>}
        </span>
      </li>
    )
  }
  const ends = [...numbers.ways.keys()].flatMap((key) => (key.startsWith('end/') ? [key.slice(4)] : []))
  return (
    <ol className="sm-steps">
      <li>
        <b>{o('start')}</b>
        <span className="muted clip">{say.start(shown.graph)}</span>
        <ul>{line('start', 'next', t('entered'))}</ul>
      </li>
      {stepsOf(shown.graph.steps).map((step) => (
        <li key={step.id}>
          <b>{say.title(step)}</b>
          <span className="muted clip">{say.subtitle(step)}</span>
          <ul>
            {branches(step)
              ? step.branches.map((one) => line(step.id, one.key, say.way(step, one.key)))
              : line(step.id, 'next', t('people'))}
            {(numbers.waiting.get(step.id) ?? 0) > 0 && (
              <li>
                <span>{t('placeWaiting')}</span>
                <NumberLink label={`${t('placeWaiting')} ${f.number(numbers.waiting.get(step.id) ?? 0)}`} onClick={() => onPeople(step.id)}>
                  {f.number(numbers.waiting.get(step.id) ?? 0)}
                </NumberLink>
              </li>
            )}
          </ul>
        </li>
      ))}
      <li>
        <b>{o('end')}</b>
        <ul>{ends.map((how) => line('end', how, o.has(`how.${how as 'goal'}`) ? o(`how.${how as 'goal'}`) : how))}</ul>
      </li>
    </ol>
  )
}
