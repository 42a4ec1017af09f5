// Where everything stands on the canvas: branches side by side in their order, joined again below, centred. Pure.
import { type BranchStep, branches, type Graph, type Step } from '#loop/orchestrate/graph/contract.ts'
import { END, JOINED, type Place, START } from './edit.ts'

export const WIDTH = 248
const ACROSS = 48
const DOWN = 64
const DOT = 10
/** Lines that meet need room for number, button and bend; an empty branch still has some height. */
const MEET = 84
const EMPTY = 18

/** Heights of nodes by whether they show live numbers; the same constants stand in the style sheet. */
export const HEIGHT = { plain: 58, live: 92 } as const

/** A node at its place; `x` is its middle. */
export interface Placed {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly height: number
  readonly kind: 'start' | 'step' | 'end' | 'join'
  readonly step?: Step
}

/** A line from one node to the next; it runs down at `lane` and, on its first piece, carries label, count and the button to add. */
export interface Line {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly lane: number
  readonly place: Place
  /** Set where the line is a way out of a step: its name and number are shown. */
  readonly way?: string
}

export interface Drawing {
  readonly nodes: readonly Placed[]
  readonly lines: readonly Line[]
}

interface Block {
  readonly width: number
  readonly height: number
  /** Draws the block with its middle at x and its top at y. */
  draw(x: number, y: number): void
}

interface Pen {
  readonly nodes: Placed[]
  readonly lines: Line[]
  readonly heightOf: (step: Step) => number
  /** Ends of lines that wait for the next node: whoever is drawn next takes them. */
  open: Omit<Line, 'to' | 'id'>[]
}

/** Lays out a scenario. @param heightOf the height of a step's node */
export function drawingOf(graph: Graph, heightOf: (step: Step) => number): Drawing {
  const pen: Pen = { nodes: [], lines: [], heightOf, open: [] }
  const body = sequence(graph.steps, pen)
  put(pen, { id: START, x: 0, y: 0, height: HEIGHT.plain, kind: 'start' })
  pen.open = [{ from: START, lane: 0, place: { after: START, way: 'next' }, way: 'next' }]
  const top = HEIGHT.plain + DOWN
  body.draw(0, top)
  if (pen.open.length) put(pen, { id: END, x: 0, y: top + (body.height ? body.height + DOWN : 0), height: HEIGHT.plain, kind: 'end' })
  return { nodes: pen.nodes, lines: pen.lines }
}

/** Draws a node and leads every open line to it. */
function put(pen: Pen, node: Placed): void {
  pen.nodes.push(node)
  for (const line of pen.open) pen.lines.push({ ...line, to: node.id, id: `${line.place.after}/${line.place.way}>${node.id}` })
  pen.open = []
}

function sequence(steps: readonly Step[], pen: Pen): Block {
  const parts = steps.map((step) => (branches(step) ? forked(step, pen) : single(step, pen)))
  const height = parts.reduce((sum, part) => sum + part.height, 0) + DOWN * Math.max(0, parts.length - 1)
  return {
    width: Math.max(WIDTH, ...parts.map((part) => part.width)),
    height,
    draw: (x, y) => {
      let at = y
      for (const part of parts) {
        part.draw(x, at)
        at += part.height + DOWN
      }
    },
  }
}

function single(step: Step, pen: Pen): Block {
  const height = pen.heightOf(step)
  return {
    width: WIDTH,
    height,
    draw: (x, y) => {
      put(pen, { id: step.id, x, y, height, kind: 'step', step })
      if (step.kind !== 'end') pen.open = [{ from: step.id, lane: x, place: { after: step.id, way: 'next' }, way: 'next' }]
    },
  }
}

