// The editor of one scenario: canvas or list, and the inspector beside it.
import { useMediaQuery } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import type { Problem } from '#loop/orchestrate/check/contract.ts'
import type { ScenarioDetail } from '#loop/orchestrate/contract.ts'
import { type Step, type StepKind, stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { AddStep } from './AddStep.tsx'
import { Canvas } from './Canvas.tsx'
import { blankStep, duplicate, insert, move, type Place, remove, START, update } from './edit.ts'
import type { ViewKind } from './editorProps.ts'
import { Inspector, type InspectorProps } from './Inspector.tsx'
import { type Asked, PeopleDrawer } from './PeopleDrawer.tsx'
import { StepList } from './StepList.tsx'
import type { DraftState } from './useDraft.ts'
import { useNames } from './useNames.ts'
import type { Numbers } from './useNumbers.ts'
import { useSentences } from './useSentences.ts'
import { onCanvasKey, placeAfter } from './useWalk.ts'

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

export function Editor({ detail, draft, numbers, problems, canEdit, view, selected, onSelect: setSelected }: EditorProps) {
  const phone = useMediaQuery('(max-width: 760px)', false, { getInitialValueInEffect: false }) ?? false
  const names = useNames()
  const say = useSentences(names)
  const [adding, setAdding] = useState<Place | null>(null)
  const [asked, setAsked] = useState<Asked | null>(null)
  const deeds = useDeeds(draft, setSelected)
  const onPeople = (step: string, way?: string) => setAsked(way === undefined ? { step } : { step, way })
  const pick = (kind: StepKind) => {
    const step = blankStep(kind, draft.graph, adding ?? { after: START, way: 'next' })
    if (adding) draft.setGraph((graph) => insert(graph, adding, step))
    setAdding(null)
    setSelected(step.id)
  }
  const shared = { graph: draft.graph, numbers, problems, say, selected, canEdit, onPeople }
  const inspector: InspectorProps | null =
    selected === null ? null : { ...shared, selected, names, ...deeds, onClose: () => setSelected(null) }
  const asListed = phone || view === 'list'
  return (
    <>
      <div className="sc-page">
        {asListed ? (
          <StepList {...shared} onSelect={setSelected} onAdd={setAdding} />
        ) : !numbers.ready ? (
          <div className="sc-canvas" />
        ) : (
          <Canvas
            {...shared}
            name={draft.name}
            onSelect={setSelected}
            onAdd={setAdding}
            onKey={(event) =>
              onCanvasKey(event, draft.graph, selected, canEdit, {
                select: setSelected,
                edit: focusFields,
                add: setAdding,
                remove: deeds.onRemove,
                undo: draft.undo,
                redo: draft.redo,
              })
            }
          />
        )}
        <Docked phone={phone} inspector={inspector} onClose={() => setSelected(null)} />
      </div>
      <AddStep opened={adding !== null} onClose={() => setAdding(null)} onPick={pick} />
      <PeopleDrawer
        id={detail.id}
        asked={asked}
        step={stepsOf(draft.graph.steps).find((one) => one.id === asked?.step)}
        say={say}
        canEdit={canEdit}
        onClose={() => setAsked(null)}
      />
    </>
  )
}

/** Enter goes from the canvas into the first field. */
function focusFields(): void {
  document.querySelector<HTMLElement>('#inspector-fields input, #inspector-fields textarea, #inspector-fields button')?.focus()
}

function Docked({ phone, inspector, onClose }: { phone: boolean; inspector: InspectorProps | null; onClose: () => void }): ReactNode {
  const t = useWords('orchestrate')
  if (!inspector) return null
  if (!phone) {
    return (
      <aside className="sc-inspector" aria-label={t('edit')}>
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

/** What can be done to the steps; deleting offers to undo instead of asking before. */
function useDeeds(draft: DraftState, select: (id: string | null) => void) {
  const t = useWords('orchestrate')
  const toast = useToasts()
  const { setGraph } = draft
  return {
    onGraph: setGraph,
    onStep: (id: string, step: Step) => setGraph((graph) => update(graph, id, () => step)),
    onRemove: (id: string) => {
      const before = draft.graph
      const found = stepsOf(before.steps).find((one) => one.id === id)
      if (!found) return
      setGraph((graph) => remove(graph, id))
      select(placeAfter(remove(before, id), null).after)
      toast.undo(t('removed', { name: found.name || t(`kinds.${found.kind}`) }), async () => setGraph(() => before))
    },
    onDuplicate: (id: string) => {
      const made = duplicate(draft.graph, id)
      setGraph(() => made.graph)
      select(made.id)
    },
    onMove: (id: string, by: -1 | 1) => setGraph((graph) => move(graph, id, by)),
  }
}
