// The scenario as a list of steps: on a phone, and for whoever cannot use a canvas.
import { CircleAlert, Plus } from 'lucide-react'
import { type ComponentType, type KeyboardEvent, useEffect, useRef } from 'react'
import type { Problem } from '#loop/orchestrate/check/contract.ts'
import { branches, type Graph, type Step } from '#loop/orchestrate/graph/contract.ts'
import { useFormats } from '../parts/formats.ts'
import { useWords } from '../words/words.tsx'
import { GOAL, JOINED, type Place, START } from './edit.ts'
import { type Figure, figuresOf } from './figures.ts'
import { END_LOOK, START_LOOK } from './kinds.ts'
import { goalText, lookOf } from './looks.ts'
import { NodeFigures } from './NodeFigures.tsx'
import type { Numbers } from './useNumbers.ts'
import type { Sentences } from './useSentences.ts'

export interface StepListProps {
  readonly graph: Graph
  readonly numbers: Numbers
  readonly problems: readonly Problem[]
  readonly say: Sentences
  readonly selected: string | null
  readonly picked: readonly string[]
  readonly open: { readonly all: ReadonlySet<string>; readonly chosen: string | null }
  readonly canEdit: boolean
  readonly onSelect: (id: string | null, range?: boolean) => void
  readonly onKey: (event: KeyboardEvent) => void
  readonly onAdd: (place: Place) => void
  readonly onPeople: (step: string, way?: string) => void
}

export function StepList(props: StepListProps) {
  const { graph, say, selected } = props
  const t = useWords('orchestrate')
  const list = useRef<HTMLDivElement>(null)
  // The focus follows the arrow keys.
  useEffect(() => {
    if (selected && list.current?.contains(document.activeElement)) {
      list.current.querySelector<HTMLElement>(`[data-step="${CSS.escape(selected)}"] .hit`)?.focus()
    }
  }, [selected])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons inside
    <div className="sc-steps" ref={list} onKeyDown={props.onKey}>
      <ol>
        <li>
          <Card {...props} id={START} look={START_LOOK} title={t('start')} subtitle={say.start(graph)} figures={[]} />
        </li>
        <li>
          <Card
            {...props}
            id={GOAL}
            look={{ ...END_LOOK, hue: 'teal' }}
            title={graph.goal ? t('goal') : t('noGoal')}
            subtitle={goalText(t, say, graph)}
            figures={[]}
          />
        </li>
        <Between {...props} place={{ after: START, way: 'next' }} />
        <Steps {...props} steps={graph.steps} />
      </ol>
    </div>
  )
}

function Steps({ steps, ...props }: StepListProps & { steps: readonly Step[] }) {
  return steps.map((step) => <Item key={step.id} {...props} step={step} />)
}

function Item({ step, ...props }: StepListProps & { step: Step }) {
  const t = useWords('orchestrate')
  const f = useFormats()
  const { say, numbers } = props
  return (
    <>
      <li>
        <Card
          {...props}
          id={step.id}
          look={lookOf(step)}
          title={say.title(step)}
          subtitle={say.subtitle(step)}
          figures={figuresOf(t, f, numbers, step.id, step)}
        />
        {branches(step) &&
          step.branches.map((branch) => {
            const n = numbers.ways.get(`${step.id}/${branch.key}`)
            return (
              <section key={branch.key} aria-label={say.way(step, branch.key)}>
                <div className="sc-branch">
                  {say.way(step, branch.key)}{' '}
                  {n ? (
                    <button type="button" className="el num" onClick={() => props.onPeople(step.id, branch.key)}>
                      {f.number(n)}
                    </button>
                  ) : null}
                </div>
                <ol>
                  <Between {...props} place={{ after: step.id, way: branch.key }} />
                  <Steps {...props} steps={branch.steps} />
                </ol>
              </section>
            )
          })}
      </li>
      {step.kind !== 'end' && <Between {...props} place={{ after: step.id, way: branches(step) ? JOINED : 'next' }} />}
    </>
  )
}

/** What lies between two steps: how many passed, and the button to put one here. */
function Between({ place, numbers, canEdit, open, onAdd, onPeople }: StepListProps & { place: Place }) {
  const t = useWords('orchestrate')
  const f = useFormats()
  const n = place.way === JOINED ? undefined : numbers.ways.get(`${place.after}/${place.way}`)
  const isBranch = place.way !== 'next'
  const key = `${place.after}/${place.way}`
  const carrying = open.chosen !== null
  return (
    <li className="sc-between">
      {n && !isBranch ? (
        <button type="button" className="el" onClick={() => onPeople(place.after, place.way)}>
          {f.number(n)}
        </button>
      ) : null}
      {canEdit && !carrying && (
        <button type="button" className="add-here" aria-label={t('addHere')} onClick={() => onAdd(place)}>
          <Plus size={13} aria-hidden />
        </button>
      )}
      {carrying && open.all.has(key) && (
        <button type="button" className="el" data-drop={open.chosen === key ? 'chosen' : 'open'} onClick={() => onAdd(place)}>
          {t('carry.here')}
        </button>
      )}
    </li>
  )
}

interface CardProps extends StepListProps {
  readonly id: string
  readonly look: { readonly icon: ComponentType<{ size?: number }>; readonly hue: string }
  readonly title: string
  readonly subtitle: string
  readonly figures: readonly Figure[]
}

/** One step; its numbers open the people behind them, everything else the step. */
function Card({ id, look, title, subtitle, figures, problems, selected, picked, onSelect, onPeople }: CardProps) {
  const t = useWords('orchestrate')
  const mine = problems.filter((one) => one.at === id)
  const [first] = mine
  const Icon = look.icon
  const severity = mine.some((one) => one.severity === 'error') ? 'error' : 'warning'
  return (
    <div
      className="fn"
      data-selected={selected === id || picked.includes(id)}
      data-problem={mine.length ? severity : undefined}
      data-step={id}
    >
      <button type="button" className="hit" onClick={(event) => onSelect(id, event.shiftKey)}>
        <span className="sr-only">
          {title} {subtitle} {first && t(`problems.${first.code}`)}
        </span>
      </button>
      <span className="ic" data-hue={look.hue}>
        <Icon size={17} />
      </span>
      <b className="clip" aria-hidden>
        {title}
      </b>
      <span className={first ? 's problem' : 's'} aria-hidden>
        {first ? t(`problems.${first.code}`) : subtitle}
      </span>
      {mine.length > 0 && (
        <span className="flag" role="img" aria-label={t('problemCount', { n: mine.length })}>
          <CircleAlert size={15} />
        </span>
      )}
      {figures.length > 0 && <NodeFigures figures={figures} onPeople={onPeople} />}
    </div>
  )
}