function forked(step: BranchStep, pen: Pen): Block {
  const own = pen.heightOf(step)
  const lanes = step.branches.map((branch) => ({ branch, block: sequence(branch.steps, pen) }))
  const width = lanes.reduce((sum, lane) => sum + lane.block.width, 0) + ACROSS * (lanes.length - 1)
  const inner = Math.max(0, ...lanes.map((lane) => lane.block.height))
  const height = own + DOWN + Math.max(inner, EMPTY) + MEET + DOT
  return {
    width,
    height,
    draw: (x, y) => {
      put(pen, { id: step.id, x, y, height: own, kind: 'step', step })
      const ends: Pen['open'] = []
      let left = x - width / 2
      for (const { branch, block } of lanes) {
        const lane = left + block.width / 2
        pen.open = [{ from: step.id, lane, place: { after: step.id, way: branch.key }, way: branch.key }]
        block.draw(lane, y + own + DOWN)
        ends.push(...pen.open)
        left += block.width + ACROSS
      }
      pen.open = ends
      if (!ends.length) return
      const id = `${step.id}/${JOINED}`
      put(pen, { id, x, y: y + height - DOT, height: DOT, kind: 'join' })
      pen.open = [{ from: id, lane: x, place: { after: step.id, way: JOINED } }]
    },
  }
}

/** Where the name and number of a line stand. */
export function labelY(from: number, to: number, bends: boolean, labelled: boolean): number {
  return from + (labelled ? 26 : bends ? 17 : (to - from) / 2)
}

/** Where the button stands that puts a step on a line, below its number. */
export function spotY(from: number, to: number, bends: boolean, labelled: boolean): number {
  return labelled ? from + Math.min(52, Math.max(46, to - from - 14)) : labelY(from, to, bends, labelled)
}

/** A place on the canvas that something can be put at. */
export interface Spot {
  readonly place: Place
  readonly x: number
  readonly y: number
}

/** Every place of a drawing once, where its button stands. @param isLabelled whether a line carries a name or a number */
export function spotsOf(drawing: Drawing, isLabelled: (line: Line) => boolean): Spot[] {
  const nodes = new Map(drawing.nodes.map((node) => [node.id, node]))
  const seen = new Set<string>()
  return drawing.lines.flatMap((line): Spot[] => {
    const [from, to] = [nodes.get(line.from), nodes.get(line.to)]
    const key = `${line.place.after}/${line.place.way}`
    if (!from || !to || seen.has(key)) return []
    seen.add(key)
    return [{ place: line.place, x: line.lane, y: spotY(from.y + from.height, to.y, line.lane !== to.x, isLabelled(line)) }]
  })
}

/** The points of a line: down, across to its lane, down, across to its end. */
export function pointsOf(line: { lane: number }, from: { x: number; y: number }, to: { x: number; y: number }): [number, number][] {
  const first = from.y + 26
  const last = Math.max(first, to.y - 26)
  const points: [number, number][] = [
    [from.x, from.y],
    [from.x, first],
    [line.lane, first],
    [line.lane, last],
    [to.x, last],
    [to.x, to.y],
  ]
  return points.filter(([x, y], i) => i === 0 || x !== points[i - 1]?.[0] || y !== points[i - 1]?.[1])
}

/** An SVG path through points with round corners. */
export function rounded(points: readonly (readonly [number, number])[], radius = 10): string {
  const parts = points.map(([x, y], i) => {
    const [before, after] = [points[i - 1], points[i + 1]]
    if (!before) return `M${x} ${y}`
    if (!after) return `L${x} ${y}`
    const r = Math.min(radius, distance(before, [x, y]) / 2, distance([x, y], after) / 2)
    const [ax, ay] = towards([x, y], before, r)
    const [bx, by] = towards([x, y], after, r)
    return `L${ax} ${ay}Q${x} ${y} ${bx} ${by}`
  })
  return parts.join('')
}

const distance = (a: readonly [number, number], b: readonly [number, number]): number => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1])
const towards = (from: readonly [number, number], to: readonly [number, number], by: number): [number, number] => [
  from[0] + Math.sign(to[0] - from[0]) * by,
  from[1] + Math.sign(to[1] - from[1]) * by,
]
