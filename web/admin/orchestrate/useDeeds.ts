// What can be done to the steps of a draft; deleting offers to undo instead of asking before.
import { useMemo, useState } from 'react'
import { type Graph, type Step, stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { useToasts } from '../parts/useToasts.tsx'
import { useWords } from '../words/words.tsx'
import { blankTrigger } from './blanks.ts'
import { countOf, keep, kept, stepsFrom, textOf } from './clipboard.ts'
import {
  duplicate,
  fits,
  insert,
  move,
  type Place,
  pickedOf,
  placeBehind,
  placesFor,
  putBack,
  relocate,
  remove,
  renewed,
  START,
  update,
} from './edit.ts'
import type { PaletteItem } from './palette.ts'
import type { DraftState } from './useDraft.ts'
import type { Sentences } from './useSentences.ts'
import { placeAfter } from './useWalk.ts'

/** Steps that are being moved: where they may go, and which of those places is chosen. */
export interface Carried {
  readonly ids: readonly string[]
  readonly name: string
  readonly places: readonly Place[]
  readonly at: number
}

/** Behind what is selected, with all its branches; at the beginning when nothing is. */
function behind(graph: Graph, selected: string | null): Place {
  const isStep = stepsOf(graph.steps).some((one) => one.id === selected)
  return selected !== null && isStep ? placeBehind(graph, selected) : placeAfter(graph, selected)
}

type Select = (id: string | null) => void

interface Doing {
  readonly draft: DraftState
  readonly selected: string | null
  readonly select: Select
  readonly titleOf: (ids: readonly string[]) => string
  /** Puts a larger scenario on the screen, unless it is larger than scenarios may be. */
  readonly grow: (graph: Graph) => boolean
  /** Takes steps away, and offers to undo it. */
  readonly taken: (ids: readonly string[], message: string) => void
}

export function useDeeds(draft: DraftState, say: Sentences, selected: string | null, select: Select) {
  const t = useWords('orchestrate')
  const doing = useDoing(draft, say, selected, select)
  const { setGraph } = draft
  return {
    ...useCarrying(doing),
    ...useClipboard(doing),
    onGraph: (make: (graph: Graph) => Graph) => setGraph(make, 'graph'),
    onStep: (id: string, step: Step) => setGraph((graph) => update(graph, id, () => step), id),
    onRemove: (ids: readonly string[]) => {
      if (pickedOf(draft.graph, ids).length) doing.taken(ids, t('removed', { name: doing.titleOf(ids) }))
    },
    onDuplicate: (ids: readonly string[]) => {
      const made = duplicate(draft.graph, ...ids)
      if (doing.grow(made.graph)) select(made.id)
    },
    onMove: (id: string, by: -1 | 1) => setGraph((graph) => move(graph, id, by)),
    onPick: (item: PaletteItem, place: Place) => {
      if (item.is === 'trigger') {
        setGraph((graph) => ({ ...graph, triggers: [...graph.triggers, blankTrigger(item.kind)].slice(0, 10) }))
        select(START)
        return
      }
      const step = item.make(draft.graph, place)
      if (doing.grow(insert(draft.graph, place, step))) select(step.id)
    },
  }
}

function useDoing(draft: DraftState, say: Sentences, selected: string | null, select: Select): Doing {
  const t = useWords('orchestrate')
  const toast = useToasts()
  const { setGraph } = draft
  return {
    draft,
    selected,
    select,
    titleOf: (ids) => {
      const [first, ...rest] = pickedOf(draft.graph, ids)
      if (!first) return ''
      return rest.length ? `${say.title(first)} +${rest.length}` : say.title(first)
    },
    grow: (graph) => {
      if (fits(graph)) setGraph(() => graph)
      else toast.failed(new Error(t('clip.tooLarge')))
      return fits(graph)
    },
    taken: (ids, message) => {
      const before = draft.graph
      const after = remove(before, ...ids)
      const at = stepsOf(before.steps).findIndex((one) => ids.includes(one.id))
      setGraph(() => after)
      select(stepsOf(after.steps)[Math.max(0, at - 1)]?.id ?? START)
      // What was done since stays: only these steps come back.
      toast.undo(message, async () => setGraph((now) => putBack(now, before, ids)))
    },
  }
}

/** Moving steps: dragged, or taken up and put down where the arrows or a click say. */
function useCarrying({ draft, select, titleOf }: Doing) {
  const t = useWords('orchestrate')
  const toast = useToasts()
  const [carried, setCarried] = useState<Carried | null>(null)
  const put = (ids: readonly string[], place: Place) => {
    draft.setGraph((graph) => relocate(graph, ids, place))
    setCarried(null)
    select(ids[0] ?? null)
    toast.done(t('carry.moved', { name: titleOf(ids) }))
  }
  return {
    carried,
    onRelocate: put,
    /** Takes steps up, so that a place can be chosen for them: first the next one below. */
    onCarry: (ids: readonly string[]) => {
      const places = placesFor(draft.graph, ids)
      if (!places.length) {
        toast.done(t('carry.nowhere'))
        return
      }
      const order = stepsOf(draft.graph.steps).map((one) => one.id)
      const own = order.indexOf(ids[0] ?? '')
      const next = places.findIndex((place) => order.indexOf(place.after) >= own)
      setCarried({ ids, name: titleOf(ids), places, at: next < 0 ? places.length - 1 : next })
    },
    onCarryTo: (by: -1 | 1) => setCarried((now) => now && { ...now, at: Math.min(now.places.length - 1, Math.max(0, now.at + by)) }),
    onDrop: (place?: Place) => {
      const to = place ?? carried?.places[carried.at]
      if (carried && to) put(carried.ids, to)
    },
    onCancel: () => setCarried(null),
  }
}

/** Copy, cut and paste, here and in other scenarios. Copying answers the text for the clipboard, '' when nothing is selected. */
function useClipboard({ draft, selected, select, grow, taken }: Doing) {
  const t = useWords('orchestrate')
  const toast = useToasts()
  const [copied, setCopied] = useState<readonly Step[]>(kept)
  const take = (ids: readonly string[], then: (n: number) => void): string => {
    const steps = pickedOf(draft.graph, ids)
    if (!steps.length) return ''
    const text = textOf(steps)
    keep(text)
    setCopied(steps)
    then(countOf(steps))
    return text
  }
  return {
    copied,
    onCopy: (ids: readonly string[]) => take(ids, (n) => toast.done(t('clip.copied', { n }))),
    onCut: (ids: readonly string[]) => take(ids, (n) => taken(ids, t('clip.cut', { n }))),
    /** Pastes a text, or what was copied last, at a place or behind what is selected. */
    onPaste: (text: string | null, place?: Place) => {
      const steps = text === null ? kept() : stepsFrom(text)
      if (!steps?.length) {
        toast.failed(new Error(t('clip.notSteps')))
        return
      }
      const made = renewed(steps)
      if (!grow(insert(draft.graph, place ?? behind(draft.graph, selected), ...made))) return
      select(made[0]?.id ?? null)
      toast.done(t('clip.pasted', { n: countOf(made) }))
    },
  }
}

export type DeedsState = ReturnType<typeof useDeeds>

/** Ids of the places that something carried may go to, as `after/way`. */
export function useOpenPlaces(carried: Carried | null): { readonly all: ReadonlySet<string>; readonly chosen: string | null } {
  return useMemo(() => {
    const keys = carried?.places.map(({ after, way }) => `${after}/${way}`) ?? []
    return { all: new Set(keys), chosen: carried ? (keys[carried.at] ?? null) : null }
  }, [carried])
}
