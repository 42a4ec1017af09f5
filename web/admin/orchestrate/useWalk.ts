// The keyboard on the canvas: arrows walk the steps, Enter edits, + adds, Delete removes.
import type { KeyboardEvent } from 'react'
import { branches, type Graph, type Step } from '#loop/orchestrate/graph/contract.ts'
import { END, GOAL, JOINED, type Place, START } from './edit.ts'

type Direction = 'up' | 'down' | 'left' | 'right'
const ARROWS: Readonly<Record<string, Direction>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' }

/** Where an arrow leads from a place; null stays. */
export function neighbour(graph: Graph, from: string | null, to: Direction): string | null {
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
  if (selected === END) return lastPlace(graph)
  const find = (steps: readonly Step[]): Step | undefined => {
    for (const step of steps) {
      if (step.id === selected) return step
      const found = branches(step) ? step.branches.map((branch) => find(branch.steps)).find(Boolean) : undefined
      if (found) return found
    }
    return undefined
  }
  const step = find(graph.steps)
  return { after: selected, way: step && branches(step) ? (step.branches[0]?.key ?? JOINED) : 'next' }
}

function lastPlace(graph: Graph): Place {
  const last = graph.steps.at(-1)
  return last ? { after: last.id, way: branches(last) ? JOINED : 'next' } : { after: START, way: 'next' }
}

export interface Deeds {
  readonly select: (id: string) => void
  readonly edit: () => void
  readonly add: (place: Place) => void
  readonly remove: (id: string) => void
  readonly undo: () => void
  readonly redo: () => void
}

/** Handles a key on the canvas. Keys of inputs and of an input method are none of its business. */
export function onCanvasKey(event: KeyboardEvent, graph: Graph, selected: string | null, canEdit: boolean, deeds: Deeds): void {
  const target = event.target as HTMLElement
  if (event.nativeEvent.isComposing || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return
  const arrow = ARROWS[event.key]
  if (arrow) {
    event.preventDefault()
    const next = neighbour(graph, selected, arrow)
    if (next) deeds.select(next)
  } else if (event.key === 'Enter' && selected && target.tagName !== 'BUTTON') {
    event.preventDefault()
    deeds.edit()
  } else if (canEdit) editKey(event, graph, selected, deeds)
}

function editKey(event: KeyboardEvent, graph: Graph, selected: string | null, deeds: Deeds): void {
  if (event.key === '+' || event.key === ';') {
    event.preventDefault()
    deeds.add(placeAfter(graph, selected))
  } else if ((event.key === 'Delete' || event.key === 'Backspace') && selected && ![START, GOAL, END].includes(selected)) {
    event.preventDefault()
    deeds.remove(selected)
  } else if (event.key.toLowerCase() === 'z' && (event.metaKey || event.ctrlKey)) {
    event.preventDefault()
    if (event.shiftKey) deeds.redo()
    else deeds.undo()
  }
}
