// The editor of one scenario: canvas or list, and the inspector beside it.
import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import type { Problem } from '#loop/orchestrate/check/contract.ts'
import type { ScenarioDetail } from '#loop/orchestrate/contract.ts'
import { stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { later } from '../parts/later.tsx'
import { useWords } from '../words/words.tsx'
import { AddStep } from './AddStep.tsx'
import type { CanvasProps } from './Canvas.tsx'
import { between, END, GOAL, JOINED, type Place, START } from './edit.ts'
import type { ViewKind } from './editorProps.ts'
import { Inspector, type InspectorProps } from './Inspector.tsx'
import { PeopleDrawer } from './PeopleDrawer.tsx'
import type { Asked } from './people/People.tsx'
import { StepList } from './StepList.tsx'
import { type DeedsState, useDeeds, useOpenPlaces } from './useDeeds.ts'
import type { DraftState } from './useDraft.ts'
import { useEditorKeys } from './useEditorKeys.ts'
import { useNames } from './useNames.ts'
import type { Numbers } from './useNumbers.ts'
import { type Sentences, useSentences } from './useSentences.ts'
import { type Deeds, onCanvasKey } from './useWalk.ts'

/** The canvas is a library of its own: a phone, which shows the list, does not load it. */
const Canvas = later<CanvasProps>(() => import('./Canvas.tsx').then((m) => m.Canvas))

export interface EditorProps {
  readonly detail: ScenarioDetail
  readonly draft: DraftState
  readonly numbers: Numbers
  readonly problems: readonly Problem[]
  readonly canEdit: boolean
  readonly view: ViewKind
  readonly selected: string | null
  readonly onSelect: (id: string | null) => void
}

export function Editor({ detail, draft, numbers, problems, canEdit, view, selected, onSelect }: EditorProps) {
  const phone = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false }) ?? false
  const names = useNames()
  const say = useSentences(names)
  const [adding, setAdding] = useState<Place | null>(null)
  const [asked, setAsked] = useState<Asked | null>(null)
  const [anchor, setAnchor] = useState<string | null>(null)
  const { graph } = draft
  const select = (id: string | null, range = false) => {
    setAnchor(range ? (anchor ?? selected) : null)
    onSelect(id)
  }
  const picked = pickedIds(draft, selected, anchor)
  const deeds = useDeeds(draft, say, selected, (id) => select(id))
  useEditorKeys(canEdit, {
    undo: draft.undo,
    redo: draft.redo,
    copy: () => deeds.onCopy(picked),
    cut: () => deeds.onCut(picked),
    paste: (text) => deeds.onPaste(text),
  })
  const onPeople = (step: string, way?: string) => setAsked(way === undefined ? { step } : { step, way })
  const onAdd = (place: Place) => (deeds.carried ? deeds.onDrop(place) : setAdding(place))
  const onKey = (event: KeyboardEvent) =>
    onCanvasKey(event, graph, selected, canEdit, keysOf(deeds, { picked, selected, select, add: setAdding }))
  const open = useOpenPlaces(deeds.carried)
  const shared = { graph, numbers, problems, say, selected, picked, open, canEdit, onPeople, onAdd, onKey, onSelect: select }
  const inspector: InspectorProps | null =
    selected === null || (phone && deeds.carried)
      ? null
      : { graph, numbers, problems, say, selected, picked, canEdit, onPeople, names, ...deeds, onClose: () => select(null) }
  return (
    <>
      {deeds.carried && <CarryBanner deeds={deeds} say={say} draft={draft} />}
      <div className="sc-page">
        {phone || view === 'list' ? (
          <StepList {...shared} />
        ) : !numbers.ready ? (
          <div className="sc-canvas" />
        ) : (
          <Canvas {...shared} name={draft.name} onRelocate={deeds.onRelocate} />
        )}
        <Docked phone={phone} inspector={inspector} onClose={() => select(null)} />
      </div>
      <AddStep
        place={adding}
        names={names}
        copied={deeds.copied}
        onClose={() => setAdding(null)}
        onPick={(item) => {
          if (adding) deeds.onPick(item, adding)
          setAdding(null)
        }}
        onPaste={() => {
          if (adding) deeds.onPaste(null, adding)
          setAdding(null)
        }}
      />
      <PeopleDrawer id={detail.id} asked={asked} steps={stepsOf(graph.steps)} say={say} canEdit={canEdit} onClose={() => setAsked(null)} />
    </>
  )
}

