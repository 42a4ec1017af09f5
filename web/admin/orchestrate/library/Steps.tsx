import { branches, type Step } from '#loop/orchestrate/graph/contract.ts'
import type { LibraryItem } from '#loop/orchestrate/library/contract.ts'
import { useWords } from '../../words/words.tsx'
import { END_LOOK, type Look, START_LOOK } from '../kinds.ts'
import { goalText, lookOf } from '../looks.ts'
import type { Sentences } from '../useSentences.ts'

/** The steps of a scenario that is not made yet, in reading order; ways are set in. */
export function Steps({ item: { graph }, say }: { item: LibraryItem; say: Sentences }) {
  const t = useWords('orchestrate')
  return (
    <ol className="sl-steps">
      <Line look={START_LOOK} title={t('start')} text={say.start(graph)} />
      <List steps={graph.steps} say={say} />
      {(graph.goal || graph.exits.length > 0) && (
        <Line look={{ ...END_LOOK, hue: 'teal' }} title={t('goal')} text={goalText(t, say, graph)} />
      )}
    </ol>
  )
}

function List({ steps, say }: { steps: readonly Step[]; say: Sentences }) {
  return steps.map((step) => (
    <Line key={step.id} look={lookOf(step)} title={say.title(step)} text={say.subtitle(step)}>
      {branches(step) &&
        step.branches.map((way) => (
          <div key={way.key} className="sl-way">
            <span className="sl-way-name">{say.way(step, way.key)}</span>
            {way.steps.length > 0 ? (
              <ol>
                <List steps={way.steps} say={say} />
              </ol>
            ) : (
              <OnWord />
            )}
          </div>
        ))}
    </Line>
  ))
}

function OnWord() {
  const t = useWords('library')
  return <span className="muted sl-on">{t('on')}</span>
}

interface LineProps {
  readonly look: Look
  readonly title: string
  readonly text: string
  readonly children?: React.ReactNode
}

function Line({ look: { icon: Icon, hue }, title, text, children }: LineProps) {
  return (
    <li>
      <div className="sl-step">
        <span className="ic" data-hue={hue}>
          <Icon size={15} aria-hidden />
        </span>
        <b>{title}</b>
        {text && <span className="muted">{text}</span>}
      </div>
      {children}
    </li>
  )
}
