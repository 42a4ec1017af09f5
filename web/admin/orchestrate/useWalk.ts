// The keyboard on the canvas and the list: arrows walk the steps, Enter edits, + adds, M moves, Delete removes.
import type { KeyboardEvent } from 'react'
import { branches, type Graph, type Step, stepsOf } from '#loop/orchestrate/graph/contract.ts'
import { END, GOAL, JOINED, type Place, placeBehind, START, sibling } from './edit.ts'

type Direction = 'up' | 'down' | 'left' | 'right'
const ARROWS: Readonly<Record<string, Direction>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' }

/** Where an arrow leads from a place; null stays. */
function neighbour(graph: Graph, from: string | null, to: Direction): string | null {
  if (from === null) return START
  if (from === GOAL) return to === 'left' ? START : null
  if (from === START) return to === 'down' ? (graph.steps[0]?.id ?? END) : to === 'right' ? GOAL : null
  if (from === END) return to === 'up' ? (graph.steps.at(-1)?.id ?? START) : null
  return walk(graph.steps, { up: START, down: END }, from, to)
}

interface Around {
  readonly up: string
  readonly down: string
  readonly lanes?: readonly (readonly Step[])[]
  readonly lane?: number
}

function walk(steps: readonly Step[], around: Around, from: string, to: Direction): string | null {
  for (const [i, step] of steps.entries()) {
    const up = steps[i - 1]?.id ?? around.up
    const down = steps[i + 1]?.id ?? around.down
    if (step.id === from) return lead(step, { ...around, up, down }, to)
    if (!branches(step)) continue
    const lanes = step.branches.map((branch) => branch.steps)
    for (const [lane, list] of lanes.entries()) {
      const found = walk(list, { up: step.id, down, lanes, lane }, from, to)
      if (found) return found
    }
  }
  return null
}

function lead(step: Step, around: Around, to: Direction): string | null {
  if (to === 'up') return around.up
  if (to === 'down') return branches(step) ? (step.branches.flatMap((branch) => branch.steps[0]?.id ?? [])[0] ?? around.down) : around.down
  const { lanes, lane } = around
  if (!lanes || lane === undefined) return null
  const sideways = to === 'left' ? lanes.slice(0, lane).reverse() : lanes.slice(lane + 1)
  return sideways.flatMap((list) => list[0]?.id ?? [])[0] ?? null
}

/** The place behind what is selected: where + puts a step. */
export function placeAfter(graph: Graph, selected: string | null): Place {
  if (selected === null || selected === START || selected === GOAL) return { after: START, way: 'next' }
  if (selected === END) {
    const last = graph.steps.at(-1)
    return last ? placeBehind(graph, last.id) : { after: START, way: 'next' }
  }
  const step = stepsOf(graph.steps).find((one) => one.id === selected)
  return { after: selected, way: step && branches(step) ? (step.branches[0]?.key ?? JOINED) : 'next' }
}

/** What keys do. */
export interface Deeds {
  readonly select: (id: string, range: boolean) => void
  readonly edit: () => void
  readonly add: (place: Place) => void
  readonly remove: () => void
  readonly duplicate: () => void
  readonly nudge: (by: -1 | 1) => void
  readonly carry: () => void
  /** Set while steps are carried: then the arrows choose a place. */
  readonly carrying: { readonly to: (by: -1 | 1) => void; readonly drop: () => void; readonly cancel: () => void } | null
}

/** Handles a key on the canvas or the list. Keys of inputs and of an input method are none of its business. */
export function onCanvasKey(event: KeyboardEvent, graph: Graph, selected: string | null, canEdit: boolean, deeds: Deeds): void {
  const target = event.target as HTMLElement
  if (event.nativeEvent.isComposing || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return
  const arrow = ARROWS[event.key]
  if (deeds.carrying) carryKey(event, deeds.carrying)
  else if (arrow && event.altKey && canEdit) {
    event.preventDefault()
    if (arrow === 'up' || arrow === 'down') deeds.nudge(arrow === 'up' ? -1 : 1)
  } else if (arrow) {
    event.preventDefault()
    const isRange = event.shiftKey && selected !== null && (arrow === 'up' || arrow === 'down')
    const next = isRange ? sibling(graph, selected, arrow === 'up' ? -1 : 1) : neighbour(graph, selected, arrow)
    if (next) deeds.select(next, event.shiftKey)
  } else if (event.key === 'Enter' && selected && target.tagName !== 'BUTTON') {
    event.preventDefault()
    deeds.edit()
  } else if (canEdit) editKey(event, graph, selected, deeds)
}

function carryKey(event: KeyboardEvent, carrying: NonNullable<Deeds['carrying']>): void {
  const arrow = ARROWS[event.key]
  if (arrow) carrying.to(arrow === 'up' || arrow === 'left' ? -1 : 1)
  else if (event.key === 'Enter') carrying.drop()
  else if (event.key === 'Escape') carrying.cancel()
  else return
  event.preventDefault()
}

function editKey(event: KeyboardEvent, graph: Graph, selected: string | null, deeds: Deeds): void {
  const isStep = selected !== null && ![START, GOAL, END].includes(selected)
  const held = event.ctrlKey || event.metaKey
  if (!held && (event.key === '+' || event.key === ';')) deeds.add(placeAfter(graph, selected))
  else if ((event.key === 'Delete' || event.key === 'Backspace') && isStep) deeds.remove()
  else if (!held && event.key.toLowerCase() === 'm' && isStep) deeds.carry()
  else if (held && event.key.toLowerCase() === 'd' && isStep) deeds.duplicate()
  else return
  event.preventDefault()
}