/** The steps that are selected, in order: one, or all from where the range began. */
function pickedIds(draft: DraftState, selected: string | null, anchor: string | null): string[] {
  if (selected === null || [START, GOAL, END].includes(selected)) return []
  return anchor === null || anchor === selected ? [selected] : between(draft.graph, anchor, selected)
}

function keysOf(
  deeds: DeedsState,
  now: {
    readonly picked: readonly string[]
    readonly selected: string | null
    readonly select: (id: string | null, range?: boolean) => void
    readonly add: (place: Place) => void
  },
): Deeds {
  return {
    select: now.select,
    edit: focusFields,
    add: now.add,
    remove: () => deeds.onRemove(now.picked),
    duplicate: () => deeds.onDuplicate(now.picked),
    nudge: (by) => now.selected && deeds.onMove(now.selected, by),
    carry: () => deeds.onCarry(now.picked),
    carrying: deeds.carried ? { to: deeds.onCarryTo, drop: () => deeds.onDrop(), cancel: deeds.onCancel } : null,
  }
}

/** Enter goes from the canvas into the first field. */
function focusFields(): void {
  document.querySelector<HTMLElement>('#inspector-fields input, #inspector-fields textarea, #inspector-fields button')?.focus()
}

/** Esc goes back from the fields to where the steps are. */
function focusSteps(event: KeyboardEvent): void {
  const target = event.target as HTMLElement
  if (event.key !== 'Escape' || event.defaultPrevented || target.getAttribute('aria-expanded') === 'true') return
  document.querySelector<HTMLElement>('.sc-canvas, .sc-steps [data-selected="true"] .hit')?.focus()
}

function Docked({ phone, inspector, onClose }: { phone: boolean; inspector: InspectorProps | null; onClose: () => void }): ReactNode {
  const t = useWords('orchestrate')
  if (!inspector) return null
  if (!phone) {
    return (
      <aside className="sc-inspector" aria-label={t('edit')} onKeyDown={focusSteps}>
        <Inspector {...inspector} />
      </aside>
    )
  }
  const { onClose: _, ...rest } = inspector
  return (
    <SideDrawer opened onClose={onClose} title={t('edit')}>
      <Inspector {...rest} />
    </SideDrawer>
  )
}

/** Says what is being moved and where it would go; screen readers hear each place. */
function CarryBanner({ deeds, say, draft }: { deeds: DeedsState; say: Sentences; draft: DraftState }) {
  const t = useWords('orchestrate')
  const { carried } = deeds
  const place = carried?.places[carried.at]
  if (!carried || !place) return null
  return (
    <div className="sc-banner">
      <b>{t('carry.banner', { name: carried.name })}</b>
      <span role="status">{placeText(t, say, draft, place)}</span>
      <span className="muted hide-s">{t('carry.hint')}</span>
      <Button size="compact-sm" onClick={() => deeds.onDrop()}>
        {t('carry.here')}
      </Button>
      <Button size="compact-sm" variant="default" onClick={deeds.onCancel}>
        {t('carry.cancel')}
      </Button>
    </div>
  )
}

function placeText(t: ReturnType<typeof useWords<'orchestrate'>>, say: Sentences, draft: DraftState, place: Place): string {
  const step = stepsOf(draft.graph.steps).find((one) => one.id === place.after)
  if (!step) return t('carry.atStart')
  const name = say.title(step)
  return place.way === 'next' || place.way === JOINED
    ? t('carry.at', { place: name })
    : t('carry.atWay', { place: name, way: say.way(step, place.way) })
}
