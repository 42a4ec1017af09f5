// What the selected place is set to: docked at the right, a bottom sheet on a phone.
import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { ArrowDown, ArrowUp, CircleAlert, ClipboardCopy, Copy, Move, Trash2, Users, X } from 'lucide-react'
import type { Problem } from '#loop/orchestrate/check/contract.ts'
import { branches, type Graph, type Step, stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { useFormats } from '../parts/formats.ts'
import { useWords } from '../words/words.tsx'
import { END, GOAL, neighbours, START } from './edit.ts'
import { GoalFields, StartFields } from './inspect/StartFields.tsx'
import { StepFields } from './inspect/StepFields.tsx'
import { END_LOOK, START_LOOK } from './kinds.ts'
import { lookOf } from './looks.ts'
import type { Names } from './useNames.ts'
import type { Numbers } from './useNumbers.ts'
import type { Sentences } from './useSentences.ts'

export interface InspectorProps {
  readonly graph: Graph
  readonly selected: string
  /** All steps that are selected, in order. */
  readonly picked: readonly string[]
  readonly problems: readonly Problem[]
  readonly numbers: Numbers
  readonly names: Names
  readonly say: Sentences
  readonly canEdit: boolean
  readonly onGraph: (make: (graph: Graph) => Graph) => void
  readonly onStep: (id: string, step: Step) => void
  readonly onRemove: (ids: readonly string[]) => void
  readonly onDuplicate: (ids: readonly string[]) => void
  readonly onMove: (id: string, by: -1 | 1) => void
  readonly onCarry: (ids: readonly string[]) => void
  readonly onCopy: (ids: readonly string[]) => string
  readonly onPeople: (step: string, way?: string) => void
  readonly onClose?: () => void
}

export function Inspector(props: InspectorProps) {
  const { graph, selected, problems, canEdit, picked } = props
  const t = useWords('orchestrate')
  const all = stepsOf(graph.steps)
  const step = all.find((one) => one.id === selected)
  if (picked.length > 1) {
    return (
      <>
        <Head {...props} step={step} />
        <p>{t('selectedMany', { n: picked.length })}</p>
        {canEdit && <Foot {...props} />}
      </>
    )
  }
  const mine = problems.filter((one) => one.at === selected)
  return (
    <>
      <Head {...props} step={step} />
      <fieldset className="stack sc-plain" disabled={!canEdit} id="inspector-fields">
        {mine.map((one) => (
          <div className="sc-problem" role="note" data-severity={one.severity} key={one.code}>
            <CircleAlert size={14} aria-hidden />
            {t(`problems.${one.code}`)}
          </div>
        ))}
        {selected === START && <StartFields graph={graph} names={props.names} say={props.say} onChange={props.onGraph} />}
        {selected === GOAL && <GoalFields graph={graph} names={props.names} say={props.say} onChange={props.onGraph} />}
        {step && <StepPart {...props} step={step} before={all.slice(0, all.indexOf(step))} />}
      </fieldset>
      <Standing {...props} step={step} />
      {step && canEdit && <Foot {...props} />}
    </>
  )
}

function Head({ selected, say, step, onClose }: InspectorProps & { step: Step | undefined }) {
  const t = useWords('orchestrate')
  const look = step ? lookOf(step) : selected === START ? START_LOOK : END_LOOK
  const Icon = look.icon
  const title = step ? t(`kinds.${step.kind}`) : selected === START ? t('settings') : selected === GOAL ? t('goal') : t('end')
  return (
    <div className="sc-head">
      <span className="ic" data-hue={look.hue}>
        <Icon size={17} aria-hidden />
      </span>
      <b className="clip" title={step ? say.title(step) : title}>
        {title}
      </b>
      {onClose && (
        <ActionIcon className="push" variant="subtle" color="gray" aria-label={t('close')} onClick={onClose}>
          <X size={16} />
        </ActionIcon>
      )}
    </div>
  )
}

function StepPart({ step, before, names, say, onStep }: InspectorProps & { step: Step; before: readonly Step[] }) {
  const t = useWords('orchestrate')
  return (
    <>
      <TextInput
        label={t('stepName')}
        value={step.name}
        maxLength={80}
        placeholder={t(`kinds.${step.kind}`)}
        onChange={(event) => onStep(step.id, { ...step, name: event.currentTarget.value })}
      />
      <StepFields key={step.id} step={step} before={before} names={names} say={say} onChange={(to) => onStep(step.id, to)} />
    </>
  )
}

const ENDS = ['completed', 'goal', 'exited', 'stopped'] as const

/** Who is here, and how people went on. */
function Standing({ selected, numbers, step, say, onPeople }: InspectorProps & { step: Step | undefined }) {
  const { id: scenario } = useParams({ strict: false }) as { id: string }
  const t = useWords('orchestrate')
  const w = useWords('scenarioPeople')
  const f = useFormats()
  const waiting = numbers.waiting.get(selected) ?? 0
  const entered = selected === START ? (numbers.ways.get('start/next') ?? 0) : 0
  const ends = selected === END ? ENDS : selected === GOAL ? (['goal'] as const) : []
  const forks = step && branches(step) ? step.branches : []
  const all = forks.reduce((sum, branch) => sum + (numbers.ways.get(`${selected}/${branch.key}`) ?? 0), 0)
  const first = forks[0]
  const n = first ? (numbers.ways.get(`${selected}/${first.key}`) ?? 0) : 0
  const button = (label: string, run: () => void) => (
    <Button variant="default" size="xs" leftSection={<Users size={14} />} onClick={run} mt="md">
      {label}
    </Button>
  )
  return (
    <>
      {all > 0 && first && (
        <p className="muted">
          {t('share', { yes: `${f.percent(n / all)} (${f.number(n)} / ${f.number(all)})`, way: say.way(step, first.key) })}
        </p>
      )}
      {step?.kind === 'mail' && numbers.mails.has(selected) && (
        <p>
          <Link to={`/scenarios/${scenario}/mails/${selected}` as string}>{w('mailReport')}</Link>
        </p>
      )}
      {waiting > 0 && button(f.pair(w('at'), t('people', { n: waiting })), () => onPeople(selected))}
      {entered > 0 && button(f.pair(w('entered'), t('people', { n: entered })), () => onPeople('start', 'next'))}
      {ends.map((how) => {
        const ended = numbers.ways.get(`end/${how}`) ?? 0
        return ended > 0 && <div key={how}>{button(f.pair(t(`how.${how}`), t('people', { n: ended })), () => onPeople('end', how))}</div>
      })}
    </>
  )
}

function Foot({ graph, picked, onRemove, onDuplicate, onMove, onCarry, onCopy }: InspectorProps) {
  const t = useWords('orchestrate')
  const [only] = picked.length === 1 ? picked : []
  const can = only === undefined ? { up: false, down: false } : neighbours(graph, only)
  const icon = (label: string, keys: string, Icon: typeof Copy, run: () => void, able = true) => (
    <Tooltip label={keys ? `${label} (${keys})` : label} openDelay={400}>
      <ActionIcon variant="default" aria-label={label} onClick={run} disabled={!able}>
        <Icon size={15} />
      </ActionIcon>
    </Tooltip>
  )
  const copy = () => {
    const text = onCopy(picked)
    // Refused without a permission: what was copied is kept for the palette anyway.
    if (text) navigator.clipboard?.writeText(text).catch(() => {})
  }
  return (
    <div className="sc-foot">
      {icon(t('moveUp'), 'Alt+↑', ArrowUp, () => only && onMove(only, -1), can.up)}
      {icon(t('moveDown'), 'Alt+↓', ArrowDown, () => only && onMove(only, 1), can.down)}
      {icon(t('carry.start'), 'M', Move, () => onCarry(picked))}
      {icon(t('duplicate'), 'Ctrl+D', Copy, () => onDuplicate(picked))}
      {icon(t('clip.copy'), 'Ctrl+C', ClipboardCopy, copy)}
      <Button className="push" variant="subtle" color="red" size="xs" leftSection={<Trash2 size={14} />} onClick={() => onRemove(picked)}>
        {t('remove')}
      </Button>
    </div>
  )
}
