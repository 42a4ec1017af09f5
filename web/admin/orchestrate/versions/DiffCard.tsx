import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ArrowRight, Equal, Move, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { type Graph, type Step, stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { api } from '../../api.ts'
import { EmptyState } from '../../parts/EmptyState.tsx'
import { ErrorNote } from '../../parts/ErrorNote.tsx'
import { Skeletons } from '../../parts/Skeletons.tsx'
import { useWords } from '../../words/words.tsx'
import type { DraftState } from '../useDraft.ts'
import { useNames } from '../useNames.ts'
import { type Sentences, useSentences } from '../useSentences.ts'
import type { Diff, Version } from './versions.ts'

const DRAFT = 'draft'

/** What one version has otherwise than another: step by step, with what was and what is. */
export function DiffCard(props: {
  id: string
  items: readonly Version[]
  version: number
  draft: DraftState
  /** The draft differs from what is live: it can be compared, too. */
  hasChanges: boolean
}) {
  const { id, items, version, draft, hasChanges } = props
  const t = useWords('scenarioVersions')
  const older = items.find((one) => one.version < version)
  const newer = items.findLast((one) => one.version > version)
  const [other, setOther] = useState<string>(older ? String(older.version) : newer ? String(newer.version) : DRAFT)
  // The older is always before, the newer after; the draft is the newest of all.
  const [from, to] = other === DRAFT || Number(other) > version ? [version, other] : [Number(other), String(version)]
  const name = (which: string) => (which === DRAFT ? t('draft') : t('version', { n: Number(which) }))
  const choices = [
    ...(hasChanges || items.length === 1 ? [{ value: DRAFT, label: t('draft') }] : []),
    ...items
      .filter((one) => one.version !== version)
      .map((one) => ({ value: String(one.version), label: t('version', { n: one.version }) })),
  ]
  return (
    <section className="card" aria-label={t('changes', { from, to: name(to) })}>
      <div className="card-head">
        <h2>{t('changes', { from, to: name(to) })}</h2>
        <Select
          className="push"
          size="xs"
          w={120}
          aria-label={t('against')}
          allowDeselect={false}
          data={choices}
          value={other}
          onChange={(value) => setOther(value ?? DRAFT)}
        />
      </div>
      <Changes id={id} from={from} to={to} draft={draft} />
    </section>
  )
}

function Changes({ id, from, to, draft }: { id: string; from: number; to: string; draft: DraftState }) {
  const t = useWords('scenarioVersions')
  const o = useWords('orchestrate')
  const say = useSentences(useNames())
  const after = to === DRAFT ? null : Number(to)
  const diff = useQuery({
    ...api.scenarioVersions.diff.queryOptions({ input: after === null ? { id, from } : { id, from, to: after } }),
    staleTime: after === null ? 0 : 60_000,
  })
  const was = useGraph(id, from)
  const is = useGraph(id, after)
  const failed = diff.error ?? was.error ?? is.error
  if (failed) return <ErrorNote error={failed} retry={diff.refetch} />
  const [older, newer] = [was.data?.graph as Graph | undefined, after === null ? draft.graph : (is.data?.graph as Graph | undefined)]
  if (!diff.data || !older || !newer) return <Skeletons rows={4} height={44} />
  const { steps, whole } = diff.data
  if (!steps.length && !whole.length)
    return (
      <EmptyState small icon={Equal} title={t('same')}>
        {t('sameText')}
      </EmptyState>
    )
  return (
    <ul className="sv-changes">
      {whole.map((one) => (
        <li key={one.prop}>
          <Mark change="changed" />
          <div>
            <b>{propWord(t, one.prop)}</b>
            <Pair was={wholeText(say, o, older, one.prop, one.was)} is={wholeText(say, o, newer, one.prop, one.is)} />
          </div>
        </li>
      ))}
      {steps.map((one) => (
        <Line key={one.id} one={one} was={stepOf(older, one.id)} is={stepOf(newer, one.id)} say={say} />
      ))}
    </ul>
  )
}

function useGraph(id: string, version: number | null) {
  return useQuery({
    ...api.scenarios.version.queryOptions({ input: { id, version: version ?? 1 } }),
    enabled: version !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

const stepOf = (graph: Graph, id: string): Step | undefined => stepsOf(graph.steps).find((step) => step.id === id)

const MARKS = { added: Plus, removed: Trash2, changed: Pencil, moved: Move } as const

function Mark({ change }: { change: keyof typeof MARKS }) {
  const t = useWords('scenarioVersions')
  const Icon = MARKS[change]
  return (
    <span className="sv-mark" data-change={change}>
      <Icon size={13} aria-hidden />
      {t(`change.${change}`)}
    </span>
  )
}

function Line({ one, was, is, say }: { one: Diff['steps'][number]; was: Step | undefined; is: Step | undefined; say: Sentences }) {
  const t = useWords('scenarioVersions')
  const step = is ?? was
  if (!step) return null
  const [before, after] = [was ? say.subtitle(was) : '', is ? say.subtitle(is) : '']
  const props = one.props.map(({ prop }) => propWord(t, prop))
  return (
    <li>
      <Mark change={one.change} />
      <div>
        <b>{say.title(step)}</b>
        {one.change === 'changed' && one.moved && <span className="muted">・{t('alsoMoved')}</span>}
        {one.change === 'changed' ? (
          <>
            {before === after ? null : <Pair was={before} is={after} />}
            <span className="muted">{props.join('・')}</span>
          </>
        ) : (
          <span className="muted">{after || before}</span>
        )}
      </div>
    </li>
  )
}

function Pair({ was, is }: { was: string; is: string }) {
  const t = useWords('scenarioVersions')
  return (
    <span className="sv-pair">
      <del title={t('was')}>{was || '—'}</del>
      <ArrowRight size={13} aria-hidden />
      <ins title={t('is')}>{is || '—'}</ins>
    </span>
  )
}

type T = ReturnType<typeof useWords<'scenarioVersions'>>
type O = ReturnType<typeof useWords<'orchestrate'>>

const propWord = (t: T, prop: string): string =>
  t.has(`prop.${prop}` as 'prop.other') ? t(`prop.${prop}` as 'prop.other') : t('prop.other')

function wholeText(say: Sentences, o: O, graph: Graph, prop: string, value: unknown): string {
  if (prop === 'entry') return graph.entry.kind === 'every' ? o('entry.every', { n: graph.entry.days }) : o(`entry.${graph.entry.kind}`)
  if (prop === 'late') return o(`whole.lates.${graph.late.kind}`)
  if (prop === 'triggers') return say.start(graph)
  if (prop === 'goal') return graph.goal ? say.goal(graph.goal) : ''
  if (prop === 'exits') return graph.exits.map((exit) => say.exit(exit)).join('・')
  if (prop === 'holdout') return `${String(value ?? 0)}%`
  if (typeof value === 'object' && value !== null)
    return Object.values(value)
      .filter((one) => typeof one !== 'object')
      .join(' ')
  return value === null ? '' : String(value)
}
